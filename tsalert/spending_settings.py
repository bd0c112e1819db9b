"""What texts and calls of alerts cost, and what may be spent on them within an hour and a month."""

import re
from decimal import Decimal
from typing import Any

from msgspec import Struct

from tsalert.settings_reader import Reader

_POUNDS = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?", re.ASCII)


class SpendingLimits(Struct, frozen=True):
    """Pounds before tax that alerts may cost in one hour and one month by London's clocks; None sets no limit."""

    per_hour: Decimal | None = None
    per_month: Decimal | None = None


def read_spending(reader: Reader) -> dict[str, Any]:
    """Return prices and limits by the names that they have among the settings."""
    return {
        "pence_per_segment": reader.pence("PENCE_PER_SEGMENT", "2.4"),
        "pence_per_minute": reader.pence("PENCE_PER_MINUTE", "1.2"),
        "spending": SpendingLimits(_pounds(reader, "SPEND_PER_HOUR"), _pounds(reader, "SPEND_PER_MONTH")),
    }


def _pounds(reader: Reader, name: str) -> Decimal | None:
    text = reader.text(name)
    if text and not _POUNDS.fullmatch(text):
        reader.fault(name, "must be an amount in pounds such as 50 or 49.50")
        return None
    return Decimal(text) if text else None
