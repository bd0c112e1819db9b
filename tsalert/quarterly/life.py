"""The life of a quarter's report: its figures locked, let go again, signed by two people, and published once.

What a step decides on is put together before its transaction opens, since that takes time; the transaction then makes
sure that it still stands, and is over at once.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.queries import length
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, Overtaken, RuleViolation
from tsalert.core.periods import Period
from tsalert.core.words import write_day
from tsalert.db import db, take_turns, transaction
from tsalert.quarterly import editions, keeping, queries, sources
from tsalert.quarterly.content import Report
from tsalert.quarterly.editions import Whole
from tsalert.quarterly.models import BoardReport, BoardSignature, BoardUnlocking
from tsalert.quarterly.opening import require_meeting
from tsalert.quarterly.signing import holding, signatures_of
from tsalert.quarterly.vocabulary import SignatureRole, Status
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.moving import moved_by
from tsalert.staff import queries as staff

_SUBJECT = "board report"
_CHANGED = "The report says something else than what you read. Read it again, then sign it."
_FITS_NO_MORE = (
    "Another report was published or taken off meanwhile, and the public edition must fit what stands there. Read this "
    "one again, then publish it."
)
_READINGS = 5
LEGAL = {
    Status.DRAFT: ("write its texts", "lock its figures"),
    Status.LOCKED: ("sign it as its author or as second person", "write its texts", "unlock its figures"),
    Status.SIGNED: ("publish it", "unlock its figures"),
    Status.PUBLISHED: ("open a revision",),
}


class Details(Struct, frozen=True):
    """What stands at the head of a report and is not worked out."""

    board: str
    author_id: int | None
    meeting_on: date | None


def describe(quarter: Period, details: Details, *, actor: Actor, now: datetime) -> None:
    """Say for which board and meeting a report is, and who its author is.

    :raises RuleViolation: this author may not write it, or no board meets about the quarter on this day.
    :raises Conflict: it is published.
    """
    actor.require(Permission.WRITE_REPORT)
    with transaction() as session:
        row = queries.get_open(session, quarter)
        if details.author_id != row.author_id:
            _require_writer(session, details.author_id)
        if details.meeting_on != row.meeting_on:
            require_meeting(details.meeting_on, quarter, now=now)
        row.board, row.author_id, row.meeting_on = details.board, details.author_id, details.meeting_on
        told = {"author": details.author_id, "meeting_on": str(details.meeting_on or "")}
        audit.record(session, actor, "described", _SUBJECT, row.id, now=now, **told)


def lock(quarter: Period, *, actor: Actor, now: datetime) -> None:
    """Let a report's figures stand still as the records have them now, not as some page read them a minute ago.

    :raises Conflict: the quarter is not over, the figures are locked already, or records change all the while.
    """
    actor.require(Permission.WRITE_REPORT)
    row = queries.get_report(db.session(), quarter)
    _require_status(row, Status.DRAFT)
    require_over(quarter, now=now)
    figures = _of_one_moment(db.session(), quarter, now)
    with transaction() as session:
        row = queries.get_open(session, quarter)
        _require_status(row, Status.DRAFT)
        row.status, row.figures, row.locked_by, row.locked_at = Status.LOCKED, figures, actor.officer_id, now
        audit.record(session, actor, "locked", _SUBJECT, row.id, now=now, figures=keeping.digest(figures))


def _of_one_moment(session: Session, quarter: Period, now: datetime) -> str:
    """Return a quarter's figures, read again where somebody may have moved one between the first of them and the last.

    Calls and cases of today move no figure of a quarter that is over, however many come in meanwhile.
    """
    for _ in range(_READINGS):
        before = length(session)
        figures = keeping.freeze(sources.figures_of(session, FiguresMemory(), quarter, now=now))
        if not moved_by(session, before + 1, length(session)).reaches_back_to(quarter.last_day):
            return figures
    raise Conflict("Records changed while they were read. Try again in a minute.", legal=LEGAL[Status.DRAFT])


def require_over(quarter: Period, *, now: datetime) -> None:
    """Refuse to lock the figures of a quarter that still gets some.

    :raises Conflict: it is not over; says from which day it can be locked.
    """
    if london_date(now) <= quarter.last_day:
        day = write_day(quarter.last_day + timedelta(days=1))
        raise Conflict(
            f"{quarter.label} is not over: its figures can be locked from {day}.",
            legal=["write its texts"],
        )


def unlock(quarter: Period, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let a report's figures follow the records again; no signature holds any more.

    :raises Conflict: they are not locked, or the report is published.
    """
    actor.require(Permission.WRITE_REPORT)
    with transaction() as session:
        row = queries.get_open(session, quarter)
        _require_status(row, Status.LOCKED, Status.SIGNED)
        row.status, row.figures, row.locked_by, row.locked_at = Status.DRAFT, None, None, None
        kept = BoardUnlocking(report_id=row.id, reason=reason, unlocked_by=actor.officer_id, unlocked_at=now)
        session.add(kept)
        session.flush()
        audit.record(session, actor, "unlocked", _SUBJECT, row.id, now=now, unlocking=kept.id)


def sign(
    quarter: Period, role: SignatureRole, digest: str, *, memory: FiguresMemory, actor: Actor, now: datetime
) -> None:
    """Put an officer's name to exactly what they read.

    :param digest: that of the report as it was shown to them.
    :raises RuleViolation: they may not sign in this capacity.
    :raises Conflict: the figures are not locked, or somebody has signed in this capacity.
    :raises Overtaken: the report says something else by now.
    """
    actor.require(Permission.WRITE_REPORT if role is SignatureRole.AUTHOR else Permission.SIGN_REPORT)
    row, whole = _read(quarter, memory, now)
    _require_status(row, Status.LOCKED, Status.SIGNED)
    _require_signatory(row, role, actor)
    if digest != whole.digest:
        raise Overtaken(_CHANGED, legal=["read it again"])
    with transaction() as session:
        row = _still(session, quarter, whole, memory, now)
        held = holding(signatures_of(session, row, digest))
        if role in held:
            raise Conflict(f"It is signed already: {role.label.lower()}.", legal=LEGAL[whole.status])
        told = {"role": role.value, "digest": digest}
        session.add(BoardSignature(report_id=row.id, signed_by=actor.officer_id, signed_at=now, **told))
        row.status = Status.SIGNED if {role, *held} == set(SignatureRole) else Status.LOCKED
        audit.record(session, actor, "signed", _SUBJECT, row.id, now=now, **told)


def publish(quarter: Period, *, memory: FiguresMemory, actor: Actor, now: datetime) -> str:
    """Publish a report that its author and a second person signed as it stands; returns its digest.

    What the public reads of a quarter depends on what it reads of others, so one report is published after the other.

    :raises Conflict: a signature is missing, or does not hold any more.
    :raises Overtaken: the report says something else by now, or was not held against another that was published.
    """
    actor.require(Permission.SIGN_REPORT)
    known = queries.count_publications(db.session())
    row, whole = _read(quarter, memory, now)
    _require_status(row, Status.LOCKED, Status.SIGNED)
    missing = [role.label.lower() for role in SignatureRole if role not in holding(whole.signatures)]
    if missing:
        raise Conflict(f"Nobody has signed what it says now: {' and '.join(missing)}.", legal=LEGAL[Status.LOCKED])
    frozen = keeping.freeze({edition.value: _published(each, now) for edition, each in whole.editions.items()})
    with transaction() as session:
        take_turns(session, queries.PUBLISHING)
        row = _still(session, quarter, whole, memory, now)
        if queries.count_publications(session) != known:
            raise Overtaken(_FITS_NO_MORE, legal=["read it again"])
        row.frozen, row.digest, row.status = frozen, keeping.digest(frozen), Status.PUBLISHED
        row.published_by, row.published_at = actor.officer_id, now
        audit.record(session, actor, "published", _SUBJECT, row.id, now=now, digest=row.digest)
        return row.digest


def _read(quarter: Period, memory: FiguresMemory, now: datetime) -> tuple[BoardReport, Whole]:
    session = db.session()
    row = queries.get_report(session, quarter)
    _require_status(row, Status.LOCKED, Status.SIGNED)
    return row, editions.whole_of(session, row, memory=memory, now=now)


def _still(session: Session, quarter: Period, whole: Whole, memory: FiguresMemory, now: datetime) -> BoardReport:
    """Return the row to decide on, held, once it is sure that the report is as it was read.

    :raises Overtaken: it is not.
    """
    row = queries.get_open(session, quarter)
    _require_status(row, Status.LOCKED, Status.SIGNED)
    if editions.board_digest(session, row, memory=memory, now=now) != whole.board_digest(row):
        raise Overtaken(_CHANGED, legal=["read it again"])
    return row


def _require_status(row: BoardReport, *wanted: Status) -> None:
    status = Status.of(row.status)
    if status not in wanted:
        raise Conflict(f"This cannot be done now: the report is at “{status.label}”.", legal=LEGAL[status])


def _require_signatory(row: BoardReport, role: SignatureRole, actor: Actor) -> None:
    is_author = actor.officer_id == row.author_id
    if role is SignatureRole.AUTHOR and not is_author:
        raise RuleViolation("Its author alone signs as author.")
    if role is SignatureRole.SECOND and is_author:
        raise RuleViolation("An officer other than its author signs as second person.")


def _require_writer(session: Session, officer_id: int | None) -> None:
    writers = {person.id for person in writers_of(session)}
    if officer_id is not None and officer_id not in writers:
        raise RuleViolation("Choose somebody who may write the report.", field="author_id")


def writers_of(session: Session) -> Sequence[staff.Person]:
    """Return who may write a report, by name."""
    return staff.officers_who_may(session, [Permission.WRITE_REPORT])


def _published(report: Report, now: datetime) -> Report:
    return replace(report, head=replace(report.head, status=Status.PUBLISHED, published_on=london_date(now)))
