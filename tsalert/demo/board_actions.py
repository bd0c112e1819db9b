"""What was told of the board's priority actions for two quarters; every word of it is invented."""

from datetime import date, timedelta

from tsalert.core.clock import london_midnight
from tsalert.core.periods import Period, quarter
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.quarterly.actions import queries, showing
from tsalert.quarterly.actions.updating import NewUpdate, write_update

_INVENTED = "(Invented for the demonstration.)"
_Q1, _Q2 = quarter(2022, 1), quarter(2022, 2)
_WRITTEN = {_Q1: date(2022, 7, 12), _Q2: date(2022, 10, 11)}
# Quarter, number of the action, how far it stands, and what was done.
_TOLD = (
    (_Q1, 1, "in_progress", "Partners met twice and agreed who is told what when a household is at risk."),
    (_Q1, 2, "in_progress", "A monthly picture of doorstep crime goes to wardens and police teams."),
    (_Q1, 3, "in_progress", "Guidance on notices was written anew:\n\n- when one is served\n- who decides on it"),
    (_Q1, 4, "in_progress", "Mentors began to work with two schools."),
    (_Q1, 5, "not_started", "The survey of cameras waits for its contractor."),
    (_Q2, 1, "achieved_and_continues", "A third bank and the post offices joined the partnership's calls."),
    (_Q2, 2, "in_progress", "The monthly picture now shows which streets were called at again."),
    (_Q2, 3, "achieved", "The guidance is in use, and officers were trained in it."),
    (_Q2, 4, "in_progress", "Mentors work with *four* schools."),
    (_Q2, 5, "in_progress", "Half of the cameras were surveyed."),
)
_ABUSE, _ADDED = 6, "Bank staff and carers were told how to call for help while a caller is still at the door."


def load_updates(team: Crew) -> None:
    """Tell of every action for two quarters, correct one update, and propose the last one's from the records."""
    team.tell("The board's priority actions")
    for period, number, status, words in _TOLD:
        _write(team, period, number, NewUpdate(status, f"{words}\n\n{_INVENTED}", 0))
    corrected = NewUpdate("in_progress", f"Mentors began to work with three schools.\n\n{_INVENTED}", 1)
    _write(team, _Q1, 4, corrected, later=timedelta(days=1))
    for period, status in ((_Q1, "in_progress"), (_Q2, "achieved_and_ongoing")):
        action = queries.get_action(db.session(), _ABUSE, period)
        proposed = showing.proposal(db.session(), action, period)
        _write(team, period, _ABUSE, NewUpdate(status, f"{proposed}\n\n{_ADDED} {_INVENTED}", 0))


def _write(team: Crew, period: Period, number: int, new: NewUpdate, *, later: timedelta = timedelta(0)) -> None:
    at = london_midnight(_WRITTEN[period]) + timedelta(hours=10) + later
    write_update(number, period, new, actor=team.second, now=at)
