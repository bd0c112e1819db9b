"""The shape of a page of signed forms."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate
from msgspec import Struct

from tsalert.subscribers.paper import Batch, Signed
from tsalert.subscribers.rules import OFFERED, Frequency
from tsalert.web.fields import Day, Line, Postcode, Strict

ROWS = range(1, 11)
OF_A_ROW = ("contact", "name", "postcode", "large_print")
_CONTACT = "Enter an email address or a telephone number."
_DAY = "Enter the day on which the forms were signed."


def row_field(name: str, row: int) -> str:
    """Return what a field of one row is called."""
    return f"{name}_row_{row}"


class _Row(Strict):
    """One signed form."""

    contact = Line(longest=320, required=True, error_messages={"required": _CONTACT})
    name = Line(load_default=None)
    postcode = Postcode(load_default=None)
    large_print = fields.String(validate=validate.Equal("yes"), load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Signed:
        """Hand over one form."""
        return Signed(data["contact"], data["name"], data["postcode"], is_large_print=data["large_print"] == "yes")


class Page(Struct, frozen=True):
    """What the forms of a page have in common, each that can be read by its row, and what is wrong with the others."""

    batch: Batch
    forms: dict[int, Signed]
    faults: dict[int, ValidationError]


class _Common(Strict):
    """What all forms of a page have in common."""

    reference = Line(longest=100, required=True, error_messages={"required": "Say where the forms can be found again."})
    signed_on = Day(required=True, error_messages={"required": _DAY, "invalid": _DAY})
    topics = fields.List(Line(longest=50), validate=validate.Length(max=50))
    frequency = fields.String(load_default=Frequency.IMMEDIATE.value, validate=validate.OneOf(OFFERED))
    partner = Line(longest=20)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Page:
        """Hand over what the forms have in common, and each of them by its row; one that is wrong spoils no other."""
        topics, often = tuple(data.get("topics", ())), data["frequency"]
        page = Page(Batch(data["reference"], data["signed_on"], topics, often, data.get("partner")), {}, {})
        for row in ROWS:
            told = {name: text for name in OF_A_ROW if (text := data.get(row_field(name, row)))}
            if told:
                _read(page, row, told)
        if not page.forms and not page.faults:
            raise ValidationError("Fill at least one row.", row_field("contact", 1))
        return page


def _read(page: Page, row: int, told: dict[str, str]) -> None:
    try:
        page.forms[row] = _Row().load(told)
    except ValidationError as error:
        page.faults[row] = error


# What one of them may hold is for its row to say.
_BY_ROW: dict[str, fields.Field[Any]] = {row_field(name, row): fields.String() for row in ROWS for name in OF_A_ROW}
PaperSchema = _Common.from_dict(_BY_ROW, name="PaperSchema")
