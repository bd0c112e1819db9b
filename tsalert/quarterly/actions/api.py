"""Operations of the board's priority actions, of its status words and of what is told of each quarter."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound, Overtaken
from tsalert.core.periods import Period
from tsalert.db import db
from tsalert.quarterly.actions import holding, naming, queries, setting, showing, statuses, updating
from tsalert.quarterly.actions.naming import NewStatus
from tsalert.quarterly.actions.queries import ActionVersion, Update
from tsalert.quarterly.actions.schemas import (
    ActionUpdateSchema,
    BoardActionChangeSchema,
    BoardActionVersionSchema,
    BoardStatusChangeSchema,
    BoardStatusesSchema,
    NewActionUpdateSchema,
    NewBoardActionSchema,
    NewBoardStatusSchema,
    ProposalSchema,
    QuarterOfActionsSchema,
    WantedActionsSchema,
    WantedStatusesSchema,
    WholeActionSchema,
)
from tsalert.quarterly.actions.setting import NewAction
from tsalert.quarterly.actions.showing import QuarterOfActions
from tsalert.quarterly.actions.statuses import StatusWord
from tsalert.quarterly.actions.updating import NewUpdate
from tsalert.quarterly.addresses import quarter_of_slug
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint
from tsalert.web.errors import answer

actions = api_blueprint("board_actions", "board-actions", "The board's priority actions and what is told of each.")
words = api_blueprint("board_statuses", "board-action-statuses", "The board's words for how far an action has got.")
blueprints = (actions, words)


@actions.route("")
@requires(Permission.READ_FIGURES)
@actions.arguments(WantedActionsSchema, location="query", unknown=RAISE)
@actions.response(200, QuarterOfActionsSchema)
def list_board_actions(wanted: dict[str, Any]) -> QuarterOfActions:
    """List a quarter's actions, by default of the quarter that is reported, with what is told of each."""
    session = db.session()
    quarter = wanted["quarter"] or showing.reported(session, now=utc_now())
    return showing.read_quarter(session, quarter, status=wanted["status"])


@actions.route("", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@actions.arguments(NewBoardActionSchema)
@actions.response(201, BoardActionVersionSchema)
def add_board_action(new: NewAction) -> ActionVersion:
    """Add an action from a quarter on."""
    action_id = setting.add_action(new, actor=current_actor(), now=utc_now())
    return queries.versions_of(db.session(), action_id)[0]


@actions.route("/<int:action_id>")
@requires(Permission.READ_FIGURES)
@actions.response(200, WholeActionSchema)
def get_board_action(action_id: int) -> dict[str, Any]:
    """Return every version of an action and of what was told of it, what holds last first."""
    session = db.session()
    return {"versions": queries.versions_of(session, action_id), "updates": queries.updates_of(session, action_id)}


@actions.route("/<int:action_id>", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@actions.arguments(BoardActionChangeSchema)
@actions.response(201, BoardActionVersionSchema)
def change_board_action(told: tuple[NewAction, int], action_id: int) -> ActionVersion:
    """Give an action a further version, or retire it; earlier quarters keep what they had."""
    new, after = told
    version_id = setting.change_action(action_id, new, after=after, actor=current_actor(), now=utc_now())
    return next(each for each in queries.versions_of(db.session(), action_id) if each.id == version_id)


@actions.route("/<int:action_id>/updates/<quarter>")
@requires(Permission.READ_FIGURES)
@actions.response(200, ActionUpdateSchema)
def get_action_update(action_id: int, quarter: str) -> Update:
    """Return what is told of an action for a quarter, such as ``2022-23Q1``."""
    return _standing(action_id, quarter_of_slug(quarter))


@actions.route("/<int:action_id>/updates/<quarter>", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@actions.arguments(NewActionUpdateSchema)
@actions.response(201, ActionUpdateSchema)
def write_action_update(new: NewUpdate, action_id: int, quarter: str) -> Any:
    """Tell of an action for a quarter in the place of the ``version`` that was seen; another is answered with 409."""
    period = quarter_of_slug(quarter)
    try:
        updating.write_update(action_id, period, new, actor=current_actor(), now=utc_now())
    except Overtaken as refusal:
        standing = queries.find_update(db.session(), action_id, period)
        current = ActionUpdateSchema().dump(standing) if standing else None
        return answer(409, refusal.message, {"legal": list(refusal.legal), "current": current})
    return _standing(action_id, period)


@actions.route("/<int:action_id>/updates/<quarter>/proposal")
@requires(Permission.WRITE_REPORT)
@actions.response(200, ProposalSchema)
def propose_action_update(action_id: int, quarter: str) -> dict[str, str]:
    """Return what the records propose to tell, fit for the public; nothing is saved."""
    session, period = db.session(), quarter_of_slug(quarter)
    return {"text": showing.proposal(session, queries.get_action(session, action_id, period), period)}


@words.route("")
@requires(Permission.READ_FIGURES)
@words.arguments(WantedStatusesSchema, location="query", unknown=RAISE)
@words.response(200, BoardStatusesSchema)
def list_board_statuses(wanted: dict[str, Period | None]) -> dict[str, list[StatusWord]]:
    """List the words of a quarter, by default the one that runs, retired ones too."""
    quarter = wanted["quarter"] or holding.running(utc_now())
    return {"items": list(statuses.words_on(statuses.status_versions(db.session()), quarter.first_day).values())}


@words.route("", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@words.arguments(NewBoardStatusSchema)
@words.response(201, BoardStatusesSchema)
def add_board_status(new: NewStatus) -> dict[str, list[StatusWord]]:
    """Add a word from a quarter on; returns its versions."""
    name = naming.add_status(new, actor=current_actor(), now=utc_now())
    return {"items": statuses.versions_of(db.session(), name)}


@words.route("/<name>")
@requires(Permission.READ_FIGURES)
@words.response(200, BoardStatusesSchema)
def get_board_status(name: str) -> dict[str, list[StatusWord]]:
    """List every version of a word, the one that holds last first."""
    return {"items": statuses.versions_of(db.session(), name)}


@words.route("/<name>", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@words.arguments(BoardStatusChangeSchema)
@words.response(201, BoardStatusesSchema)
def change_board_status(told: tuple[NewStatus, int], name: str) -> dict[str, list[StatusWord]]:
    """Give a word another reading or place, or retire it; returns its versions."""
    new, after = told
    naming.change_status(name, new, after=after, actor=current_actor(), now=utc_now())
    return {"items": statuses.versions_of(db.session(), name)}


def _standing(action_id: int, quarter: Period) -> Update:
    session = db.session()
    queries.get_action(session, action_id, quarter)
    found = queries.find_update(session, action_id, quarter)
    if found is None:
        raise NotFound(f"Nothing is told of this action for {quarter.label}.")
    return found
