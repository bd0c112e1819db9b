"""Shapes of actions, their status words and updates, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, fields, post_load

from tsalert.quarterly.actions.naming import NewStatus
from tsalert.quarterly.actions.setting import NewAction
from tsalert.quarterly.actions.updating import NewUpdate
from tsalert.quarterly.writing.markdown import LONGEST
from tsalert.web.fields import Count, Instant, Line, Paragraph, PeriodLabel, RecordId, Strict, Typed, YesNo

_FROM = {"description": "The quarter from which it holds; none means the one that runs."}


class WantedActionsSchema(Strict):
    """Which actions a list shows."""

    quarter = PeriodLabel(load_default=None)
    status = Line(
        longest=60, load_default=None, metadata={"description": "The name of a status; none where nothing is told."}
    )


class WantedStatusesSchema(Strict):
    """Of which quarter the words are wanted."""

    quarter = PeriodLabel(load_default=None)


class NewBoardActionSchema(Typed):
    """What an action says from a quarter on."""

    value = NewAction
    number = Count(required=True, metadata={"type": "integer"})
    title = Line(longest=300, required=True, error_messages={"required": "Say what it is called."})
    text = Paragraph(longest=LONGEST, load_default="")
    lead = Line(longest=200, required=True, error_messages={"required": "Say who leads: a role or a partner."})
    is_from_records = YesNo(load_default=False)
    quarter = PeriodLabel(load_default=None, allow_none=True, metadata=_FROM)
    reason = Line(longest=400, required=True, error_messages={"required": "Say why, such as the board's decision."})


class BoardActionChangeSchema(NewBoardActionSchema):
    """What an action says from a quarter on, given the newest version that was seen."""

    is_retired = YesNo(load_default=False)
    after = RecordId(required=True, metadata={"description": "The id of the newest version that was seen."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[NewAction, int]:
        """Return the action and the version after which it comes."""
        after = data.pop("after")
        return NewAction(**data), after


class NewBoardStatusSchema(Typed):
    """What a status word reads from a quarter on."""

    value = NewStatus
    word = Line(longest=60, required=True, error_messages={"required": "Write the word."})
    place = Count(load_default=None, allow_none=True, metadata={"type": ["integer", "null"]})
    quarter = PeriodLabel(load_default=None, allow_none=True, metadata=_FROM)
    reason = Line(longest=400, required=True, error_messages={"required": "Say why, such as the board's decision."})


class BoardStatusChangeSchema(NewBoardStatusSchema):
    """What a status word reads from a quarter on, given the newest version that was seen."""

    is_retired = YesNo(load_default=False)
    after = RecordId(required=True, metadata={"description": "The id of the newest version that was seen."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[NewStatus, int]:
        """Return the word and the version after which it comes."""
        after = data.pop("after")
        return NewStatus(**data), after


class NewActionUpdateSchema(Typed):
    """What is told of an action for a quarter."""

    value = NewUpdate
    status = Line(longest=60, required=True, error_messages={"required": "Choose how far it has got."})
    text = Paragraph(longest=LONGEST, required=True, error_messages={"required": "Write what was done."})
    version = Count(
        required=True, metadata={"type": "integer", "description": "The version that was seen; 0 where nothing was."}
    )


class BoardActionVersionSchema(Schema):
    """One version of an action."""

    id = fields.Integer()
    action_id = fields.Integer()
    number = fields.Integer()
    title = fields.String()
    text = fields.String()
    lead = fields.String()
    is_from_records = fields.Boolean()
    is_retired = fields.Boolean()
    holds_from = fields.Date(attribute="first_day")
    reason = fields.String()
    set_at = Instant()


class ActionUpdateSchema(Schema):
    """One version of what is told of an action for a quarter."""

    action_id = fields.Integer()
    quarter = PeriodLabel()
    version = fields.Integer()
    status = fields.String()
    word = fields.String()
    text = fields.String()
    written_by = fields.Integer(allow_none=True)
    written_at = Instant()


class ShownActionSchema(Schema):
    """An action in a quarter, with what is told of it and of the quarter before."""

    action = fields.Nested(BoardActionVersionSchema)
    update = fields.Nested(ActionUpdateSchema, allow_none=True)
    before = fields.Nested(ActionUpdateSchema, allow_none=True)


class BoardStatusSchema(Schema):
    """One version of a status word."""

    id = fields.Integer()
    name = fields.String()
    word = fields.String()
    place = fields.Integer()
    is_retired = fields.Boolean()
    holds_from = fields.Date(attribute="first_day")
    reason = fields.String()
    set_at = Instant()


class BoardStatusesSchema(Schema):
    """Status words in the board's order, or the versions of one."""

    items = fields.List(fields.Nested(BoardStatusSchema))


class QuarterOfActionsSchema(Schema):
    """A quarter's actions, the words of its time, and where what is told will be read."""

    quarter = PeriodLabel()
    where = fields.String()
    words = fields.List(fields.Nested(BoardStatusSchema))
    items = fields.List(fields.Nested(ShownActionSchema))


class WholeActionSchema(Schema):
    """Every version of an action, and everything that was told of it."""

    versions = fields.List(fields.Nested(BoardActionVersionSchema))
    updates = fields.List(fields.Nested(ActionUpdateSchema))


class ProposalSchema(Schema):
    """What the records propose to tell."""

    text = fields.String()
