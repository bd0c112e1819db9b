"""Operations of the timetable."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.quarterly.timetable import leaving, showing
from tsalert.quarterly.timetable.schemas import BoardTimetableSchema, SummaryChoiceSchema
from tsalert.quarterly.timetable.showing import Shown
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

timetable = api_blueprint("board_timetable", "board-timetable", "What comes by itself for the board's report.")
blueprints = (timetable,)


@timetable.route("")
@requires(Permission.WRITE_REPORT)
@timetable.response(200, BoardTimetableSchema)
def get_timetable() -> Shown:
    """Return the next twelve months, what was sent last, and whose figures are missing."""
    return showing.show(db.session(), current_actor(), now=utc_now())


@timetable.route("/summary", methods=["PUT"])
@requires(Permission.SIGN_REPORT)
@timetable.arguments(SummaryChoiceSchema)
@timetable.response(200, BoardTimetableSchema)
def choose_summary(sent: dict[str, Any]) -> Shown:
    """Take or leave the monthly summary."""
    leaving.choose_summary(wanted=sent["wanted"], actor=current_actor(), now=utc_now())
    return showing.show(db.session(), current_actor(), now=utc_now())
