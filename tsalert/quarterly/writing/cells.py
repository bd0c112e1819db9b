"""Figures as a spreadsheet holds them: numbers with a format that shows what people read, all else as text. Pure."""

import re
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from tsalert.quarterly.content import SUPPRESSED, Figure

# What a spreadsheet keeps of a number; one with more digits is written as text, so that none is lost.
_DIGITS = 15
_PLACES = 6
_SHOWN = re.compile(r"(?P<sign>[-−]?)(?P<pounds>£?)(?P<whole>\d[\d,]*)(?P<part>\.\d+)?(?P<percent>%?)(?P<words>.*)")
_POUND = "[$£-809]"  # the pound of en-GB, whatever the reader's own currency is


class Number(Struct, frozen=True):
    """A number and the format that shows it."""

    value: Decimal
    form: str


class _Shown(Struct, frozen=True):
    """What a figure's words say, taken apart."""

    value: Decimal
    places: int
    is_money: bool
    is_share: bool
    words: str


def number_shown(figure: Figure) -> Decimal | None:
    """Return the number that people read in a figure, rounded as they read it, or None where that is not its value."""
    found = _read(figure)
    return found.value if found else None


def cell_of(figure: Figure) -> Number | str:
    """Return a figure as a number where its format shows just what the report does, else its words."""
    found = _read(figure)
    value = _near(Decimal(figure.value or 0))
    if found is None or '"' in found.words or _digits(value) > _DIGITS or _rounded(value, found.places) != found.value:
        return figure.shown
    number = "#,##0" + (f".{'0' * found.places}" if found.places else "")
    if found.is_share:
        value, number = value / 100, f"{number}%"
    words = f'"{found.words}"' if found.words else ""
    positive = f"{_POUND if found.is_money else ''}{number}{words}"
    return Number(value, f"{positive};-{positive}")


def _read(figure: Figure) -> _Shown | None:
    found = _SHOWN.fullmatch(figure.shown)
    if figure.value is None or figure.shown == SUPPRESSED or found is None:
        return None
    places = len(found["part"] or ".") - 1
    said = Decimal(f"{'-' if found['sign'] else ''}{found['whole'].replace(',', '')}{found['part'] or ''}")
    if _rounded(Decimal(figure.value), places) != said:
        return None
    return _Shown(said, places, bool(found["pounds"]), bool(found["percent"]), found["words"])


def _near(value: Decimal) -> Decimal:
    """Return a number without what is less than a millionth: a mean may have no end."""
    exponent = value.as_tuple().exponent
    return _rounded(value, _PLACES) if isinstance(exponent, int) and exponent < -_PLACES else value


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
