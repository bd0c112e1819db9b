"""The report of a quarter as the board and as the public read it: figures, texts, actions, case studies, revisions.

Figures are worked out anew in a draft, stand still once they are locked, and all of it does once it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly import keeping, queries, restating, signing, sources, texts
from tsalert.quarterly.content import Block, Prose, Report, Section, TitleBlock
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.quarterly.disclosure.quoting import Published
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.signing import Signature
from tsalert.quarterly.vocabulary import Edition, SectionKey, Status
from tsalert.reports.memory import FiguresMemory
from tsalert.staff import queries as staff
from tsalert.staff.rules import RoleName

_NO_AUTHOR = "Not yet named"

Editions = Mapping[Edition, Report]


class Whole(Struct, frozen=True):
    """Both editions of a report, the digest that signatures stand for, and who signed."""

    editions: Editions
    digest: str
    signatures: Sequence[Signature]
    status: Status

    def board_digest(self, report: BoardReport) -> str:
        """Return the digest of the board edition alone."""
        return signing.digest_of({Edition.BOARD: self.editions[Edition.BOARD]}, report)


def edition_of(
    session: Session, report: BoardReport, edition: Edition, *, memory: FiguresMemory, now: datetime
) -> Report:
    """Return one edition of a report as it stands."""
    if report.status == Status.DRAFT and edition is Edition.BOARD:
        return _unsigned(session, report, edition, _board(session, report, memory, now), now)
    return whole_of(session, report, memory=memory, now=now).editions[edition]


def whole_of(session: Session, report: BoardReport, *, memory: FiguresMemory, now: datetime) -> Whole:
    """Return both editions of a report as they stand, and who signed what they say."""
    if report.frozen is not None:
        digest = signing.digest_of_published(report)
        return Whole(thawed(report), digest, signing.signatures_of(session, report, digest), Status.PUBLISHED)
    board = _board(session, report, memory, now)
    earlier = [each[Edition.PUBLIC].sections for each in _earlier(session, report)]
    quarter = parse_period(report.quarter)
    public = for_public(board, earlier, quarter, _beside(session, quarter))
    parts = {Edition.BOARD: board, Edition.PUBLIC: public}
    unsigned = {edition: _unsigned(session, report, edition, part, now) for edition, part in parts.items()}
    digest = signing.digest_of(unsigned, report)
    signatures = signing.signatures_of(session, report, digest)
    status = signing.status_of(Status.of(report.status), signatures)
    return signed(session, Whole(unsigned, digest, signatures, status))


def board_digest(session: Session, report: BoardReport, *, memory: FiguresMemory, now: datetime) -> str:
    """Return the digest of the board edition alone, which the public one follows from: quickly read once locked."""
    board = _unsigned(session, report, Edition.BOARD, _board(session, report, memory, now), now)
    return signing.digest_of({Edition.BOARD: board}, report)


def signed(session: Session, whole: Whole) -> Whole:
    """Return a report whose heads say how far it is and whose signatures hold."""
    names = {Edition.BOARD: staff.officer_names(session), Edition.PUBLIC: None}
    editions = {
        edition: replace(
            each,
            head=replace(each.head, status=whole.status, signatures=signing.in_words(whole.signatures, names[edition])),
        )
        for edition, each in whole.editions.items()
    }
    return replace(whole, editions=editions)


def thawed(report: BoardReport) -> dict[Edition, Report]:
    """Return both editions of a published report."""
    kept = keeping.thaw(report.frozen or "", dict)
    return {edition: kept[edition.value] for edition in Edition}


def in_order(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Bring sections into their order; those of one key become one, in the order in which they came."""
    parts = [each for each in sections if each.blocks]
    return tuple(_joined(key, found) for key in SectionKey if (found := [each for each in parts if each.key is key]))


def _joined(key: SectionKey, parts: Sequence[Section]) -> Section:
    """Join sections of one key; an exempt one makes its blocks exempt and not those of the others."""
    if all(each.is_exempt for each in parts) or len(parts) == 1:
        return Section(key, tuple(block for each in parts for block in each.blocks), is_exempt=parts[0].is_exempt)
    blocks: list[Block] = []
    for part in parts:
        blocks += (replace(block, is_exempt=True) if part.is_exempt else block for block in part.blocks)
    return Section(key, tuple(blocks))


def _board(session: Session, report: BoardReport, memory: FiguresMemory, now: datetime) -> tuple[Section, ...]:
    """Return what the board edition says, but for its head and for what it restates."""
    quarter = parse_period(report.quarter)
    kept = report.figures
    figures = keeping.thaw_sections(kept) if kept else sources.figures_of(session, memory, quarter, now=now)
    written = texts.sections_of(list(texts.texts_of(session, quarter).values()))
    return in_order([*written, *figures, *sources.told_of(session, quarter)])


def _unsigned(
    session: Session, report: BoardReport, edition: Edition, sections: Sequence[Section], now: datetime
) -> Report:
    head = _head(session, report, edition, now)
    if report.revision > 1:
        before = _before(session, report, edition)
        sections = in_order([*sections, _revisions(head, before, sections)])
    return Report(head, tuple(sections))


def _before(session: Session, report: BoardReport, edition: Edition) -> Report | None:
    """Return the newest earlier revision that an edition's readers can read; None where each was taken from them."""
    quarter = parse_period(report.quarter)
    withdrawn = queries.withdrawals_of(session, quarter) if edition is Edition.PUBLIC else {}
    rows = (row for row in queries.revisions_of(session, quarter) if row.revision < report.revision)
    return next((thawed(row)[edition] for row in rows if row.revision not in withdrawn), None)


def _revisions(head: TitleBlock, before: Report | None, sections: Sequence[Section]) -> Section:
    """Say why there is another revision and which cells it restates, from one edition alone.

    What was taken off the public pages is not told again as what stood there before.
    """
    if before is None:
        words = f"Revision {head.revision}: {head.reason}. What was published before was taken off these pages."
        return Section(SectionKey.DATA_QUALITY, (Prose(words, "Revisions"),))
    new = Report(before.head, tuple(sections)).tables()
    cells = restating.restated(before.tables(), new)
    why = Prose(f"Revision {head.revision}: {head.reason}", "Revisions")
    return Section(SectionKey.DATA_QUALITY, (why, restating.table_of(cells, before.head.revision)))


def _earlier(session: Session, report: BoardReport) -> list[dict[Edition, Report]]:
    """Return what was published of this quarter before, the newest first."""
    rows = queries.revisions_of(session, parse_period(report.quarter))
    return [thawed(row) for row in rows if row.revision < report.revision]


def _beside(session: Session, quarter: Period) -> list[Published]:
    """Return what was published of other quarters, the latest first."""
    found = ((row, thawed(row)[Edition.PUBLIC]) for row in queries.published_beside(session, quarter))
    return [Published(parse_period(row.quarter), public.sections) for row, public in found]


def _head(session: Session, report: BoardReport, edition: Edition, now: datetime) -> TitleBlock:
    quarter = parse_period(report.quarter)
    return TitleBlock(
        board=report.board,
        period=quarter.label,
        period_prose=quarter.prose,
        first_day=quarter.first_day,
        last_day=quarter.last_day,
        edition=edition,
        status=Status.of(report.status),
        revision=report.revision,
        author=_author(session, report, edition),
        meeting_on=report.meeting_on,
        reason=reason_of(report, edition),
        is_provisional=is_running(quarter, now),
    )


def is_running(quarter: Period, now: datetime) -> bool:
    """Tell whether a quarter is not over yet."""
    return london_date(now) <= quarter.last_day


def reason_of(report: BoardReport, edition: Edition) -> str:
    """Return why a report is revised, as the readers of an edition are told; empty for the first."""
    return (report.reason if edition is Edition.BOARD else report.public_reason) or ""


def _author(session: Session, report: BoardReport, edition: Edition) -> str:
    """Name the author to the board; the public is told their post, not who they are."""
    if report.author_id is None:
        return _NO_AUTHOR
    officer = staff.get_officer_by_id(session, report.author_id)
    if edition is Edition.BOARD:
        return officer.name
    is_manager = any(role.name == RoleName.MANAGER for role in officer.roles)
    return "Trading Standards manager" if is_manager else "Trading Standards officer"
