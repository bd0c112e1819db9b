"""The shape of partners and of what they tell us, as forms and the API send them."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import OneOf

from tsalert.circulation.queries import Wanted
from tsalert.circulation.rules import NewContact, NewPartner, Told
from tsalert.visitors.schemas import VisitorSchema
from tsalert.web.fields import (
    Count,
    Day,
    Instant,
    Line,
    ListPlace,
    Paragraph,
    PeriodLabel,
    RecordId,
    SizedPlaceAsked,
    Strict,
    Typed,
    YesNo,
)

_NUMBER = "Enter how many people, like 250."
_HOW_MANY: dict[str, Any] = {"required": _NUMBER, "invalid": _NUMBER}


class WantedPartnersSchema(SizedPlaceAsked):
    """Which partners to list."""

    show = fields.String(load_default="open", validate=OneOf(["open", "due", "overdue", "ended"]))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return what is wanted, and which part of it."""
        wanted = Wanted(data.get("search", ""), data["show"])
        return {"wanted": wanted, "after": data["after"], "limit": data["limit"]}


class PartnersSoughtSchema(WantedPartnersSchema):
    """A part of a partner's name or kind, besides which partners to list; nothing finds all of them."""

    search = Line(load_default="")


class NewPartnerSchema(Strict):
    """An organisation; one without a ward hears of the whole area."""

    name = Line(required=True, error_messages={"required": "Enter the organisation's name."})
    kind_id = RecordId(load_default=None, allow_none=True)
    ward = Line(load_default=None, allow_none=True)
    note = Paragraph(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewPartner:
        """Return the organisation."""
        return NewPartner(**data | {"ward": data["ward"] or None})


class NewPartnerContactSchema(Typed):
    """Somebody of a partner's."""

    value = NewContact
    address = Line(longest=320, required=True, error_messages={"required": "Enter an email address or a number."})
    name = Line(load_default=None, allow_none=True)
    role = Line(load_default=None, allow_none=True)
    gets_alerts = YesNo(load_default=False)
    is_asked = YesNo(load_default=False)


class PartnerContactKeySchema(Strict):
    """One contact of a partner's."""

    endpoint_id = RecordId(required=True)


class NewPartnerKindSchema(Strict):
    """A kind of partner."""

    name = Line(longest=60, required=True, error_messages={"required": "Enter a name for this kind."})


class NewDeclarationSchema(Strict):
    """How many readers a partner told an officer of, and when."""

    reach = Count(required=True, error_messages=_HOW_MANY)
    basis = Line(load_default=None, allow_none=True)
    again = Count(load_default=None, allow_none=True)
    declared_on = Day(load_default=None, allow_none=True)


class NewForwardingSchema(Strict):
    """That a partner told an officer that it passed an alert on."""

    alert_id = RecordId(required=True)
    reach = Count(required=True, error_messages=_HOW_MANY)
    again = Count(load_default=None, allow_none=True)


class ToldByLinkSchema(VisitorSchema):
    """What somebody tells us who followed a link."""

    reach = Count(required=True, error_messages=_HOW_MANY)
    basis = Line(load_default=None)
    again = Count(load_default=None)
    partner_id = RecordId(load_default=None)


class CirculationLedgerQuerySchema(SizedPlaceAsked):
    """Which part of the ledger is asked for."""

    period = PeriodLabel(load_default=None)
    alert_id = RecordId(load_default=None)
    partner_id = RecordId(load_default=None)


class CirculationPartnerSchema(Schema):
    """A partner in a list."""

    id = fields.Integer(attribute="partner.id")
    name = fields.String(attribute="partner.name")
    ward = fields.String(attribute="partner.ward", allow_none=True)
    code = fields.String(attribute="partner.code")
    kind = fields.String()
    declared_reach = fields.Integer(attribute="partner.reach", allow_none=True)
    basis = fields.String(attribute="partner.basis", allow_none=True)
    declared_at = Instant(attribute="partner.declared_at", allow_none=True)
    is_stale = fields.Boolean()
    is_due = fields.Boolean()
    is_overdue = fields.Boolean()
    observed = fields.Integer()
    ended_at = Instant(allow_none=True)


class CirculationPartnerListSchema(Schema):
    """A page of partners by name; ``next`` is the ``after`` of the following page."""

    items = fields.List(fields.Nested(CirculationPartnerSchema))
    next = ListPlace(allow_none=True)


class PartnerContactSchema(Schema):
    """An address of a partner, masked."""

    endpoint_id = fields.Integer(attribute="end.id")
    address = fields.String(attribute="end.masked")
    name = fields.String(allow_none=True)
    role = fields.String(allow_none=True)
    is_asked = fields.Boolean()
    gets_alerts = fields.Boolean()


class PartnerDeclarationSchema(Schema):
    """One declaration, as it was made."""

    reach = fields.Integer()
    basis = fields.String(allow_none=True)
    declared_at = Instant()
    via = fields.String()


class CirculationPartnerPageSchema(Schema):
    """A partner with all that it told us."""

    partner = fields.Nested(CirculationPartnerSchema, attribute="line")
    kind_id = fields.Integer(allow_none=True)
    note = fields.String(allow_none=True)
    contacts = fields.List(fields.Nested(PartnerContactSchema))
    declarations = fields.List(fields.Nested(PartnerDeclarationSchema))
    reminded_at = Instant(allow_none=True)


class PartnerKindSchema(Schema):
    """A kind of partner."""

    id = fields.Integer()
    name = fields.String()


class PassedOnSchema(Schema):
    """One line of the ledger: three figures, each for itself and dated."""

    id = fields.Integer()
    alert_id = fields.Integer()
    reference = fields.String()
    partner_id = fields.Integer(attribute="partner.id")
    partner = fields.String(attribute="partner.name")
    declared = fields.Integer(allow_none=True)
    declared_at = Instant(allow_none=True)
    acknowledged = fields.Integer(attribute="reach")
    acknowledged_at = Instant(attribute="at")
    acknowledged_via = fields.String(attribute="via")
    observed = fields.Integer()


class DeclaredOnSchema(Schema):
    """What partners declared on one day."""

    on = fields.Date()
    partners = fields.Integer()
    reach = fields.Integer()


class CirculationFiguresSchema(Schema):
    """A period's figures of circulation; kinds of figure are never added to one another."""

    declared = fields.Integer()
    declaring_partners = fields.Integer()
    last_declared_at = Instant(allow_none=True)
    declarations = fields.List(fields.Nested(DeclaredOnSchema))
    acknowledged = fields.Integer()
    acknowledgements = fields.Integer()
    acknowledging_partners = fields.Integer()
    alerts_passed_on = fields.Integer()
    last_acknowledged_at = Instant(allow_none=True)
    observed = fields.Integer()
    counted_at = Instant()


class CirculationLedgerSchema(Schema):
    """The ledger of circulation; an address that joined by two partners' codes is observed once, for the first."""

    items = fields.List(fields.Nested(PassedOnSchema))
    next = ListPlace(allow_none=True, metadata={"description": "The ``after`` of the following page."})
    figures = fields.Nested(CirculationFiguresSchema, allow_none=True)
    counted_at = Instant()


def told_of(typed: dict[str, Any]) -> Told:
    """Return how many readers were told of."""
    return Told(typed["reach"], typed.get("basis"), typed.get("again"))
