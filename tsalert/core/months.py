"""Calendar months: the same day of another month, and the last day of months that begin with a day."""

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta


def months_after(day: date, months: int) -> date:
    """Return the same day some calendar months later, or earlier; at most the calendar's last day.

    A day that month does not have becomes its last: twelve months after 29 February are over on 28 February. So the
    courts count months "from" or "after" a day (Dodds v Walker [1981] 1 WLR 1027).
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year > MAXYEAR:
        return date.max
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_of_months(first: date, months: int) -> date:
    """Return the last day of some calendar months "beginning with" a day, which counts.

    It is the day before the same day. Where that month has no such day, it is its last: what begins on 29 February
    ends on 28 February, the day before 1 March.
    """
    same = months_after(first, months)
    return same - timedelta(days=1) if same.day == first.day else same
