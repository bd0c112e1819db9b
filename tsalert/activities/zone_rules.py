"""What a no-cold-calling zone is, and when it should be looked at again. Pure."""

from datetime import date, timedelta

from msgspec import Struct

from tsalert.activities.rules import EARLIEST_DAY
from tsalert.core.errors import Conflict, RuleViolation

# A street changes hands in less; a review that is further off is a slip of the keyboard.
LONGEST_TO_REVIEW = timedelta(days=5 * 366)
MOST_POSTCODES, MOST_HOMES, MOST_SIGNS = 500, 20_000, 20_000


class Street(Struct, frozen=True):
    """A postcode of a zone, and the street that residents know it by."""

    postcode: str
    name: str | None = None


class NewZone(Struct, frozen=True, kw_only=True):
    """A zone as it is set up or set right.

    :param contact: how the residents are reached, such as their association; nobody's private data.
    :param ward_code: taken from the postcodes where they all lie in one ward and none is given.
    """

    name: str
    set_up_on: date
    review_due_on: date
    streets: tuple[Street, ...]
    ward_code: str | None = None
    homes: int = 0
    signs: int = 0
    stickers: int = 0
    contact: str | None = None
    note: str | None = None


class Renewal(Struct, frozen=True):
    """What a review found: the residents want the zone still, and so many signs and stickers are there now."""

    on_date: date
    review_due_on: date
    signs: int
    stickers: int
    note: str | None = None


class ZoneEnding(Struct, frozen=True):
    """When a zone ended, and why."""

    on_date: date
    reason: str


def check_zone(zone: NewZone, *, today: date) -> None:
    """Refuse a zone without a street, or with days or numbers that cannot be.

    :raises RuleViolation: naming the field at fault.
    """
    if zone.set_up_on < EARLIEST_DAY:
        raise RuleViolation("The date is too long ago. Check the year.", field="set_up_on")
    if zone.set_up_on > today:
        raise RuleViolation("The zone is there from the day it was set up: not in the future.", field="set_up_on")
    _check_review(zone.set_up_on, zone.review_due_on)
    known = [street.postcode for street in zone.streets]
    if not known:
        raise RuleViolation("Give at least one postcode.", field="streets")
    twice = next((code for place, code in enumerate(known) if code in known[:place]), None)
    if twice:
        raise RuleViolation(f"{twice} is there twice.", field="streets")
    if len(known) > MOST_POSTCODES:
        raise RuleViolation(f"Give at most {MOST_POSTCODES} postcodes.", field="streets")
    _check_number("homes", zone.homes, MOST_HOMES)
    _check_number("signs", zone.signs, MOST_SIGNS)
    _check_number("stickers", zone.stickers, MOST_SIGNS)


def check_renewal(renewal: Renewal, *, set_up_on: date, today: date) -> None:
    """Refuse a renewal before the zone was there, in the future, or with a review that cannot be.

    :raises RuleViolation: naming the field at fault.
    """
    _check_later(renewal.on_date, set_up_on, today)
    _check_review(renewal.on_date, renewal.review_due_on)
    _check_number("signs", renewal.signs, MOST_SIGNS)
    _check_number("stickers", renewal.stickers, MOST_SIGNS)


def check_ending(ending: ZoneEnding, *, set_up_on: date, today: date) -> None:
    """Refuse an end before the zone was there, or in the future.

    :raises RuleViolation: it is one of these.
    """
    _check_later(ending.on_date, set_up_on, today)


def require_in_force(ended_on: date | None) -> None:
    """Refuse to do anything more to a zone that ended.

    :raises Conflict: it did.
    """
    if ended_on is not None:
        raise Conflict("This zone ended already.", legal=["set up a new one"])


def is_due(review_due_on: date, ended_on: date | None, *, today: date) -> bool:
    """Tell whether somebody should ask the residents whether they want the zone still."""
    return ended_on is None and review_due_on <= today


def _check_later(day: date, set_up_on: date, today: date) -> None:
    if day > today:
        raise RuleViolation("The day cannot be in the future.", field="on_date")
    if day < set_up_on:
        raise RuleViolation("The zone was not there yet on that day.", field="on_date")


def _check_review(since: date, due: date) -> None:
    if due <= since:
        raise RuleViolation("The review must be later than that.", field="review_due_on")
    if due - since > LONGEST_TO_REVIEW:
        raise RuleViolation("A zone is reviewed within five years. Check the year.", field="review_due_on")


def _check_number(name: str, number: int, most: int) -> None:
    if not 0 <= number <= most:
        raise RuleViolation(f"Enter a number of {name} from 0 to {most:,}.", field=name)
