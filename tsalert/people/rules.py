"""When somebody is a repeat victim or a repeat trader, and in which words that is said. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from tsalert.core.clock import london_date
from tsalert.core.periods import Period

LOOKED_BACK = 3  # years
AT_LEAST = 2


class Episode(Struct, frozen=True):
    """One thing that happened: an incident, or a case without one."""

    at: datetime
    ward: str | None = None


class Repeat(Struct, frozen=True):
    """How often, over which years, in which wards, and what was paid."""

    episodes: int
    first_on: date
    last_on: date
    wards: tuple[str, ...]
    cases: int
    paid: Decimal

    @property
    def is_repeat(self) -> bool:
        """Whether it happened more than once."""
        return self.episodes >= AT_LEAST

    @property
    def years(self) -> int:
        """The years from the first to the last, each begun one counted."""
        return max(1, -(-(self.last_on - self.first_on).days // 366))

    @property
    def words(self) -> str:
        """What is said of it: ``4 incidents in 3 years``."""
        incidents = "1 incident" if self.episodes == 1 else f"{self.episodes:,} incidents"
        if self.episodes == 1:
            return incidents
        return f"{incidents} in {'1 year' if self.years == 1 else f'{self.years} years'}"


def repeat_of(episodes: Sequence[Episode], paid: Decimal, *, cases: int) -> Repeat | None:
    """Return how often something happened; None where it never did."""
    if not episodes:
        return None
    days = sorted(london_date(each.at) for each in episodes)
    wards = tuple(sorted({each.ward for each in episodes if each.ward}))
    return Repeat(len(episodes), days[0], days[-1], wards, cases, paid)


def window_of(period: Period) -> tuple[date, date]:
    """Return the first and the last day looked at for who repeats in a period: three years that end with it."""
    last = period.last_day
    first = date(last.year - LOOKED_BACK, last.month, 28 if (last.month, last.day) == (2, 29) else last.day)
    return min(first + timedelta(days=1), period.first_day), last
