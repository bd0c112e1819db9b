"""The money that a case study quotes, held against the ledger of its case. Pure.

It reads amounts written in figures; one written out in words ("four thousand pounds") is for a person to find.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

_NUMBER = r"\d+(?:,\d+)*(?:\.\d+)?"
_SCALE = r"(?:k|m|mn|bn)\b|\s?(?:thousand|million|billion)\b"
_SIGN = r"(?:[£\u20a4]|\bGBP)\s?"
_DASH = r"\s?[-\u2010-\u2015]\s?"
_AMOUNT = re.compile(
    rf"{_SIGN}(?P<first>{_NUMBER})(?P<first_scale>{_SCALE})?(?:{_DASH}(?P<last>{_NUMBER})(?P<last_scale>{_SCALE})?)?"
    rf"|(?<![\d.,£])(?P<plain>{_NUMBER})(?P<plain_scale>{_SCALE})?\s?(?:pounds?\b|GBP\b)",
    re.ASCII | re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)
_TIMES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}
_SMALL = Decimal(10_000)


class Quoted(Struct, frozen=True):
    """An amount as a text writes it, and in pounds; None where its commas group no thousands, as in £4,50."""

    written: str
    amount: Decimal | None


class Checked(Struct, frozen=True):
    """What a case study quotes, held against the ledger.

    :param rounded: amounts rounded as for publication, each with that of the ledger.
    """

    quoted: tuple[Quoted, ...]
    unledgered: tuple[Quoted, ...]
    rounded: tuple[tuple[Quoted, Decimal], ...]


def check_case_study(text: str, amounts: Collection[Decimal]) -> Checked:
    """Hold a case study against the ledger of its case; amounts rounded as for publication are told apart."""
    rounded, missing = [], []
    for quoted in unledgered(text, amounts):
        of = rounded_from(quoted.amount, amounts) if quoted.amount else None
        if of is None:
            missing.append(quoted)
        else:
            rounded.append((quoted, of))
    return Checked(tuple(quoted_amounts(text)), tuple(missing), tuple(rounded))


def unledgered(text: str, amounts: Collection[Decimal]) -> tuple[Quoted, ...]:
    """Return every amount that a text quotes and the ledger does not hold, each once, in the order of the text.

    Only equal amounts are the same: a total of several is not in the ledger, nor is a rounded one (see
    ``rounded_from``).
    """
    held = set(amounts)
    missing: dict[Decimal | str, Quoted] = {}
    for quoted in quoted_amounts(text):
        if quoted.amount not in held:
            missing.setdefault(quoted.written if quoted.amount is None else quoted.amount, quoted)
    return tuple(missing.values())


def quoted_amounts(text: str) -> list[Quoted]:
    """Return every amount of a text: £4,000, £4,000.00, £4k, £2.5m, £2.5 million, 18,640 pounds, £4,000-5,000."""
    plain = unicodedata.normalize("NFKC", text)
    return [quoted for found in _AMOUNT.finditer(plain) for quoted in _read(found)]


def rounded_from(quoted: Decimal, amounts: Collection[Decimal]) -> Decimal | None:
    """Return the amount of the ledger that a quoted one is, rounded as published case studies are, if there is one.

    Under £10,000 to the nearest £100, else to the nearest £1,000.
    """
    return next((amount for amount in sorted(amounts) if quoted and rounded(amount) == quoted), None)


def rounded(amount: Decimal) -> Decimal:
    """Round an amount as a case study gives it: to the nearest £100 under £10,000, else to the nearest £1,000."""
    step = Decimal(100) if amount < _SMALL else Decimal(1000)
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def _read(found: re.Match[str]) -> Iterator[Quoted]:
    if found["plain"]:
        yield Quoted(found[0].strip(), _pounds(found["plain"], found["plain_scale"]))
        return
    yield Quoted(
        found[0].strip() if not found["last"] else f"£{found['first']}{found['first_scale'] or ''}",
        _pounds(found["first"], found["first_scale"] or found["last_scale"]),
    )
    if found["last"]:
        written = f"{found['last']}{found['last_scale'] or ''}"
        yield Quoted(written, _pounds(found["last"], found["last_scale"] or found["first_scale"]))


def _pounds(number: str, scale: str | None) -> Decimal | None:
    if not _GROUPED.fullmatch(number):
        return None
    power = _TIMES[scale.strip().lower()] if scale else 0
    return Decimal(number.replace(",", "")).scaleb(power)
