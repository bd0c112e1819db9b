"""What of a case's money is kept to those on the case: the particulars of bank accounts, which stand in notes."""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.cases.models import MoneyLine
from tsalert.cases.queries import Ledger, ledger
from tsalert.cases.vocabulary import Evidence
from tsalert.core.actors import Actor
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


def ledger_for(session: Session, case_id: int, *, reader: Actor, now: datetime) -> tuple[Ledger, bool]:
    """Return the money of a case as this reader may see it, and whether a note on a bank record was left out."""
    found = ledger(session, case_id)
    if not any(tells_of_bank(line) for line in found.lines):
        return found, False
    if tiers.may_see_sensitive(session, reader, Subject.CASE, case_id, now=now):
        return found, False
    lines = [_without_note(line) if tells_of_bank(line) else line for line in found.lines]
    return replace(found, lines=lines), True


def tells_of_bank(line: MoneyLine) -> bool:
    """Tell whether a line's note is of what a bank told, which is sensitive; its amount and day are not."""
    return line.evidence == Evidence.BANK and bool(line.note)


def require_note_seen(session: Session, line: MoneyLine, *, reader: Actor, now: datetime) -> None:
    """Refuse to show a line whole to somebody who may not see its note.

    :raises Withheld: its note is of what a bank told, and they are not on the case.
    """
    if tells_of_bank(line):
        tiers.require_sensitive(session, reader, Subject.CASE, line.case_id, now=now)


def _without_note(line: MoneyLine) -> MoneyLine:
    """Return a line without its note: a row of no session, so that nothing of it is ever written."""
    return MoneyLine(
        id=line.id,
        case_id=line.case_id,
        kind=line.kind,
        amount=line.amount,
        method=line.method,
        on_date=line.on_date,
        evidence=line.evidence,
        certainty=line.certainty,
        visit=line.visit,
        supersedes_id=line.supersedes_id,
        recorded_by=line.recorded_by,
        recorded_at=line.recorded_at,
    )
