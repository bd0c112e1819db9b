"""The shape of a page of signed forms."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from tsalert.subscribers.paper import Batch, Signed
from tsalert.subscribers.rules import OFFERED, Frequency
from tsalert.web.fields import Day, Line, Postcode, Strict

ROWS = range(1, 11)
_DAY = "Enter the day on which the forms were signed."


def row_field(name: str, row: int) -> str:
    """Return what a field of one row is called."""
    return f"{name}_row_{row}"


class _Common(Strict):
    """What all forms of a page have in common."""

    reference = Line(longest=100, required=True, error_messages={"required": "Say where the forms can be found again."})
    signed_on = Day(required=True, error_messages={"required": _DAY, "invalid": _DAY})
    topics = fields.List(Line(longest=50), validate=validate.Length(max=50))
    frequency = fields.String(load_default=Frequency.IMMEDIATE.value, validate=validate.OneOf(OFFERED))
    partner = Line(longest=20)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Batch, dict[int, Signed]]:
        """Hand over what the forms have in common, and each of them by its row."""
        forms = {row: signed for row in ROWS if (signed := _signed(data, row)) is not None}
        if not forms:
            raise ValidationError("Fill at least one row.", row_field("contact", 1))
        topics, often = tuple(data.get("topics", ())), data["frequency"]
        return Batch(data["reference"], data["signed_on"], topics, often, data.get("partner")), forms


def _signed(data: dict[str, Any], row: int) -> Signed | None:
    told = {name: data.get(row_field(name, row)) for name in ("contact", "name", "postcode", "large_print")}
    if not any(told.values()):
        return None
    if not told["contact"]:
        raise ValidationError("Enter an email address or a telephone number.", row_field("contact", row))
    return Signed(str(told["contact"]), told["name"], told["postcode"], is_large_print=told["large_print"] == "yes")


_KINDS: dict[str, Callable[[], fields.Field[Any]]] = {
    "contact": lambda: Line(longest=320),
    "name": Line,
    "postcode": Postcode,
    "large_print": lambda: fields.String(validate=validate.Equal("yes")),
}
_BY_ROW = {row_field(name, row): make() for row in ROWS for name, make in _KINDS.items()}
PaperSchema = _Common.from_dict(_BY_ROW, name="PaperSchema")
