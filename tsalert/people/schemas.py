"""The shapes of people of a case, of what somebody has to do with, and of who repeats."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Length

from tsalert.cases.people import rules
from tsalert.cases.people.vocabulary import Answer, AssessedFrom, Consent, Contact, Factor, Finding, Role
from tsalert.intelligence.schemas import HeldSchema
from tsalert.people.repeats import Who
from tsalert.response.party_schemas import WarningSchema
from tsalert.web.fields import (
    Day,
    Instant,
    Line,
    ListPlace,
    Paragraph,
    PeriodLabel,
    Pounds,
    RecordId,
    Strict,
    Typed,
    YesNo,
    choice,
)

_OPTIONAL: dict[str, Any] = {"load_default": None, "allow_none": True}


class NewRoleSchema(Typed):
    """Somebody who takes a role in a case."""

    value = rules.NewRole
    role = choice(Role, required=True, missing="Choose their role in the case.")
    source = Line(longest=400, required=True, error_messages={"required": "Say how we know."})
    party_id = RecordId(**_OPTIONAL)
    name = Line(longest=120, **_OPTIONAL)
    is_business = YesNo(load_default=False)
    since = Day(**_OPTIONAL)


class RoleEndSchema(Typed):
    """That a role holds no longer."""

    value = rules.RoleEnd
    reason = Line(longest=400, required=True, error_messages={"required": "Say why it ends."})
    on = Day(**_OPTIONAL)


class NewAssessmentSchema(Typed):
    """How vulnerable somebody was found."""

    value = rules.NewAssessment
    finding = choice(Finding, required=True, missing="Choose what was found.")
    factors = fields.List(choice(Factor), load_default=list, validate=Length(max=len(Factor)))
    words = Paragraph(longest=2000, **_OPTIONAL)
    consent = choice(Consent, required=True, missing="Say whether they agree that this is kept.")
    consent_reason = Line(longest=400, **_OPTIONAL)
    source = choice(AssessedFrom, required=True, missing="Choose what it rests on.")
    assessed_at = Instant(**_OPTIONAL)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Build the value that the service takes."""
        return rules.NewAssessment(**data | {"factors": tuple(data["factors"])})


class NewWishesSchema(Typed):
    """What somebody wishes."""

    value = rules.NewWishes
    contact = choice(Contact, **_OPTIONAL)
    when = Line(**_OPTIONAL)
    through = Line(**_OPTIONAL)
    not_at_home = YesNo(load_default=False)
    wants_prosecution = choice(Answer, load_default=Answer.NOT_ASKED)
    may_be_named = choice(Answer, load_default=Answer.NOT_ASKED)
    words = Paragraph(longest=2000, **_OPTIONAL)
    told_at = Instant(**_OPTIONAL)


class LookSchema(Strict):
    """A name, number, plate or reference of whoever is to be found."""

    q = Line(longest=200, required=True, error_messages={"required": "Write a name, number, plate or reference."})


class RepeatAskedSchema(Strict):
    """Of whom the list is, and for which period."""

    who = choice(Who, load_default=Who.VICTIMS)
    period = PeriodLabel(load_default=None)
    after = ListPlace(load_default=None)


class CaseRoleSchema(Schema):
    """One role of somebody in a case, standing or ended."""

    id = fields.Integer()
    party_id = fields.Integer()
    role = fields.String()
    since = Day()
    source = fields.String()
    told_by = fields.Integer(allow_none=True)
    told_at = Instant()
    ended_on = Day(allow_none=True)
    end_reason = fields.String(allow_none=True)


class CasePersonSchema(Schema):
    """Somebody who is or was part of a case; that they were assessed or wish something, and not what."""

    party_id = fields.Integer()
    name = fields.String()
    kind = fields.String()
    roles = fields.List(fields.Nested(CaseRoleSchema))
    assessed_at = Instant(allow_none=True)
    wished_at = Instant(allow_none=True)


class ProposedSchema(Schema):
    """Somebody who may belong to a case."""

    party_id = fields.Integer(allow_none=True)
    name = fields.String()
    role = fields.String(attribute="role.value")
    why = fields.String()


class CasePeopleSchema(Schema):
    """Who is part of a case, and who may be."""

    items = fields.List(fields.Nested(CasePersonSchema))
    proposed = fields.List(fields.Nested(ProposedSchema))


class VulnerabilitySchema(Schema):
    """One assessment; the first of a list stands, the others were before."""

    id = fields.Integer()
    finding = fields.String()
    factors = fields.Function(lambda row: row.factors.split(), metadata={"type": "array", "items": {"type": "string"}})
    words = fields.String(allow_none=True)
    consent = fields.String()
    consent_reason = fields.String(allow_none=True)
    source = fields.String()
    assessed_at = Instant()
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class WishesSchema(Schema):
    """What somebody wished; the first of a list stands, the others were before."""

    id = fields.Integer()
    contact = fields.String(allow_none=True)
    when = fields.String(attribute="contact_when", allow_none=True)
    through = fields.String(allow_none=True)
    not_at_home = fields.Boolean()
    wants_prosecution = fields.String()
    may_be_named = fields.String()
    words = fields.String(allow_none=True)
    told_at = Instant()
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class SensitiveSchema(Schema):
    """What is told of a person of a case to officers on it: vulnerability and wishes, the newest first."""

    person = fields.Nested(CasePersonSchema)
    assessments = fields.List(fields.Nested(VulnerabilitySchema))
    wishes = fields.List(fields.Nested(WishesSchema))


class RepeatSchema(Schema):
    """How often it happened to somebody, or how often they did it."""

    episodes = fields.Integer()
    cases = fields.Integer()
    first_on = Day()
    last_on = Day()
    wards = fields.List(fields.String())
    paid = Pounds()
    is_repeat = fields.Boolean()
    words = fields.String()


class InIncidentSchema(Schema):
    """An incident that somebody has to do with."""

    id = fields.Integer()
    reference = fields.String()
    category = fields.String()
    ward = fields.String(allow_none=True)
    opened_at = Instant()
    parts = fields.List(fields.String())


class InCaseSchema(Schema):
    """A case that somebody is part of."""

    id = fields.Integer()
    reference = fields.String()
    category = fields.String()
    status = fields.String()
    ward = fields.String(allow_none=True)
    opened_at = Instant()
    roles = fields.List(fields.String())
    paid = Pounds()
    demanded = Pounds()


class TriedSchema(Schema):
    """A prosecution of somebody; without a day of conviction nothing that stands says guilty."""

    case_id = fields.Integer()
    prosecution_id = fields.Integer()
    court_name = fields.String()
    begun_on = Day()
    convicted_on = Day(allow_none=True)


class TraderActionSchema(Schema):
    """A step that was taken in a case against somebody."""

    case_id = fields.Integer()
    kind = fields.String()
    on_date = Day()


class AlsoUsedSchema(Schema):
    """Something that somebody shares with another."""

    kind = fields.String(attribute="kind.value")
    raw = fields.String()
    party_id = fields.Integer()
    name = fields.String(allow_none=True)


class LifeSchema(Schema):
    """All that somebody has to do with, under every record that is held to be theirs."""

    victim = fields.Nested(RepeatSchema, allow_none=True)
    trader = fields.Nested(RepeatSchema, allow_none=True)
    incidents = fields.List(fields.Nested(InIncidentSchema))
    cases = fields.List(fields.Nested(InCaseSchema))
    tried = fields.List(fields.Nested(TriedSchema))
    actions = fields.List(fields.Nested(TraderActionSchema))
    also_used = fields.List(fields.Nested(AlsoUsedSchema))
    intelligence = fields.List(fields.Nested(HeldSchema))


class RepeatedSchema(Schema):
    """Somebody who repeats."""

    party_id = fields.Integer()
    name = fields.String(allow_none=True)
    kind = fields.String()
    episodes = fields.Integer()
    in_period = fields.Integer()
    last_at = Instant()
    paid = Pounds()


class RepeatListSchema(Schema):
    """Who repeats in a period: counts of all, and a page of them, most often first."""

    who = fields.String(attribute="who.value")
    period = fields.String(attribute="period.label")
    people = fields.Integer()
    episodes = fields.Integer()
    items = fields.List(fields.Nested(RepeatedSchema))
    next = ListPlace(allow_none=True)


class HeldOfIncidentSchema(Schema):
    """The intelligence held of whom an incident's calls tell, and the warnings about them."""

    items = fields.List(fields.Nested(HeldSchema))
    warnings = fields.List(fields.Nested(WarningSchema))
