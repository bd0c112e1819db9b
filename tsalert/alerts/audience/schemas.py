"""The shape of for whom an alert is beside its topic, wards and channels, and of who would get it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from tsalert.web.fields import Line, RecordId, YesNo

MOST_NAMED = 200
_FEWER = f"Name at most {MOST_NAMED}."


class Lines(fields.List[str]):
    """Some lines: as a list, or as they were typed, one under the other; empty ones are none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Line(longest=320), validate=validate.Length(max=MOST_NAMED, error=_FEWER), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> list[Any]:
        typed = value if isinstance(value, list) else [value]
        lines = [line for each in typed for line in (each.splitlines() if isinstance(each, str) else [each])]
        kept = [line for line in lines if not isinstance(line, str) or line.strip()]
        return super()._deserialize(kept, attr, data, **options)


class AlertChoiceSchema(Schema):
    """For whom an alert is beside its topic and wards.

    ``with_neighbours`` adds the wards next to those named. Where ``partner_kinds`` names any, only partners of
    those kinds get it. ``but_wards`` are wards whose people do not. Each of ``named`` and ``left_out`` is a partner's
    name or code, an address, or a subscriber's number like #12: who is named gets it whatever they chose, who is left
    out never.
    """

    with_neighbours = YesNo(load_default=False)
    partner_kinds = fields.List(RecordId(), load_default=list, validate=validate.Length(max=50))
    but_wards = fields.List(Line(), load_default=list, validate=validate.Length(max=200))
    named = Lines(load_default=list)
    left_out = Lines(load_default=list)


class KeptChoiceSchema(Schema):
    """The same as it is kept: kinds and subscribers by their numbers."""

    partner_kinds = fields.List(fields.Integer())
    but_wards = fields.List(fields.String())
    named = fields.List(fields.Integer())
    left_out = fields.List(fields.Integer())


class AudienceCountSchema(Schema):
    """How many addresses are alike in something."""

    label = fields.String()
    count = fields.Integer()


class AlertAudienceSchema(Schema):
    """Who would get an alert if it were approved now, and why everybody else on the list would not.

    ``gets`` and the counts of ``left_out`` are together every address of the list.
    """

    gets = fields.Integer()
    channels = fields.List(fields.Nested(AudienceCountSchema))
    wards = fields.List(fields.Nested(AudienceCountSchema))
    kinds = fields.List(fields.Nested(AudienceCountSchema))
    left_out = fields.List(fields.Nested(AudienceCountSchema))
