"""Where a case's events come from; another capability joins the timeline by one more function in ``SOURCES``."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases import merging, partners
from tsalert.cases import queries as cases
from tsalert.cases import vocabulary as words
from tsalert.cases.models import CaseIncident, CaseNote, MoneyLine
from tsalert.cases.sensitive import tells_of_bank
from tsalert.chronology.rules import Event, EventKind, start_of
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.core.money import format_pounds
from tsalert.core.words import counted
from tsalert.enforcement import court_queries
from tsalert.enforcement import queries as enforcement
from tsalert.enforcement.court_queries import ProsecutionView
from tsalert.enforcement.law import OFFENCES
from tsalert.enforcement.models import CourtDecision
from tsalert.enforcement.vocabulary import (
    ActionKind,
    CourtKind,
    DecisionKind,
    HearingKind,
    HearingResult,
    Record,
    Result,
)
from tsalert.letters import queries as letter_queries
from tsalert.letters.vocabulary import Means
from tsalert.response import queries as response
from tsalert.web.filters import day

SUPERSEDED = "superseded by a later entry"


def log_entries(session: Session, case_id: int) -> Iterator[Event]:
    """Yield the entries of the log without their text, which a page reads for itself alone."""
    superseded = cases.superseding_notes(session, case_id)
    columns = (CaseNote.id, CaseNote.kind, CaseNote.occurred_at, CaseNote.recorded_at, CaseNote.recorded_by)
    for note_id, kind, at, recorded_at, who in session.execute(select(*columns).where(CaseNote.case_id == case_id)):
        gone = SUPERSEDED if note_id in superseded else None
        yield Event(EventKind.LOG, note_id, at, recorded_at, words.NoteKind.of(kind).label, who=who, gone=gone)


def money(session: Session, case_id: int) -> Iterator[Event]:
    """Yield the money lines."""
    ledger = cases.ledger(session, case_id)
    for line in ledger.lines:
        evidence = f"{words.Evidence.of(line.evidence).label}, {words.Certainty.of(line.certainty).label.lower()}"
        yield Event(
            EventKind.MONEY,
            line.id,
            start_of(line.on_date, line.recorded_at),
            line.recorded_at,
            f"{words.MoneyKind.of(line.kind).label}, {format_pounds(line.amount)}",
            ". ".join([*([f"Visit {line.visit}"] if line.visit else []), evidence, *_note(line)]),
            on=line.on_date,
            who=line.recorded_by,
            gone="corrected by a later line" if line.id in ledger.superseded else None,
        )


def _note(line: MoneyLine) -> list[str]:
    """Return a line's note, unless it is of what a bank told: those on the case find that with the money."""
    return [line.note] if line.note and not tells_of_bank(line) else []


def actions(session: Session, case_id: int) -> Iterator[Event]:
    """Yield offences, actions, and contracts with their cancellation."""
    found = enforcement.recorded(session, case_id)
    for row in found.offences:
        yield Event(
            EventKind.ACTION, row.id, start_of(row.conduct_from, row.recorded_at), row.recorded_at,
            f"Offence: {OFFENCES[row.offence].title}",
            f"Conduct from {day(row.conduct_from)} to {day(row.conduct_to)}. {OFFENCES[row.offence].law}",
            on=row.conduct_from, who=row.recorded_by, gone=found.why_taken_back(Record.OFFENCE, row.id),
        )  # fmt: skip
    for step in found.actions:
        yield Event(
            EventKind.ACTION, step.id, start_of(step.on_date, step.recorded_at), step.recorded_at,
            ActionKind.of(step.kind).label, step.what, on=step.on_date, who=step.recorded_by,
            gone=found.why_taken_back(Record.ACTION, step.id),
        )  # fmt: skip
    for contract in found.cancellations:
        on = contract.cancelled_on or contract.made_on
        yield Event(
            EventKind.ACTION, contract.id, start_of(on, contract.recorded_at), contract.recorded_at,
            "Contract cancelled" if contract.cancelled_on else "Contract made", contract.what, on=on,
            who=contract.recorded_by, gone=found.why_taken_back(Record.CANCELLATION, contract.id),
        )  # fmt: skip


def courts(session: Session, case_id: int, *, reader: Actor, now: datetime) -> Iterator[Event]:
    """Yield proceedings, hearings, and what was decided, naming only whom the reader may see."""
    for found in court_queries.read_prosecutions(session, case_id, reader=reader, now=now):
        row = found.row
        yield Event(
            EventKind.COURT, row.id, start_of(row.begun_on, row.recorded_at), row.recorded_at, "Prosecution begun",
            f"{CourtKind.of(row.court).label}, {row.court_name}", on=row.begun_on, who=row.recorded_by,
        )  # fmt: skip
        for hearing in found.hearings:
            result = HearingResult.of(hearing.result).label if hearing.result else "No outcome yet"
            yield Event(
                EventKind.COURT, hearing.id, hearing.at, hearing.recorded_at,
                f"Hearing: {HearingKind.of(hearing.kind).label}",
                ". ".join([hearing.court_name, result, *([hearing.note] if hearing.note else [])]),
                who=hearing.recorded_by,
            )  # fmt: skip
        yield from (_decision(found, each) for each in found.decisions)


def incidents(session: Session, case_id: int) -> Iterator[Event]:
    """Yield the incidents of the case, and when each was attached to it."""
    query = select(CaseIncident).where(CaseIncident.case_id == case_id).order_by(CaseIncident.incident_id)
    for link in session.scalars(query):
        incident = response.get_incident(session, link.incident_id)
        name, about = incident.reference, incident.category.label
        yield Event(EventKind.INCIDENT, incident.id, incident.opened_at, incident.opened_at, f"Incident {name}", about)
        yield Event(EventKind.LINK, incident.id, link.linked_at, link.linked_at, f"Incident {name} attached")


def letters(session: Session, case_id: int) -> Iterator[Event]:
    """Yield the letters that were issued and sent; those kept to a few stay out, and so does where somebody lives."""
    for record in letter_queries.ordinary_letters(session, case_id):
        row = record.row
        yield Event(
            EventKind.LETTER, row.id, row.issued_at, row.issued_at, f"Letter issued: {row.title}", record.kind.label,
            who=row.issued_by,
        )  # fmt: skip
        for each in record.sendings:
            yield Event(
                EventKind.LETTER, each.id, each.sent_at, each.recorded_at, f"Letter sent: {row.title}",
                Means.of(each.means).label, who=each.recorded_by,
            )  # fmt: skip


def merges(session: Session, case_id: int) -> Iterator[Event]:
    """Yield when the case was found to be one matter with another, and when that was undone."""
    for row in merging.merges_of(session, case_id):
        is_earlier = row.earlier_id == case_id
        what = f"Continues in {row.later}" if is_earlier else f"Continues {row.earlier}"
        yield Event(
            EventKind.LINK, row.id, row.merged_at, row.merged_at, what, row.reason, who=row.merged_by,
            gone=f"undone, {row.undo_reason}" if row.undone_at else None,
        )  # fmt: skip
        if row.undone_at is not None:
            yield Event(
                EventKind.LINK, row.id, row.undone_at, row.undone_at, "No longer one matter with "
                f"{row.later if is_earlier else row.earlier}", row.undo_reason or "", who=row.undone_by,
            )  # fmt: skip


def referrals(session: Session, case_id: int) -> Iterator[Event]:
    """Yield what partners passed to us."""
    for row in partners.referrals_of(session, case_id):
        said = [row.their_reference and f"Their reference: {row.their_reference}", row.note]
        yield Event(
            EventKind.LINK, row.id, start_of(row.received_on, row.recorded_at), row.recorded_at,
            f"Referral from {words.PartnerBody.of(row.body).label.lower()}",
            ". ".join(part for part in (row.body_name, *said) if part), on=row.received_on, who=row.recorded_by,
            gone=row.take_back_reason,
        )  # fmt: skip


SOURCES: tuple[Callable[[Session, int], Iterator[Event]], ...] = (
    log_entries, money, actions, incidents, merges, referrals, letters,
)  # fmt: skip


def _decision(found: ProsecutionView, row: CourtDecision) -> Event:
    """Return a decision as an event; it follows the hearing of its day, where one is recorded."""
    heard = [each.at for each in found.hearings if london_date(each.at) == row.on_date]
    return Event(
        EventKind.COURT,
        row.id,
        max(heard, default=start_of(row.on_date, row.recorded_at)),
        row.recorded_at,
        f"{DecisionKind.of(row.kind).label}: {found.defendant(row.defendant_id).name}",
        decision_in_words(row),
        on=row.on_date,
        who=row.recorded_by,
        gone=found.why_taken_back(row.id),
    )


def decision_in_words(row: CourtDecision) -> str:
    """Say what was decided: ``Imprisonment, 60 months``."""
    parts = [
        Result.of(row.result).label if row.result else None,
        counted(row.months, "month") if row.months else None,
        format_pounds(row.amount) if row.amount else None,
    ]
    said = ", ".join(part for part in parts if part)
    return ". ".join(part for part in (said, row.note) if part)
