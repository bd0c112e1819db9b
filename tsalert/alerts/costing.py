"""What an alert costs before it is sent: segments of texts and minutes of calls, at the prices of the settings."""

import math
from collections.abc import Collection, Mapping
from decimal import Decimal

from flask import current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.alerts.models import AlertPrice
from tsalert.alerts.proof import Proof
from tsalert.alerts.rules import Channel
from tsalert.config import Settings
from tsalert.core.money import whole_pence

_MINUTE = 60


class Cost(Struct, frozen=True):
    """What one channel costs: how many people, how many units for each, and pence for a unit."""

    channel: Channel
    recipients: int
    units: int
    unit: str
    pence_each: Decimal

    @property
    def pence(self) -> Decimal:
        """Pence in all, without tax."""
        return self.recipients * self.units * self.pence_each

    @property
    def pounds(self) -> Decimal:
        """Pounds in all, without tax, to the penny."""
        return whole_pence(self.pence / 100)


def keep_prices(session: Session, alert_id: int, number: int, pulled: Proof, channels: Collection[str]) -> None:
    """Keep what a message of one round costs on each of its channels that has a price, as it is now; a step."""
    for cost in costs(pulled, dict.fromkeys(channels, 0)):
        session.add(
            AlertPrice(
                alert_id=alert_id,
                round=number,
                channel=cost.channel,
                units=cost.units,
                unit=cost.unit,
                pence_each=cost.pence_each,
            )
        )


def costs(pulled: Proof, reach: Mapping[str, int]) -> list[Cost]:
    """Return what each channel with a price costs; a call counts whole minutes, and is taken to be heard once."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    minutes = math.ceil(pulled.voice_seconds / _MINUTE)
    priced = (
        (Channel.SMS, pulled.sms_size.segments, "segment", settings.pence_per_segment),
        (Channel.VOICE, minutes, "minute", settings.pence_per_minute),
    )
    return [
        Cost(channel, reach[channel], units, unit, price) for channel, units, unit, price in priced if channel in reach
    ]
