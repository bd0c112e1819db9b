"""By what a household is known: its UPRN, else its postcode and house number, else the victim. Pure."""

import re

from tsalert.core.errors import RuleViolation
from tsalert.parties.folding import place_keys

_UPRN = re.compile(r"(?:UPRN)?[\s:]*0*(\d{6,12})", re.ASCII)
_VICTIM = re.compile(r"(PERSON|CASE) 0*([1-9]\d{0,9})", re.ASCII)
# What stands in its place once the last record of a household names nobody any more.
_REMOVED = re.compile(r"removed-[0-9a-f]{16}", re.ASCII)
_OUTWARD_AND_INWARD = re.compile(r"([A-Z0-9]+)(\d[A-Z]{2}) (.+)", re.ASCII)


def read_household(text: str) -> str:
    """Return the key of the household that typed words name: ``UPRN 100020450001``, ``BR1 3UH 12`` or ``PERSON 45``.

    It gives the same again for what it gave, and for whatever order or case an address is written in.

    :raises RuleViolation: they name none.
    """
    if _REMOVED.fullmatch(text.strip()):
        return text.strip()
    said = text.strip().upper()
    uprn, victim = _UPRN.fullmatch(said), _VICTIM.fullmatch(said)
    if victim:
        return f"{victim[1]} {victim[2]}"
    key = f"UPRN {uprn[1]}" if uprn else household_at(text, None)
    if key is None:
        raise RuleViolation("Enter the UPRN, or the postcode and house number, like BR1 3UH 12.", field="household_key")
    return key


def household_at(address: str | None, postcode: str | None) -> str | None:
    """Return the key of the household at an address; None where postcode or house is not known."""
    key = _key(address, postcode)
    while key is not None and (again := _key(key, None)) != key:
        key = again  # an address that holds a further postcode is read until it says one thing
    return key


def household_of(*, person_id: int | None, case_id: int | None) -> str | None:
    """Return the key of a victim whose home nobody told: who rang about it, else whomever the case is about."""
    if person_id is not None:
        return f"PERSON {person_id}"
    return f"CASE {case_id}" if case_id is not None else None


def _key(address: str | None, postcode: str | None) -> str | None:
    keys = [_OUTWARD_AND_INWARD.fullmatch(key.upper()) for key in place_keys(address, postcode)]
    found = keys[0] if keys else None
    return f"{found[1]} {found[2]} {found[3]}" if found else None
