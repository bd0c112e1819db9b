"""Report profiles: how a report merges value classes into the rows and columns that its board knows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from tsalert.core.errors import RuleViolation
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuation import ValueClass

COLUMNS = {"financial": "Financial", "health": "Health and quality of life", "other": "Other", "total": "Total"}


@dataclass(frozen=True, slots=True)
class RowRule:
    """A row of a profile: which type it holds and which columns can have a figure."""

    slug: str
    title: str
    type: InterventionType
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """How a report merges value classes into columns; ``health_base`` is what the health share is a share of."""

    slug: str
    basis: str
    rows: tuple[RowRule, ...]
    classes: Mapping[str, frozenset[ValueClass]]
    health_base: frozenset[ValueClass]
    merging_note: str


_FINANCIAL = frozenset({ValueClass.PREVENTED, ValueClass.FUTURE_FINANCIAL})
PROFILES = {
    "sbp-2021": Profile(
        slug="sbp-2021",
        basis="published",
        rows=(
            RowRule("scams", "Scams", InterventionType.SCAM_VICTIM, ("financial", "health")),
            RowRule("doorstep_crime", "Doorstep crime", InterventionType.DOORSTEP_CRIME, ("financial", "health")),
            RowRule(
                "friends_against_scams",
                "Friends Against Scams",
                InterventionType.FRIENDS_AGAINST_SCAMS,
                ("financial", "other"),
            ),
            RowRule("call_blockers", "Call blockers", InterventionType.CALL_BLOCKER, ("financial", "health")),
        ),
        classes={
            "financial": _FINANCIAL,
            "health": frozenset({ValueClass.HEALTH_QOL}),
            "other": frozenset({ValueClass.OTHER_SOCIETAL}),
        },
        health_base=_FINANCIAL,
        merging_note=(
            "As in the board's series, the financial column merges money stopped before it was lost (class A) with "
            "estimated future losses avoided (class C), and health is a share of both. Recovered money (class B) is "
            "not in the table."
        ),
    )
}


def get_profile(slug: str) -> Profile:
    """Return a report profile.

    :raises RuleViolation: there is none of that name.
    """
    if slug not in PROFILES:
        raise RuleViolation(f"There is no report profile {slug}.", field="profile")
    return PROFILES[slug]
