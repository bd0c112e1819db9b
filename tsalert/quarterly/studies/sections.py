"""The section of a quarter's report that tells its case studies, and which are left out of it and why."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.content import Prose, Report, Section
from tsalert.quarterly.keeping import thaw
from tsalert.quarterly.queries import revisions_of
from tsalert.quarterly.studies import queries
from tsalert.quarterly.studies.queries import Study
from tsalert.quarterly.studies.rules import digest_of
from tsalert.quarterly.studies.vocabulary import State
from tsalert.quarterly.vocabulary import Edition, SectionKey
from tsalert.retention.held.entries import REMOVED
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_NONE = Prose("No case study was signed for this quarter.")
_GONE = "Its words went with its case, and no report was published that tells it."


class LeftOut(Struct, frozen=True):
    """A study that a quarter's report does not tell, and why."""

    study: Study
    why: str


def studies_section(session: Session, quarter: Period) -> Section:
    """Return the studies of a quarter that may be told, in their order, each held against its case as it is now."""
    told = tuple(prose for study in queries.studies_of(session, quarter) for prose in _told(session, study))
    return Section(
        SectionKey.CASE_STUDIES, told or (_NONE,), is_exempt=all(each.is_exempt for each in told) and bool(told)
    )


def left_out(session: Session, quarter: Period) -> list[LeftOut]:
    """Return which studies of a quarter its report does not tell, and why."""
    found = [(study, why_left_out(session, study)) for study in queries.studies_of(session, quarter)]
    return [LeftOut(study, why) for study, why in found if why]


def why_left_out(session: Session, study: Study) -> str | None:
    """Return why the report does not tell a study; None where it does."""
    if study.state is State.WITHDRAWN:
        return f"Withdrawn: {study.row.withdraw_reason}"
    if study.state is not State.SIGNED:
        return f"{study.state.label}: it is told once its author and a second officer have signed."
    if study.text.title == REMOVED:
        return None if _published(session, study) else _GONE
    found = queries.examine(session, study)
    if found.live:
        return found.live[0]
    return f"Still to put right: {found.open[0].finding.check.label.lower()}." if found.open else None


def is_board_only(session: Session, study: Study) -> bool:
    """Tell whether the board alone reads a study: it says so, or its case is restricted and nobody said otherwise."""
    is_decided = study.text.is_board_only or study.text.edition_reason is not None
    return study.text.is_board_only or (
        not is_decided and tiers.is_restricted(session, Subject.CASE, study.row.case_id)
    )


def _told(session: Session, study: Study) -> Iterator[Prose]:
    if why_left_out(session, study):
        return
    if study.text.title == REMOVED:
        yield from _published(session, study)
    else:
        yield Prose(study.text.body, study.text.title, is_exempt=is_board_only(session, study))


def _published(session: Session, study: Study) -> tuple[Prose, ...]:
    """Return a study whose case names nobody any more as it was published, known again by what was signed."""
    for report in revisions_of(session, study.quarter):
        for prose in _prose_of(report.frozen):
            is_board = any(
                digest_of(study.row.quarter, prose.title, prose.text, is_board_only=only) == study.text.digest
                for only in (True, False)
            )
            if is_board:
                return (prose,)
    return ()


def _prose_of(frozen: str | None) -> Iterator[Prose]:
    editions: dict[str, Report] = thaw(frozen, dict) if frozen else {}
    board = editions.get(Edition.BOARD.value)
    for section in board.sections if board else ():
        if section.key is SectionKey.CASE_STUDIES:
            yield from (block for block in section.blocks if isinstance(block, Prose))
