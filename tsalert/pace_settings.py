"""How many messages a provider takes in a time, by channel; where nothing is set, as many as it can."""

import re

from msgspec import Struct

from tsalert.settings_reader import Reader

_PACE = re.compile(r"([1-9][0-9]{0,6})\s*/\s*(s|min|h)", re.ASCII)
_SECONDS = {"s": 1, "min": 60, "h": 3600}


class PaceSettings(Struct, frozen=True):
    """Messages a second on each channel, all workers together; None where there is no limit."""

    email: float | None = None
    sms: float | None = None
    voice: float | None = None


def read_paces(reader: Reader) -> PaceSettings:
    """Return how fast each channel may go."""
    return PaceSettings(_pace(reader, "EMAIL_PACE"), _pace(reader, "SMS_PACE"), _pace(reader, "VOICE_PACE"))


def _pace(reader: Reader, name: str) -> float | None:
    text = reader.text(name)
    found = _PACE.fullmatch(text)
    if text and not found:
        reader.fault(name, "must be messages in a time, such as 150/s, 3000/min or 20000/h")
    return int(found[1]) / _SECONDS[found[2]] if found else None
