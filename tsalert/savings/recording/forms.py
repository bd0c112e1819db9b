"""What the pages of interventions send: shares in per cent, partners one a line."""

from typing import Any

from marshmallow import Schema, fields

from tsalert.savings.recording.record_schemas import CorrectionSchema, NewInterventionSchema
from tsalert.savings.recording.share_fields import PartnerLines, Percent
from tsalert.savings.rules import WHOLE


class _Typed(Schema):
    share: fields.Field[Any] = Percent(load_default=WHOLE)
    partners: fields.Field[Any] = PartnerLines(longest=2000, load_default=())


class InterventionForm(_Typed, NewInterventionSchema):
    """An intervention as its page sends it."""


class CorrectionForm(_Typed, CorrectionSchema):
    """A corrected intervention as its page sends it."""
