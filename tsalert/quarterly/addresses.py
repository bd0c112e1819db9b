"""How a quarter stands in an address: ``2022-23Q1``. Pure."""

from tsalert.core.errors import NotFound, RuleViolation
from tsalert.core.periods import Period, parse_quarter


def slug_of(quarter: Period) -> str:
    """Write a quarter as it stands in an address."""
    return quarter.label.replace("/", "-").replace(" ", "")


def quarter_of_slug(slug: str) -> Period:
    """Read a quarter from an address, which is written in one way alone.

    :raises NotFound: it is none.
    """
    try:
        found = parse_quarter(slug)
    except RuleViolation as error:
        raise NotFound("There is no such quarter.") from error
    if slug_of(found) != slug:
        raise NotFound("There is no such quarter.")
    return found
