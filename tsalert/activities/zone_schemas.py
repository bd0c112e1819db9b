"""The shapes of no-cold-calling zones as forms and the API send them; what must hold of them is in zone_rules.py."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from tsalert.activities.schemas import VersionFields
from tsalert.activities.zone_queries import ZoneFilter, ZoneShowing
from tsalert.activities.zone_rules import NewZone, Renewal, Street, ZoneEnding
from tsalert.core.errors import RuleViolation
from tsalert.core.postcodes import read_postcode
from tsalert.web.fields import Count, Day, Instant, Line, Paragraph, Postcode, RecordId, Strict, choice


class StreetSchema(Strict):
    """A postcode of a zone, and the street that residents know it by."""

    postcode = Postcode(required=True, error_messages={"required": "Give the street's postcode."})
    name = Line(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Street:
        """Hand over a typed value."""
        return Street(data["postcode"], data["name"] or None)


class StreetLines(Paragraph):
    """The streets of a zone as a person types them: a line for each, its postcode first."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        lines = super()._deserialize(value, attr, data, **options).splitlines()
        return [_street(line) for line in lines if line.strip()]


class ZoneFields(Strict):
    """A zone as it is set up or set right, but for its streets."""

    name = Line(required=True, longest=120, error_messages={"required": "Give the zone a name, like its streets'."})
    set_up_on = Day(required=True, error_messages={"required": "Enter the day on which it was set up."})
    review_due_on = Day(required=True, error_messages={"required": "Enter the day on which its review is due."})
    ward_code = Line(load_default=None, allow_none=True, longest=20)
    homes = Count(load_default=0)
    signs = Count(load_default=0)
    stickers = Count(load_default=0)
    contact = Line(load_default=None, allow_none=True, longest=300)
    note = Paragraph(load_default=None, allow_none=True)


class _Typed(Schema):
    streets: fields.Field[Any] = StreetLines(
        required=True, longest=20_000, error_messages={"required": "Give at least one postcode."}
    )


class _Sent(Schema):
    streets: fields.Field[Any] = fields.List(
        fields.Nested(StreetSchema), required=True, error_messages={"required": "Name the zone's streets."}
    )


class _New(ZoneFields):
    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Hand the service a typed value."""
        return _zone_of(data)


class _Changed(ZoneFields, VersionFields):
    reason = Line(required=True, longest=400, error_messages={"required": "Say why it is set right."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version and the reason beside the zone."""
        return {"of_version": data["of_version"], "reason": data["reason"], "zone": _zone_of(data)}


class NewZoneSchema(_Sent, _New):
    """A zone to be written down."""


class NewZoneForm(_Typed, _New):
    """A zone as its page sends it."""


class ZoneChangeSchema(_Sent, _Changed):
    """A zone set right."""


class ZoneChangeForm(_Typed, _Changed):
    """A zone set right as its page sends it."""


class ZoneRenewalSchema(VersionFields):
    """What a review of a zone found."""

    on_date = Day(required=True, error_messages={"required": "Enter the day of the review."})
    review_due_on = Day(required=True, error_messages={"required": "Enter the day on which the next review is due."})
    signs = Count(required=True)
    stickers = Count(required=True)
    note = Paragraph(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside the renewal."""
        return {"of_version": data.pop("of_version"), "renewal": Renewal(**data)}


class ZoneEndingSchema(VersionFields):
    """When a zone ended, and why."""

    on_date = Day(required=True)
    reason = Line(required=True, longest=400, error_messages={"required": "Say why it ended."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside the ending."""
        return {"of_version": data.pop("of_version"), "ending": ZoneEnding(**data)}


class ZoneFilterSchema(Schema):
    """Which zones a list shows."""

    class Meta:
        unknown = EXCLUDE

    show = choice(ZoneShowing, load_default=ZoneShowing.IN_FORCE, attribute="showing")
    ward = Line(longest=20)
    after = RecordId()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ZoneFilter:
        """Hand the query a typed value."""
        return ZoneFilter(**data)


def _zone_of(data: dict[str, Any]) -> NewZone:
    kept = {name: data[name] for name in NewZone.__struct_fields__}
    for name in ("ward_code", "contact", "note"):
        kept[name] = kept[name] or None
    return NewZone(**kept | {"streets": tuple(kept["streets"])})


def _street(line: str) -> Street:
    """Read a street from a line; a postcode may be written with its space or without."""
    words = line.replace(",", " ").split()
    for size in (2, 1):
        try:
            return Street(read_postcode(" ".join(words[:size])), " ".join(words[size:]) or None)
        except RuleViolation:
            continue
    raise ValidationError(f"Begin each line with a full postcode, like BR1 3UH. This one does not: {line[:60]}")


class _StreetViewSchema(Schema):
    postcode = fields.String()
    name = fields.String(allow_none=True)


class ZoneSchema(Schema):
    """A no-cold-calling zone."""

    id = fields.Integer(attribute="row.id")
    version = fields.Integer(attribute="row.version")
    name = fields.String(attribute="row.name")
    ward_code = fields.String(attribute="row.ward_code", allow_none=True)
    set_up_on = fields.Date(attribute="row.set_up_on")
    review_due_on = fields.Date(attribute="row.review_due_on")
    homes = fields.Integer(attribute="row.homes")
    signs = fields.Integer(attribute="row.signs")
    stickers = fields.Integer(attribute="row.stickers")
    contact = fields.String(attribute="row.contact", allow_none=True)
    note = fields.String(attribute="row.note", allow_none=True)
    ended_on = fields.Date(attribute="row.ended_on", allow_none=True)
    end_reason = fields.String(attribute="row.end_reason", allow_none=True)
    streets = fields.List(fields.Nested(_StreetViewSchema))


class ZoneEventSchema(Schema):
    """Something that was done with a zone; ``before`` is what was written down until it was set right."""

    act = fields.String()
    on_date = fields.Date()
    review_due_on = fields.Date(allow_none=True)
    note = fields.String(allow_none=True)
    before = fields.Dict(allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class WholeZoneSchema(ZoneSchema):
    """A zone with all that was done with it, and the incidents that happened in it."""

    events = fields.List(fields.Nested(ZoneEventSchema))
    incidents = fields.Integer()


class ZoneLookUpSchema(Schema):
    """The zones in which a postcode lies."""

    items = fields.List(fields.Nested(ZoneSchema))
