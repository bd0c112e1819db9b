"""Reports to the board as they are kept."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from tsalert.core.errors import Conflict, NotFound
from tsalert.core.periods import Period
from tsalert.quarterly.models import BoardReport, BoardUnlocking, BoardWithdrawal
from tsalert.quarterly.vocabulary import Status

# The turn in which reports are published and taken off, one after the other.
PUBLISHING = 38_0002
# Reports show eight quarters: two of them that begin within seven quarters tell of a quarter in common.
_SHOWN_TOGETHER = 7 * 92


def get_report(session: Session, quarter: Period, revision: int | None = None) -> BoardReport:
    """Return a revision of a quarter's report, by default its newest.

    :raises NotFound: there is none.
    """
    found = next((row for row in revisions_of(session, quarter) if revision in {None, row.revision}), None)
    if found is None:
        raise NotFound(f"There is no such report for {quarter.label}.")
    return found


def get_open(session: Session, quarter: Period) -> BoardReport:
    """Return the revision that is worked on, held until this transaction ends.

    :raises NotFound: no report of the quarter was ever opened.
    :raises Conflict: its newest revision is published.
    """
    query = select(BoardReport).where(BoardReport.first_day == quarter.first_day)
    newest = query.order_by(BoardReport.revision.desc()).limit(1).with_for_update()
    found = session.scalar(newest.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"There is no report for {quarter.label} yet.")
    if found.status == Status.PUBLISHED:
        raise Conflict(f"The report of {quarter.label} is published and stays as it is.", legal=["open a revision"])
    return found


def revisions_of(session: Session, quarter: Period) -> Sequence[BoardReport]:
    """Return every revision of a quarter's report, the newest first."""
    query = select(BoardReport).where(BoardReport.first_day == quarter.first_day)
    return session.scalars(query.order_by(BoardReport.revision.desc())).all()


def published_beside(session: Session, quarter: Period) -> Sequence[BoardReport]:
    """Return every publication of other quarters that tells of one which a quarter's report shows, the latest first."""
    days = timedelta(days=_SHOWN_TOGETHER)
    query = select(BoardReport).where(
        BoardReport.status == Status.PUBLISHED,
        BoardReport.first_day != quarter.first_day,
        BoardReport.first_day.between(quarter.first_day - days, quarter.first_day + days),
    )
    return session.scalars(query.order_by(BoardReport.published_at.desc(), BoardReport.id.desc())).all()


def count_publications(session: Session) -> int:
    """Return how often a revision was published or taken off; whoever publishes next must have read what that left."""
    published = select(func.count()).select_from(BoardReport).where(BoardReport.status == Status.PUBLISHED)
    withdrawn = select(func.count()).select_from(BoardWithdrawal)
    return sum(session.scalar(query) or 0 for query in (published, withdrawn))


def unlockings_of(session: Session, report: BoardReport) -> Sequence[BoardUnlocking]:
    """Return when and why the figures of a revision were unlocked, the latest first."""
    query = select(BoardUnlocking).where(BoardUnlocking.report_id == report.id)
    return session.scalars(query.order_by(BoardUnlocking.id.desc())).all()


def withdrawals_of(session: Session, quarter: Period) -> dict[int, BoardWithdrawal]:
    """Return which revisions of a quarter's report were taken off the public pages, and why, by their numbers."""
    query = select(BoardReport.revision, BoardWithdrawal).join(
        BoardWithdrawal, BoardWithdrawal.report_id == BoardReport.id
    )
    return dict(session.execute(query.where(BoardReport.first_day == quarter.first_day)).all())


def newest_reports(session: Session) -> Sequence[BoardReport]:
    """Return the newest revision of each quarter's report, the latest quarter first, without what each says."""
    return _newest(session.scalars(_LISTED.order_by(*_LATEST)).all())


# A third of a megabyte stands in each.
_LISTED = select(BoardReport).options(defer(BoardReport.figures), defer(BoardReport.frozen))
_LATEST = (BoardReport.first_day.desc(), BoardReport.revision.desc())


def _newest(rows: Sequence[BoardReport]) -> Sequence[BoardReport]:
    found: dict[date, BoardReport] = {}
    for row in rows:
        found.setdefault(row.first_day, row)
    return list(found.values())
