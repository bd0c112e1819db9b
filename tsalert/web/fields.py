"""Fields of schemas: the shapes that pages, API and commands share, with messages for people."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load
from marshmallow.validate import Length, OneOf, Range

from tsalert.core.clock import as_utc
from tsalert.core.cursors import LONGEST, NO_PLACE
from tsalert.core.directions import TURNING, unwrap_numbers
from tsalert.core.errors import RuleViolation
from tsalert.core.keys import LARGEST_ID, LARGEST_LONG_ID
from tsalert.core.money import parse_pounds
from tsalert.core.periods import Period, parse_period, parse_span
from tsalert.core.postcodes import read_postcode
from tsalert.keysets import PAGE

# Letters and marks by their kind, of which nothing is seen.
_BLANK = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0\ufe0f")
_LARGEST_COUNT = 10**9
_COUNTED = re.compile(r"\d{1,12}|\d{1,3}(?:,\d{3}){1,3}", re.ASCII)
_NEW_LINES = re.compile(r"\r\n?")


class Strict(Schema):
    """A shape that refuses fields which it does not know."""

    error_messages = {"unknown": "We do not know this field. Load the page again."}

    class Meta:
        unknown = RAISE


class Typed(Strict):
    """A shape that hands the service a typed value, which ``value`` makes of its fields."""

    value: Callable[..., Any]

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Build the value that the service takes."""
        return type(self).value(**data)


class Line(fields.String):
    """One line of text, trimmed, without control characters."""

    default_error_messages = {"too_long": "Keep this to {longest:,} characters or fewer."}

    def __init__(self, *, longest: int = 200, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest
        self.metadata = {"maxLength": longest, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        text = unwrap_numbers(super()._deserialize(value, attr, data, **options) or "")
        text = unicodedata.normalize("NFC", text).strip()
        if self.required and not any(map(_shows, text)):
            raise self.make_error("required")
        if len(text) > self.longest:
            raise self.make_error("too_long", longest=self.longest)
        if any(self.is_forbidden(character) for character in text):
            raise ValidationError("Take out the characters that cannot be seen, or that turn the reading direction.")
        return text

    def is_forbidden(self, character: str) -> bool:
        """Tell whether a character may not stand in this field."""
        return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in TURNING


class Paragraph(Line):
    """Text of several lines, each ended by one line feed, which counts as one character however a browser sends it."""

    def __init__(self, *, longest: int = 4000, **options: Any) -> None:
        super().__init__(longest=longest, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        told = _NEW_LINES.sub("\n", value) if isinstance(value, str) else value
        return super()._deserialize(told, attr, data, **options)

    def is_forbidden(self, character: str) -> bool:
        """Tell whether a character may not stand in this field; new lines and tabs may."""
        return character not in "\n\t" and super().is_forbidden(character)


def _shows(character: str) -> bool:
    """Tell whether a reader sees anything of a character that stands alone."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cn", "Co", "Zs"} and character not in _BLANK


class YesNo(fields.Boolean):
    """An answer that is yes or no."""

    default_error_messages = {"required": "Answer yes or no.", "invalid": "Answer yes or no."}


class Count(fields.Field[int]):
    """A whole number as a person types it, such as 1200 or 1,200, or as a JSON number."""

    default_error_messages = {"required": "Enter a whole number, like 3.", "invalid": "Enter a whole number, like 3."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, str) and _COUNTED.fullmatch(value.strip()):
            value = int(value.strip().replace(",", ""))
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST_COUNT:
            raise self.make_error("invalid")
        return value


class Pounds(fields.Field[Decimal]):
    """An amount as a person types it, or as a JSON string; given out as a string with two decimals."""

    default_error_messages = {
        "required": "Enter an amount in pounds, like 4000 or 4,000.50.",
        "invalid": "Enter an amount in pounds, like 4000 or 4,000.50.",
        "number": 'Give money as text, like "4000.50": a JSON number cannot keep every penny.',
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Decimal:
        if not isinstance(value, str):
            raise self.make_error("number" if isinstance(value, int | float) else "invalid")
        try:
            return parse_pounds(value)
        except RuleViolation as error:
            raise ValidationError(error.message) from error

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value:.2f}"


class Postcode(fields.String):
    """A full British postcode, however it was typed; handed over as ``BR1 3UH``."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        try:
            return read_postcode(super()._deserialize(value, attr, data, **options) or "")
        except RuleViolation as error:
            raise ValidationError(error.message) from error


class Instant(fields.AwareDateTime):
    """A moment with its zone; a page's London wall time gets its zone in ``web.forms`` first."""

    default_error_messages = {
        "required": "Enter a date and time.",
        "invalid": "Enter a date and time, like 2026-11-22T03:15:00Z.",
        "invalid_awareness": "Give the time with its zone, like 2026-11-22T03:15:00Z.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> datetime:
        try:
            return as_utc(super()._deserialize(value, attr, data, **options))
        except OverflowError as error:
            raise self.make_error("invalid") from error


class Day(fields.Date):
    """A calendar day."""

    default_error_messages = {"required": "Enter a date.", "invalid": "Enter a date, like 2026-11-22."}


class PeriodLabel(fields.Field[Period]):
    """A financial year or quarter, such as ``2022/23 Q1``."""

    default_error_messages = {
        "required": "Choose a period, like 2022/23 Q1.",
        "invalid": "Give a period like 2022/23 or 2022/23 Q1.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Period:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return self._parse(value)
        except RuleViolation as error:
            raise ValidationError(error.message) from error

    def _parse(self, text: str) -> Period:
        return parse_period(text)

    def _serialize(self, value: Period | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.label


class SpanLabel(PeriodLabel):
    """A financial year, quarter, month or run of days, such as ``May 2022`` or ``2022-05-03 to 2022-05-14``."""

    default_error_messages = {"invalid": "Give a period like 2022/23 Q1, May 2022 or 2022-05-03 to 2022-05-14."}

    def _parse(self, text: str) -> Period:
        return parse_span(text)


def choice(
    words: type[StrEnum],
    *,
    unknown: str = "Choose one from the list.",
    missing: str = "Choose one from the list.",
    **options: Any,
) -> fields.Enum[Any]:
    """Return a field that takes one of a list's values; ``{choices}`` in ``unknown`` names them all."""
    told: dict[str, Any] = {"unknown": unknown, "required": missing}
    return fields.Enum(words, by_value=fields.String, error_messages=told, **options)


def word_of(words: type[StrEnum], **options: Any) -> fields.String:
    """Return a field that tells one of a list's values; the description of the API names them all."""
    return fields.String(validate=OneOf([*words]), **options)


class RecordId(fields.Integer):
    """The number of a record; bounded, since a larger one is no record and breaks the database."""

    default_error_messages = {"required": "Choose a record.", "invalid": "There is no record with that number."}
    largest = LARGEST_ID

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> int:
        if isinstance(value, bool | float):
            raise self.make_error("invalid", input=value)
        number = super()._deserialize(value, attr, data, **options)
        if number is None or not 0 < number <= self.largest:
            raise self.make_error("invalid", input=value)
        return number


class RowNumber(RecordId):
    """The number of the last row of a page before, of a list whose keys may have 64 bits (keysets.py)."""

    default_error_messages = {"invalid": NO_PLACE}
    largest = LARGEST_LONG_ID


class ListPlace(fields.String):
    """Where a page begins of a list that stands by more than numbers: the ``next`` of the page before."""

    default_error_messages = {"invalid": NO_PLACE}

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Length(1, LONGEST, error=NO_PLACE), **options)


class PageAsked(Strict):
    """Which part of a list to return; ``after`` is the ``next`` of the page before."""

    after = RowNumber(load_default=None)


class PlaceAsked(Strict):
    """Which part of a list to return that stands by more than numbers; ``after`` is the ``next`` of the page before."""

    after = ListPlace(load_default=None)


class _SizeAsked(Strict):
    limit = fields.Integer(load_default=PAGE, validate=Range(1, 200, error="Ask for 1 to 200 at a time."))


class SizedPageAsked(PageAsked, _SizeAsked):
    """Which part of a list to return, and how much of it at once."""


class SizedPlaceAsked(PlaceAsked, _SizeAsked):
    """Which part of a list to return that stands by more than numbers, and how much of it at once."""
