"""The shape of calls and steps, as forms and the API send them; what must hold of them is in rules.py."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load
from marshmallow.validate import OneOf

from tsalert.response.clock import ClockState
from tsalert.response.opening import Opening
from tsalert.response.party_schemas import ChosenSchema, pop_chosen
from tsalert.response.rules import (
    Danger,
    NewCall,
    NewIncident,
    is_cash_about_to_move,
    lacks_way_there,
    propose_grade,
)
from tsalert.response.steps import IncidentState, Step
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName, MoneyState, Outcome
from tsalert.response.vocabulary import Line as CallLine
from tsalert.web.fields import (
    Instant,
    Line,
    ListPlace,
    Paragraph,
    Postcode,
    Pounds,
    RecordId,
    Strict,
    YesNo,
    choice,
    word_of,
)

AS_PROPOSED, LATER = "proposed", "later"
ANOTHER = "another"  # than the incidents that are open at its address, of which the form asks once
_WHERE = {
    "address": "Where shall the officer go?",
    "phone": "How can we ring back?",
}
_OF_A_NEW_INCIDENT = frozenset({"category", "kind", "grade", "grade_reason"})


class PageSchema(Strict):
    """Which part of a list to show."""

    after = RecordId(load_default=None)
    reference = Line(longest=40, load_default=None)
    waiting = ListPlace(load_default=None)


class TicksSchema(Strict):
    """The answers from which a grade is proposed."""

    is_trader_on_site = YesNo(load_default=False)
    money_state = choice(MoneyState, load_default=MoneyState.NONE)
    is_vulnerable = YesNo(load_default=False)
    has_threat = YesNo(load_default=False)
    is_work_in_progress = YesNo(load_default=False)


def danger_of(ticks: dict[str, Any]) -> Danger:
    """Return what the answers mean for the grade."""
    said = dict(ticks)
    moves = is_cash_about_to_move(said.pop("money_state"), is_trader_on_site=said["is_trader_on_site"])
    return Danger(is_cash_about_to_move=moves, **said)


class ProposedGradeSchema(Schema):
    """The grade that the answers propose."""

    grade = fields.String()


class ProposalSchema(TicksSchema):
    """The answers alone, while a call is being typed, and the grade that is chosen so far."""

    grade = choice(GradeName, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Danger, GradeName | None]:
        """Return the five ticks, and the grade where one is chosen."""
        chosen = data.pop("grade")
        return danger_of(data), chosen

    @pre_load
    def forget_what_is_no_grade(self, data: Any, **_: Any) -> dict[str, Any]:
        """Take "as proposed" and "later" for what they are here: no choice."""
        return {name: value for name, value in data.items() if value not in {AS_PROPOSED, LATER}}


class NewCallSchema(TicksSchema, ChosenSchema):
    """A call to log."""

    line = choice(CallLine, load_default=CallLine.RAPID_VOICE)
    source = choice(CallSource, load_default=None)
    claimed_at = Instant(load_default=None)
    caller_name = Line(load_default=None)
    phone = Line(longest=40, load_default=None)
    is_safe_to_call_back = YesNo(load_default=None)
    address = Line(longest=300, load_default=None)
    postcode = Postcode(load_default=None)
    ward_code = Line(longest=20, load_default=None)
    happening = Paragraph(load_default=None)
    trader = Line(longest=400, load_default=None)
    money_amount = Pounds(load_default=None)
    was_told_999 = YesNo(load_default=False)
    disposition = choice(Disposition, required=True, missing="Choose what becomes of the call.")
    incident = Line(longest=20, load_default=None)
    category = choice(Category, load_default=None)
    kind = Line(load_default=None)
    grade = fields.String(
        load_default=AS_PROPOSED,
        validate=OneOf([AS_PROPOSED, LATER, *(name.value for name in GradeName)], error="Choose one from the list."),
    )
    grade_reason = Line(longest=400, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewCall:
        """Return the call with its incident, if it is to open one."""
        told = {name: data.pop(name) for name in ("category", "kind", "grade", "grade_reason")}
        data |= pop_chosen(data)
        call = NewCall(incident_reference=data.pop("incident"), **data)
        incident = _new_incident(call, **told)
        return NewCall(incident=incident, incident_reference=call.incident_reference, **data)


class NewCallFormSchema(NewCallSchema):
    """A call as the page sends it, with the sealed time at which the page was opened."""

    opened_at = Opening(required=True, data_key="opened")
    was_asked_where = YesNo(load_default=False)

    @pre_load
    def join(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add the call to the open incident that was chosen among the matches, whatever else the form proposed."""
        data.pop("join_shown", None)
        joined, answered = data.pop("join", None), data.pop("is_about", None)
        if answered is not None:
            joined = None if answered == ANOTHER else answered
        if joined is None:
            return data
        kept = {name: value for name, value in data.items() if name not in _OF_A_NEW_INCIDENT}
        return kept | {"incident": joined, "disposition": Disposition.ADDED_TO_INCIDENT.value}

    @post_load
    def build(self, data: dict[str, Any], **rest: Any) -> NewCall:
        """Return the call; one that lacks the way there is asked for it once, and saved without it the second time."""
        was_asked = data.pop("was_asked_where")
        call: NewCall = super().build(data, **rest)
        if lacks_way_there(call) and not was_asked:
            raise ValidationError(_WHERE)
        return call


class HoldSchema(Strict):
    """Why a recording is kept as evidence."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why it is kept."})


def _new_incident(
    call: NewCall, *, category: Category | None, kind: str | None, grade: str, grade_reason: str | None
) -> NewIncident | None:
    if category is None:
        if kind or grade_reason or grade not in {AS_PROPOSED, LATER}:
            raise ValidationError("Choose what the incident is, or leave out its kind and grade.", "category")
        return None
    if grade == LATER:
        return NewIncident(category, kind)
    chosen = propose_grade(call.danger) if grade == AS_PROPOSED else GradeName.of(grade)
    return NewIncident(category, kind, chosen, grade_reason)


class CallSchema(Schema):
    """A call as it was logged."""

    id = fields.Integer()
    reference = fields.String()
    line = word_of(CallLine)
    source = word_of(CallSource, allow_none=True)
    received_at = Instant(metadata={"description": "The time that counts: claimed_at where given, else opened_at."})
    claimed_at = Instant(allow_none=True)
    opened_at = Instant()
    recorded_at = Instant()
    caller_name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    phone_e164 = fields.String(allow_none=True)
    is_safe_to_call_back = fields.Boolean(allow_none=True)
    address = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    ward_code = fields.String(allow_none=True)
    happening = fields.String(allow_none=True)
    is_trader_on_site = fields.Boolean()
    trader = fields.String(allow_none=True)
    money_state = word_of(MoneyState)
    money_amount = Pounds(allow_none=True)
    is_vulnerable = fields.Boolean()
    has_threat = fields.Boolean()
    is_work_in_progress = fields.Boolean()
    told_999_at = Instant(
        allow_none=True,
        metadata={"description": "When it was noted that the caller was told to ring 999; claimed_at if given."},
    )
    disposition = word_of(Disposition)
    incident_id = fields.Integer(allow_none=True)


class TimeToSaveSchema(Schema):
    """How long officers take to save a call."""

    median_seconds = fields.Integer()
    calls = fields.Integer(metadata={"description": "How many calls it is the median of: the newest, 500 at most."})


class ClockSchema(Schema):
    """An incident's newest clock as it stands now."""

    state = word_of(ClockState)
    due_at = Instant(allow_none=True)
    remaining_seconds = fields.Function(
        lambda reading: None if reading.remaining is None else int(reading.remaining.total_seconds()),
        metadata={"type": ["integer", "null"], "description": "Negative once the target has passed."},
    )


class OverlapSchema(Schema):
    """Another visit of an officer at the same time; ``until`` is null while they have not left."""

    officer_id = fields.Integer()
    incident_id = fields.Integer()
    reference = fields.String()
    since = Instant()
    until = Instant(allow_none=True)


class IncidentSchema(Schema):
    """An incident, its clock, and the steps that it may take."""

    id = fields.Integer(attribute="record.id")
    reference = fields.String(attribute="record.reference")
    category = word_of(Category, attribute="record.category.value")
    kind = fields.String(attribute="record.kind", allow_none=True)
    address = fields.String(attribute="record.household.address", allow_none=True)
    postcode = fields.String(attribute="record.household.postcode", allow_none=True)
    ward_code = fields.String(attribute="record.household.ward_code", allow_none=True)
    state = word_of(IncidentState, attribute="record.state.value")
    grade = word_of(GradeName, attribute="record.grade", allow_none=True)
    proposed_grade = word_of(
        GradeName,
        attribute="proposed",
        allow_none=True,
        metadata={"description": "What the callers' answers propose by what is held now; null in lists."},
    )
    outcome = word_of(Outcome, attribute="record.outcome", allow_none=True)
    outcome_note = fields.String(attribute="record.outcome_note", allow_none=True)
    offered_to = fields.String(attribute="record.offered_to", allow_none=True)
    version = fields.Integer(
        attribute="record.version",
        metadata={"description": "Goes up with every change; send it with a step, or as If-Match."},
    )
    opened_at = Instant(attribute="record.opened_at")
    closed_at = Instant(attribute="record.closed_at", allow_none=True)
    clock = fields.Nested(ClockSchema, attribute="reading")
    overlapping_visits = fields.List(
        fields.Nested(OverlapSchema),
        attribute="overlaps",
        metadata={"description": "A warning: one officer cannot be at two places. Empty in lists."},
    )
    legal_steps = fields.List(word_of(Step), attribute="record.situation.legal")
