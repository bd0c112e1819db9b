"""What a unit's time in a home is: its term, the checks on it, what threatens it and how it ends. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.months import months_after
from tsalert.core.words import Word

# Assumed: often enough to find a blocker in a drawer well inside the shortest term anybody argues for, two years.
MONTHS_BETWEEN_CHECKS = 6


class UnitKind(Word):
    """What was fitted."""

    CALL_BLOCKER = "call_blocker", "Call blocker"
    DOOR_CAMERA = "door_camera", "Door camera"


class Ending(Word):
    """How a unit's time ended; a mistake was never fitted and counts as if it had not been written down."""

    RETURNED = "returned", "Returned to us"
    FAULTY = "faulty", "Faulty"
    UNPLUGGED = "unplugged", "Unplugged or no longer used"
    MISTAKE = "mistake", "Written down by mistake: it was never fitted"


class SwitchOff(Struct, frozen=True):
    """The day on which the network that a kind of unit hangs on is switched off, and who says so."""

    kind: UnitKind
    on: date
    source: str


LANDLINE_SWITCH_OFF = SwitchOff(
    UnitKind.CALL_BLOCKER,
    date(2027, 1, 31),
    "BT and Openreach: withdrawal of the public switched telephone network",
)


class Installation(Struct, frozen=True):
    """What the units of one intervention share: they follow it when it is corrected.

    :param units: how many the intervention says it installed.
    """

    reference: str
    kind: UnitKind
    units: int
    household_key: str | None
    on_date: date
    term_ends_on: date | None


class NewCheck(Struct, frozen=True):
    """What somebody found who looked whether a unit is in use.

    :param who: who looked or was asked, such as the officer, a carer or the resident.
    """

    on_date: date
    is_in_use: bool
    who: str
    note: str | None = None


class NewEnding(Struct, frozen=True):
    """How and when a unit's time ended, and why."""

    how: Ending
    on_date: date
    reason: str


class Life(Struct, frozen=True):
    """A unit's days in a home; ``term_ends_on`` is None where no approved rate gives a term for its first day."""

    kind: UnitKind
    installed_on: date
    term_ends_on: date | None
    ended_on: date | None = None


def last_day_of_term(installed_on: date, years: int) -> date:
    """Return the last day of a term; on the day after it, its anniversary, the household is free again.

    The anniversary of 29 February is 28 February where there is no 29th. Source: ADR 17, not a statute.
    """
    return months_after(installed_on, 12 * years) - timedelta(days=1)


def is_at_risk(life: Life) -> bool:
    """Tell whether a unit will go dead before its term is over; one without a known term may."""
    is_exposed = life.kind is LANDLINE_SWITCH_OFF.kind and life.ended_on is None
    return is_exposed and (life.term_ends_on is None or life.term_ends_on > LANDLINE_SWITCH_OFF.on)


def check_due_on(life: Life, last_check: date | None) -> date | None:
    """Return the day from which a unit should be looked at; None once its time or its term ended before that."""
    due = months_after(max(life.installed_on, last_check or life.installed_on), MONTHS_BETWEEN_CHECKS)
    is_over = life.ended_on is not None or (life.term_ends_on is not None and life.term_ends_on < due)
    return None if is_over else due


def last_look_due(today: date) -> date:
    """Return the latest day of a look at a unit after which another is due today."""
    day = months_after(today, -MONTHS_BETWEEN_CHECKS)
    while months_after(day + timedelta(days=1), MONTHS_BETWEEN_CHECKS) <= today:
        day += timedelta(days=1)
    return day


def require_later_day(day: date, life: Life, today: date) -> None:
    """Refuse a check or an end before the unit was fitted, or in the future.

    :raises RuleViolation: it is one of these.
    """
    if day > today:
        raise RuleViolation("The day cannot be in the future.", field="on_date")
    if day < life.installed_on:
        raise RuleViolation("The unit was not fitted yet on that day.", field="on_date")


def require_in_place(life: Life) -> None:
    """Refuse to do anything more to a unit whose time ended.

    :raises Conflict: it did.
    """
    if life.ended_on is not None:
        raise Conflict("This unit's time ended already.", legal=["add the unit again where it was fitted anew"])


def require_room(installation: Installation, known: int, adding: int = 0) -> None:
    """Refuse more units than the intervention installed.

    :raises RuleViolation: there would be.
    """
    if known + adding > installation.units:
        raise RuleViolation(
            f"{installation.reference} installed {installation.units:,} × {installation.kind.label.lower()}, and "
            f"{known + adding:,} would be known one by one. Put the number right first.",
            field="serials" if adding else "units",
        )


def require_serials(serials: Sequence[str]) -> None:
    """Refuse to add no unit, or one twice.

    :raises RuleViolation: that is asked for.
    """
    if not serials:
        raise RuleViolation("Enter at least one serial number.", field="serials")
    twice = [serial for place, serial in enumerate(serials) if serial in serials[:place]]
    if twice:
        raise RuleViolation(f"{twice[0]} is there twice.", field="serials")
