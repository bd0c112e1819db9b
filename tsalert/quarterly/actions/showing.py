"""A quarter's actions for pages and the API: each with what is told of it, and where that will be read."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict
from tsalert.core.periods import Period, recent_periods
from tsalert.quarterly import queries as reports
from tsalert.quarterly.actions import queries, records, statuses
from tsalert.quarterly.actions.holding import quarter_before, require_quarter, running
from tsalert.quarterly.actions.queries import ActionVersion, Update
from tsalert.quarterly.actions.statuses import StatusWord
from tsalert.quarterly.vocabulary import Status

UNTOLD = "none"
_WHERE = {
    Status.DRAFT: "What is written here goes into the report, which is a draft.",
    Status.LOCKED: "The figures of this quarter's report are locked. What is written here still comes into it, but "
    "what the records propose may differ from its figures by now.",
    Status.SIGNED: "This quarter's report is signed. If you change anything here, the signatures no longer hold.",
}


class Shown(Struct, frozen=True):
    """An action in a quarter, with what is told of it and of the quarter before."""

    action: ActionVersion
    update: Update | None
    before: Update | None

    @property
    def status(self) -> str:
        """The name of its status; ``none`` where nothing is told."""
        return self.update.status if self.update else UNTOLD


class QuarterOfActions(Struct, frozen=True):
    """A quarter's actions, its words, and where what is told will be read."""

    quarter: Period
    before: Period
    items: Sequence[Shown]
    words: Sequence[StatusWord]
    where: str


def read_quarter(session: Session, quarter: Period, *, status: str | None = None) -> QuarterOfActions:
    """Return the actions of a quarter, those with one status if that is asked for; ``none`` asks for what is missing.

    :raises RuleViolation: it is no quarter.
    """
    require_quarter(quarter)
    before = quarter_before(quarter)
    told = queries.standing_updates(session, before.first_day, quarter.first_day)
    items = [
        Shown(each, told.get((each.action_id, quarter.first_day)), told.get((each.action_id, before.first_day)))
        for each in queries.actions_on(queries.action_versions(session), quarter.first_day)
    ]
    words = tuple(statuses.words_on(statuses.status_versions(session), quarter.first_day).values())
    return QuarterOfActions(
        quarter, before, [each for each in items if status in {None, each.status}], words, where(session, quarter)
    )


def where(session: Session, quarter: Period) -> str:
    """Say where an update of a quarter will be read."""
    newest = next(iter(reports.revisions_of(session, quarter)), None)
    if newest is None:
        return f"There is no report for {quarter.label} yet. What is written here will go into it."
    if newest.status != Status.PUBLISHED:
        return _WHERE[Status.of(newest.status)]
    return (
        f"Revision {newest.revision} of this quarter's report is published and stays as it is. What is written now "
        f"appears in revision {newest.revision + 1}, once that is opened."
    )


def reported(session: Session, *, now: datetime) -> Period:
    """Return the quarter that is written about before others."""
    return being_written(session, now=now)[0]


def being_written(session: Session, *, now: datetime) -> list[Period]:
    """Return the quarters that are written about, the latest first: those of reports not yet published, however old.

    Where there is none it is the quarter just over.
    """
    found = (each for each in reports.newest_reports(session) if each.status != Status.PUBLISHED)
    return [Period(each.quarter, each.first_day, each.last_day) for each in found] or [quarter_before(running(now))]


def has_report(session: Session, quarter: Period) -> bool:
    """Tell whether a report of a quarter was opened."""
    return bool(reports.revisions_of(session, quarter))


def quarters(chosen: Period, *, now: datetime) -> list[Period]:
    """Return the quarters that a list offers, the latest first, the chosen one among them."""
    recent = [each for each in recent_periods(london_date(now)) if "Q" in each.label]
    return recent if chosen in recent else [chosen, *recent]


def proposal(session: Session, action: ActionVersion, quarter: Period) -> str:
    """Return what the records propose for an action.

    :raises Conflict: it is not one that is filled from them.
    """
    if not action.is_from_records:
        raise Conflict("This action is not filled from the records.", legal=["change the action"])
    return records.propose(session, quarter)
