"""Figures as a spreadsheet holds them: numbers with a format that shows what people read, all else as text. Pure."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tsalert.quarterly.content import SUPPRESSED, Figure

# What a spreadsheet keeps of a number; one with more digits is written as text, so that none is lost.
_DIGITS = 15
_SHOWN = re.compile(r"(?P<sign>[-−]?)(?P<pounds>£?)(?P<whole>\d[\d,]*)(?P<part>\.\d+)?(?P<percent>%?)(?P<words>.*)")
_POUND = "[$£-809]"  # the pound of en-GB, whatever the reader's own currency is


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the format that shows it."""

    value: Decimal
    form: str


def cell_of(figure: Figure) -> Number | str:
    """Return a figure as a number where its format shows just what the report does, else its words."""
    found = _SHOWN.fullmatch(figure.shown)
    if figure.value is None or figure.shown == SUPPRESSED or found is None or '"' in found["words"]:
        return figure.shown
    value = Decimal(figure.value)
    shown = Decimal(f"{'-' if found['sign'] else ''}{found['whole'].replace(',', '')}{found['part'] or ''}")
    places = len(found["part"] or ".") - 1
    if value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) != shown or _digits(value) > _DIGITS:
        return figure.shown
    number = "#,##0" + (f".{'0' * places}" if places else "")
    if found["percent"]:
        value, number = value / 100, f"{number}%"
    words = f'"{found["words"]}"' if found["words"] else ""
    positive = f"{_POUND if found['pounds'] else ''}{number}{words}"
    return Number(value, f"{positive};-{positive}")


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
