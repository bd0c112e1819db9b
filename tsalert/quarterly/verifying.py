"""Whether what is kept of reports is still what was locked, signed and published: by itself, and by the trail."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import queries as audit
from tsalert.audit.models import AuditEvent
from tsalert.core.clock import london_date
from tsalert.core.errors import NotFound
from tsalert.core.periods import Period, quarter_of
from tsalert.quarterly import editions, keeping, queries, signing
from tsalert.quarterly.content import Report, Table, TitleBlock
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.signing import Signature
from tsalert.quarterly.vocabulary import Edition, SignatureRole, Status

_SUBJECT = "board report"
_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
_UNREADABLE = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)


class Verdict(Struct, frozen=True):
    """What a revision was found to be.

    :param faults: in words, everything that is not as it was; empty where all of it is.
    """

    quarter: str
    revision: int
    status: Status
    digest: str | None
    faults: tuple[str, ...]


class _Kept(Struct, frozen=True):
    """A revision as the database has it, with what the trail tells of it.

    :param begins: when the trail begins; it tells of nothing that was before.
    """

    row: BoardReport
    entries: Sequence[AuditEvent]
    signatures: Sequence[Signature]
    begins: datetime

    def told(self, action: str) -> list[dict[str, object]]:
        """Return what the trail tells of an act, the latest last."""
        return [entry.detail | {"by": entry.officer_id} for entry in self.entries if entry.action == action]


def verify(session: Session, quarter: Period | None = None) -> tuple[Verdict, ...]:
    """Compare every revision of a quarter's report, or of every report, with its digests, signatures and the trail.

    :raises NotFound: there is no report of that quarter.
    """
    known = [quarter_of(row.first_day) for row in queries.newest_reports(session)]
    if quarter is not None and quarter not in known:
        raise NotFound(f"There is no report for {quarter.label}.")
    wanted = [each for each in known if quarter in {None, each}]
    return tuple(verdict for each in wanted for verdict in _of_quarter(session, each))


def missing(session: Session) -> tuple[int, ...]:
    """Return the numbers of published reports that the trail tells of and nobody keeps."""
    told = session.scalars(audit.acted_since(_SUBJECT, "published", _ALWAYS))
    kept = set(session.scalars(select(BoardReport.id)))
    return tuple(sorted({number for number in told if number} - kept))


def _of_quarter(session: Session, quarter: Period) -> Iterator[Verdict]:
    begins = audit.first_at(session) or _ALWAYS
    for place, row in enumerate(reversed(queries.revisions_of(session, quarter)), start=1):
        counted = () if row.revision == place else (f"Revision {place} is gone.",)
        entries = audit.entries_about(session, _SUBJECT, row.id)
        signatures = signing.signatures_of(session, row, _digest_seen(row))
        faults = (*counted, *_faults(_Kept(row, entries, signatures, begins)))
        yield Verdict(quarter.label, row.revision, Status.of(row.status), row.digest, faults)


def _digest_seen(row: BoardReport) -> str:
    """Return the digest that the signatures of a published report stand for; none where it cannot be read."""
    try:
        return signing.digest_of_published(row) if row.frozen else ""
    except _UNREADABLE:
        return ""


def _faults(kept: _Kept) -> Iterator[str]:
    yield from _against_trail(kept)
    yield from _signatures_against_trail(kept)
    if kept.row.status == Status.PUBLISHED:
        yield from _published(kept)
        yield from _signed(kept)


def _against_trail(kept: _Kept) -> Iterator[str]:
    row = kept.row
    for action, at, name, digest in (
        ("locked", row.locked_at, "figures", keeping.digest(row.figures or "")),
        ("published", row.published_at, "digest", row.digest),
    ):
        told = kept.told(action)
        if at and at >= kept.begins and (not told or told[-1].get(name) != digest):
            yield f"What was {action} is not what the trail tells of."
    if kept.told("published") and row.status != Status.PUBLISHED:
        yield "It was published, as the trail tells, and is no longer published."


def _signatures_against_trail(kept: _Kept) -> Iterator[str]:
    told = {(each.get("role"), each.get("digest"), each["by"]) for each in kept.told("signed")}
    within = [each for each in kept.signatures if each.at >= kept.begins]
    given = {(each.role.value, each.digest, each.by) for each in within}
    if given - told:
        yield "There is a signature that the trail does not tell of."
    if told - {(each.role.value, each.digest, each.by) for each in kept.signatures}:
        yield "A signature that the trail tells of is gone or changed."


def _published(kept: _Kept) -> Iterator[str]:
    row = kept.row
    if keeping.digest(row.frozen or "") != row.digest:
        yield "The published text does not have the digest that was kept with it."
    try:
        found = editions.thawed(row)
        locked = keeping.thaw_sections(row.figures or "")
    except _UNREADABLE:
        yield "It cannot be read as a report."
        return
    yield from (f"The head of the {edition.value} edition is of another report." for edition in Edition
                if not _is_headed(found[edition].head, row, edition))  # fmt: skip
    shown = found[Edition.BOARD]
    if not set(_rows_of(Report(shown.head, locked))) <= set(_rows_of(shown)):
        yield "The board edition does not show the figures that were locked."


def _rows_of(report: Report) -> Iterator[tuple[object, ...]]:
    """Give every table as what it says, whoever may read it."""
    for block in (block for section in report.sections for block in section.blocks):
        if isinstance(block, Table):
            yield block.key, block.caption, block.columns, block.rows, block.notes


def _is_headed(head: TitleBlock, row: BoardReport, edition: Edition) -> bool:
    said = (head.edition, head.status, head.period, head.first_day, head.last_day, head.revision, head.board)
    kept = (edition, Status.PUBLISHED, row.quarter, row.first_day, row.last_day, row.revision, row.board)
    rest = (head.meeting_on, head.reason, head.published_on)
    published_on = london_date(row.published_at) if row.published_at else None
    return said == kept and rest == (row.meeting_on, editions.reason_of(row, edition), published_on)


def _signed(kept: _Kept) -> Iterator[str]:
    held = signing.holding(kept.signatures)
    for role in SignatureRole:
        if role not in held:
            yield f"No signature of it holds: {role.label.lower()}."
    if len(held) == len(SignatureRole) and held[SignatureRole.AUTHOR].by == held[SignatureRole.SECOND].by:
        yield "One officer signed in both capacities."
