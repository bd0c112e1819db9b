"""The shapes in which enforcement is given out."""

from marshmallow import Schema, fields

from tsalert.web.fields import Instant, ListPlace, Pounds


class RecordedSchema(Schema):
    """What every record says of its making; ``taken_back`` is why it no longer stands, null where it does."""

    id = fields.Integer()
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()
    taken_back = fields.String(allow_none=True)


class OffenceSchema(RecordedSchema):
    """One offence; ``expires_on`` is the last day to prosecute its earliest conduct, null without a limit."""

    offence = fields.String()
    title = fields.String()
    law = fields.String()
    time_limit = fields.String()
    conduct_from = fields.Date()
    conduct_to = fields.Date()
    discovered_on = fields.Date(allow_none=True)
    expires_on = fields.Date(allow_none=True)
    is_charged = fields.Boolean()
    note = fields.String(allow_none=True)


class ActionSchema(RecordedSchema):
    """One action."""

    kind = fields.String()
    on_date = fields.Date()
    what = fields.String()
    trader = fields.String(allow_none=True)
    binds_until = fields.Date(allow_none=True)


class CancellationSchema(RecordedSchema):
    """One contract; ``last_day`` is worked out, null while the goods have not come or where there is no right."""

    what = fields.String()
    kind = fields.String()
    place = fields.String()
    made_on = fields.Date()
    delivered_on = fields.Date(allow_none=True)
    notice_on = fields.Date(allow_none=True)
    exclusion = fields.String(allow_none=True)
    cancelled_on = fields.Date(allow_none=True)
    has_right = fields.Boolean()
    last_day = fields.Date(allow_none=True)
    last_day_reason = fields.String()


class ChargeSchema(Schema):
    """One charge."""

    id = fields.Integer()
    offence_id = fields.Integer()
    title = fields.String(attribute="offence.title")
    law = fields.String(attribute="offence.law")


class DefendantSchema(Schema):
    """One defendant."""

    id = fields.Integer()
    party_id = fields.Integer()
    name = fields.String()
    charges = fields.List(fields.Nested(ChargeSchema))


class HearingSchema(Schema):
    """One hearing; ``result`` is null until it ended."""

    id = fields.Integer()
    kind = fields.String()
    at = Instant()
    court = fields.String()
    court_name = fields.String()
    result = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class CourtDecisionSchema(RecordedSchema):
    """One plea, verdict, sentence or order."""

    kind = fields.String()
    defendant_id = fields.Integer()
    charge_id = fields.Integer(allow_none=True)
    result = fields.String(allow_none=True)
    months = fields.Integer(allow_none=True)
    amount = Pounds(allow_none=True)
    on_date = fields.Date()
    note = fields.String(allow_none=True)


class OrderSchema(Schema):
    """One order for compensation and what was paid of it."""

    id = fields.Integer()
    defendant_id = fields.Integer()
    ordered = Pounds()
    paid = Pounds()
    left = Pounds()


class ProsecutionSchema(Schema):
    """One prosecution as it stands."""

    id = fields.Integer()
    court = fields.String(attribute="row.court")
    court_name = fields.String(attribute="row.court_name")
    begun_on = fields.Date(attribute="row.begun_on")
    court_reference = fields.String(attribute="row.court_reference", allow_none=True)
    defendants = fields.List(fields.Nested(DefendantSchema))
    hearings = fields.List(fields.Nested(HearingSchema))
    decisions = fields.Method("_decisions_of")
    orders = fields.List(fields.Nested(OrderSchema))

    def _decisions_of(self, view: object) -> object:
        """Return each decision with why it no longer stands."""
        shape = CourtDecisionSchema()
        dumped = [(shape.dump(row), view.why_taken_back(row.id)) for row in view.decisions]  # type: ignore[attr-defined]
        return [each | {"taken_back": why} for each, why in dumped]


class EnforcementSchema(Schema):
    """Everything of a case's enforcement."""

    offences = fields.List(fields.Nested(OffenceSchema))
    actions = fields.List(fields.Nested(ActionSchema))
    cancellations = fields.List(fields.Nested(CancellationSchema))
    prosecutions = fields.List(fields.Nested(ProsecutionSchema))


class DeadlineSchema(Schema):
    """The last day to prosecute one offence."""

    offence_id = fields.Integer()
    case_id = fields.Integer()
    reference = fields.String()
    title = fields.String(attribute="offence.title")
    law = fields.String(attribute="offence.law")
    time_limit = fields.String(attribute="offence.limit.value")
    last_day = fields.Date()
    officer_id = fields.Integer(allow_none=True)


class ListedHearingSchema(Schema):
    """A hearing still to come."""

    case_id = fields.Integer()
    prosecution_id = fields.Integer()
    reference = fields.String()
    kind = fields.String()
    at = Instant()
    court_name = fields.String()
    officer_id = fields.Integer(allow_none=True)


class CancellableSchema(Schema):
    """A contract that can be cancelled for a month at most."""

    case_id = fields.Integer()
    reference = fields.String()
    last_day = fields.Date()
    reason = fields.String()
    officer_id = fields.Integer(allow_none=True)


class AheadSchema(Schema):
    """Deadlines, last days to cancel and hearings that are near; deadlines and hearings come in pages."""

    deadlines = fields.List(fields.Nested(DeadlineSchema))
    contracts = fields.List(fields.Nested(CancellableSchema))
    hearings = fields.List(fields.Nested(ListedHearingSchema))
    next_deadlines = ListPlace(allow_none=True, metadata={"description": "The ``deadlines`` of the page that follows."})
    next_hearings = ListPlace(allow_none=True, metadata={"description": "The ``hearings`` of the page that follows."})


class LawSchema(Schema):
    """One offence of the list: the days of conduct it reaches, and how long there is to prosecute."""

    code = fields.String()
    title = fields.String()
    law = fields.String()
    first = fields.Date(allow_none=True)
    last = fields.Date(allow_none=True)
    time_limit = fields.String(attribute="limit.value")


class LawListSchema(Schema):
    """Every offence of the list."""

    items = fields.List(fields.Nested(LawSchema))
