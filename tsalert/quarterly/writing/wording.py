"""What a report says about itself, in the same words in every format. Pure."""

from collections.abc import Iterator

from tsalert.core.words import write_day
from tsalert.quarterly.content import SUPPRESSED, Report, TitleBlock
from tsalert.quarterly.vocabulary import Edition, SectionKey, Status

EXEMPT = "Exempt from publication."
NOTHING = "Nothing is reported under this heading."
NO_ROWS = "There is nothing to show in this table."
KEPT_BACK = (
    f"{SUPPRESSED} stands for a figure that is kept back, because it tells of so few people that they might be "
    "recognised, or because another such figure could be worked out from it."
)
_ANNEXES = {SectionKey.METHOD, SectionKey.DATA_QUALITY, SectionKey.GLOSSARY}
_STANDING = {
    Status.DRAFT: "DRAFT",
    Status.LOCKED: "DRAFT, figures locked",
    Status.SIGNED: "SIGNED, not yet published",
    Status.PUBLISHED: "Final",
}
_PARTS = {Edition.PUBLIC: "Part 1: public", Edition.BOARD: "Part 2: exempt from publication"}


def title_of(head: TitleBlock) -> str:
    """Return the title of a report."""
    return f"Trading Standards: report to the {head.board}, {head.period_prose}"


def standing_of(head: TitleBlock) -> str:
    """Say how far a report is, in a word or two; what may still change is in capitals."""
    return f"{_STANDING[head.status]}{', PROVISIONAL' if head.is_provisional else ''}"


def footer_of(head: TitleBlock) -> str:
    """Return what stands on each page."""
    return f"{head.period} · {_PARTS[head.edition]} · {standing_of(head)} · Revision {head.revision}"


def facts_of(head: TitleBlock) -> tuple[tuple[str, str], ...]:
    """Return the title block, as names and what each of them holds."""
    return (
        ("Board", head.board),
        ("Meeting", write_day(head.meeting_on) if head.meeting_on else "Not yet set"),
        ("Period", f"{head.period}, {head.period_prose}"),
        ("Author", head.author),
        ("Status", standing_of(head)),
        ("Revision", f"{head.revision}: {head.reason}" if head.reason else str(head.revision)),
        ("Part", _PARTS[head.edition]),
        *(("Signed by", each) for each in head.signatures),
        *((("Published", write_day(head.published_on)),) if head.published_on else ()),
    )


def notices_of(report: Report) -> tuple[str, ...]:
    """Return what a reader must know before the first figure."""
    return tuple(_notices(report))


def headings_of(report: Report) -> tuple[str, ...]:
    """Return the heading of each section: numbered, but for annexes, which have their letters."""
    number, found = 0, []
    for section in report.sections:
        is_annex = section.key in _ANNEXES
        number += not is_annex
        found.append(section.title if is_annex else f"{number}. {section.title}")
    return tuple(found)


def has_figures_kept_back(report: Report) -> bool:
    """Tell whether a report shows that it does not show a figure."""
    return any(figure.shown == SUPPRESSED for table in report.tables() for row in table.rows for figure in row.figures)


def _notices(report: Report) -> Iterator[str]:
    if report.head.status in {Status.DRAFT, Status.LOCKED}:
        yield "DRAFT. What it says may still change; it is not for publication."
    if report.head.is_provisional:
        yield "PROVISIONAL. The quarter has not ended; its figures are those so far."
    if report.head.edition is Edition.BOARD:
        yield "This edition tells of single people. It is for the board alone and must not be passed on."
    if has_figures_kept_back(report):
        yield KEPT_BACK
