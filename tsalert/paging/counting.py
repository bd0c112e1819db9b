"""How many pages are open and how they stand, as numbers alone."""

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tsalert.paging.models import PageAttempt, PageRun, WelfareWatch, of_run


class PageCounts(Struct, frozen=True):
    """Open pages.

    :param waiting: nobody has taken them yet.
    :param taken: somebody has, and is not on the way.
    :param failing: of those waiting, nobody can be paged, nobody answers, or a message did not go out.
    :param unsettled: single texts and calls of which it is not known yet whether they went out.
    :param unanswered: officers on scene who do not answer while nobody deals with it.
    """

    waiting: int
    taken: int
    failing: int
    unsettled: int
    unanswered: int


def count_pages(session: Session) -> PageCounts:
    """Return how many pages are open, and how they stand."""
    is_taken = PageRun.acknowledged_at.is_not(None)
    stuck = select(PageAttempt.id).where(*of_run(PageAttempt, PageRun), PageAttempt.trouble_at.is_not(None)).exists()
    is_bad = or_(PageRun.unreachable_at.is_not(None), PageRun.unanswered_at.is_not(None), stuck)
    taken, failing = func.count().filter(is_taken), func.count().filter(~is_taken, is_bad)
    counting = select(func.count(), taken, failing).select_from(PageRun).where(PageRun.ended_at.is_(None))
    whole, taken_so_far, failing_now = session.execute(counting).one()
    unsettled = select(func.count()).select_from(PageAttempt).where(~PageAttempt.is_settled)
    alone = (WelfareWatch.ended_at.is_(None), WelfareWatch.unanswered_at.is_not(None))
    unanswered = select(func.count()).select_from(WelfareWatch).where(*alone)
    return PageCounts(
        whole - taken_so_far,
        taken_so_far,
        failing_now,
        session.scalar(unsettled) or 0,
        session.scalar(unanswered) or 0,
    )
