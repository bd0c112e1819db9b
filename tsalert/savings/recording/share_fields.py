"""Fields for shares: parts of one in JSON, per cent and lines of text on pages."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from tsalert.savings.recording.checks import percent
from tsalert.savings.rules import PartnerShare
from tsalert.web.fields import Line, Typed

_LONGEST = 12
_NUMBER = re.compile(r"\d{1,3}(\.\d*)?|\.\d+", re.ASCII)
_PARTNER = re.compile(r"(?P<partner>.*\S)[\s,:;]+(?P<share>[\d.]+)\s*%?", re.ASCII)


class Share(fields.Field[Decimal]):
    """A part of one as a JSON string, such as ``"0.25"``."""

    default_error_messages = {"required": "Give the share.", "invalid": 'Give a share as a string, like "0.25".'}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Decimal:
        return self._read(value)

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value.normalize():f}"

    def _read(self, value: Any) -> Decimal:
        if not isinstance(value, str) or len(value) > _LONGEST or not _NUMBER.fullmatch(value.strip()):
            raise self.make_error("invalid")
        return Decimal(value.strip())


class Percent(Share):
    """A share as a person types it: ``25`` or ``12.5%``."""

    default_error_messages = {"invalid": "Enter a share in per cent, like 40 or 33.33."}

    def _read(self, value: Any) -> Decimal:
        typed = value.strip().removesuffix("%") if isinstance(value, str) else value
        return super()._read(typed) / 100


class PartnerSchema(Typed):
    """A partner's part in a joint operation."""

    value = PartnerShare
    partner = Line(required=True, longest=100, error_messages={"required": "Name the partner."})
    share = Share(required=True)


class PartnerLines(Line):
    """Partners and their shares as a person types them, one a line: ``Kent Police 40%``."""

    def is_forbidden(self, character: str) -> bool:
        """Tell whether a character may not stand in this field; new lines part the partners."""
        return character not in "\n\r" and super().is_forbidden(character)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        return tuple(self._partner(line) for line in text.splitlines() if line.strip())

    def _partner(self, line: str) -> PartnerShare:
        found = _PARTNER.fullmatch(line.strip())
        if not found:
            raise ValidationError("Write each partner with its share, one a line, like: Kent Police 40%.")
        return PartnerShare(found["partner"].rstrip(",:; "), Percent().deserialize(found["share"]))


def partner_lines(partners: tuple[PartnerShare, ...]) -> str:
    """Write partners as a person would type them."""
    return "\n".join(f"{each.partner} {percent(each.share)}" for each in partners)
