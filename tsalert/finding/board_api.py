"""The board of cases as an operation."""

from typing import Any

from marshmallow import RAISE, fields

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.enforcement.schemas import MineSchema
from tsalert.finding.case_board import read_case_board
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint
from tsalert.web.fields import Instant, Strict

board = api_blueprint("case_board", "case-board", "Open cases by status, with what must be done in time.")


class NextStepSchema(Strict):
    """The first day by which something must be done."""

    on = fields.Date()
    what = fields.String()
    days_left = fields.Integer()


class CaseCardSchema(Strict):
    """One open case."""

    id = fields.Integer()
    reference = fields.String()
    category = fields.String()
    kind = fields.String()
    waiting_for = fields.String(allow_none=True)
    opened_at = Instant()
    days_old = fields.Integer()
    officer_id = fields.Integer(allow_none=True)
    next_step = fields.Nested(NextStepSchema, allow_none=True)


class CaseColumnSchema(Strict):
    """The open cases at one status, the oldest first."""

    status = fields.String()
    number = fields.Integer()
    cards = fields.List(fields.Nested(CaseCardSchema))


class CaseBoardSchema(Strict):
    """The columns of the board."""

    items = fields.List(fields.Nested(CaseColumnSchema))


@board.route("")
@requires(Permission.READ_CASE)
@board.arguments(MineSchema, location="query", unknown=RAISE)
@board.response(200, CaseBoardSchema)
def get_board(asked: dict[str, bool]) -> dict[str, Any]:
    """Return the open cases of this officer, or everybody's."""
    actor = current_actor()
    mine = None if asked["everybody"] else actor.officer_id
    return {"items": read_case_board(db.session(), officer_id=mine, actor=actor, now=utc_now())}
