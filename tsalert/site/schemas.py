"""The shape of what residents type."""

from typing import Any

from marshmallow import fields, post_load, validate

from tsalert.response.vocabulary import MoneyState
from tsalert.site.rules import LONGEST_STORY, Report
from tsalert.visitors.schemas import VisitorSchema
from tsalert.web.fields import Line, Paragraph, Postcode, Strict, YesNo, choice

_NOW: dict[str, Any] = {"required": "Say whether it is happening now.", "invalid": "Say whether it is happening now."}
_OF_THE_FORM = ("leave_empty", "drawn")


class ReportSchema(VisitorSchema):
    """A report of a scam or of doorstep crime; hands over the report and the marks of its form."""

    # As the form asks, since what is to be mended is told in this order.
    is_now = YesNo(required=True, error_messages=_NOW)
    happening = Paragraph(
        longest=LONGEST_STORY, required=True, error_messages={"required": "Tell us what happened, in your own words."}
    )
    began = Line(load_default="")
    postcode = Postcode(load_default=None)
    money = choice(MoneyState, load_default=None)
    name = Line(load_default=None)
    contact = Line(longest=320, load_default="")
    is_safe = YesNo(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over a typed report beside the marks."""
        marks = {name: data.pop(name) for name in _OF_THE_FORM}
        return {"report": Report(**data), **marks}


class ReceiptSchema(Strict):
    """How somebody comes to the page with their report's number."""

    now = fields.String(load_default="", validate=validate.OneOf(["", "yes"]))
