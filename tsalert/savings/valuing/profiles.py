"""Report profiles: how a report merges value classes into the rows and columns that its readers know. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.valuation import FINANCIAL, ValueClass

TOTAL = "total"
PUBLISHED, PLAIN = "sbp-2021", "classes"
# The columns of the published table, for those who draw no other.
COLUMNS = {"financial": "Financial", "health": "Health and quality of life", "other": "Other", TOTAL: "Total"}
_BY_UNIT = {
    InterventionType.CALL_BLOCKER: frozenset({ValueClass.FUTURE_FINANCIAL, ValueClass.HEALTH_QOL}),
    InterventionType.FRIENDS_AGAINST_SCAMS: frozenset({ValueClass.FUTURE_FINANCIAL, ValueClass.OTHER_SOCIETAL}),
}
_BY_MONEY = {kind: frozenset({ValueClass.HEALTH_QOL}) for kind in ("scam_victim", "doorstep_crime")}


class RowRule(Struct, frozen=True):
    """A row of a profile: which type it holds and which columns have a figure even where nothing came in."""

    slug: str
    title: str
    type: InterventionType
    columns: tuple[str, ...]


class Profile(Struct, frozen=True):
    """How a report merges value classes into columns.

    :param columns: each column's title; the last one is the total.
    :param health_base: what the health share is a share of in the published basis.
    :param merging_note: what it merges, as its readers are told; the second part holds in the published basis alone.
    """

    slug: str
    title: str
    rows: tuple[RowRule, ...]
    columns: Mapping[str, str]
    classes: Mapping[str, frozenset[ValueClass]]
    health_base: frozenset[ValueClass]
    merging_note: str
    published_note: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The columns that the total adds up."""
        return tuple(self.classes)

    def classes_of(self, column: str) -> frozenset[ValueClass]:
        """Return the value classes that a column holds; the total holds those of all."""
        return frozenset().union(*self.classes.values()) if column == TOTAL else self.classes[column]

    @property
    def holds(self) -> str:
        """Which value classes each column holds, such as ``Total: A, C, D and E``."""
        merged = {name: title for name, title in self.columns.items() if not title.startswith(_letter_of(self, name))}
        told = [f"{title}: {letters(self.classes_of(name))}" for name, title in merged.items()]
        return f"Value classes held: {'; '.join(told)}."


def _letter_of(profile: Profile, column: str) -> str:
    return f"{letters(profile.classes_of(column))}:"


def letters(classes: frozenset[ValueClass]) -> str:
    """Name value classes by their letters: ``A, C, D and E``."""
    *most, last = sorted(kind.letter for kind in classes)
    return f"{', '.join(most)} and {last}" if most else last


def rated_by_unit(kind: InterventionType) -> frozenset[ValueClass]:
    """Return the classes in which each unit of a type has a rate, wherever one is approved."""
    return _BY_UNIT.get(kind, frozenset())


def rated_by_money(kind: InterventionType) -> frozenset[ValueClass]:
    """Return the classes in which the money of a type has a rate, wherever one is approved."""
    return _BY_MONEY.get(kind, frozenset())


def get_profile(slug: str) -> Profile:
    """Return a report profile.

    :raises RuleViolation: there is none of that name.
    """
    if slug not in PROFILES:
        raise RuleViolation(
            f"There is no report profile {slug}. Choose one of: {', '.join(PROFILES)}.", field="profile"
        )
    return PROFILES[slug]


def _plain_row(kind: InterventionType) -> RowRule:
    """Return a row with a column for each class in which its type is expected to have a figure."""
    money = {ValueClass.PREVENTED, ValueClass.RECOVERED, ValueClass.FUTURE_FINANCIAL} if kind.has_money else set()
    expected = money | rated_by_unit(kind) | rated_by_money(kind)
    return RowRule(kind.value, kind.label, kind, tuple(column for column in _PLAIN_CLASSES if column in expected))


_PLAIN_CLASSES = {
    kind.value: frozenset({kind})
    for kind in (
        ValueClass.PREVENTED,
        ValueClass.RECOVERED,
        ValueClass.FUTURE_FINANCIAL,
        ValueClass.HEALTH_QOL,
        ValueClass.OTHER_SOCIETAL,
    )
}
_PUBLISHED_ROWS = (
    RowRule("scams", "Scams", InterventionType.SCAM_VICTIM, ("financial", "health")),
    RowRule("doorstep_crime", "Doorstep crime", InterventionType.DOORSTEP_CRIME, ("financial", "health")),
    RowRule(
        "friends_against_scams", "Friends Against Scams", InterventionType.FRIENDS_AGAINST_SCAMS, ("financial", "other")
    ),
    RowRule("call_blockers", "Call blockers", InterventionType.CALL_BLOCKER, ("financial", "health")),
)
PROFILES = {
    PUBLISHED: Profile(
        slug=PUBLISHED,
        title="The board's table",
        rows=_PUBLISHED_ROWS,
        columns=COLUMNS,
        classes={
            "financial": FINANCIAL,
            "health": frozenset({ValueClass.HEALTH_QOL}),
            "other": frozenset({ValueClass.OTHER_SOCIETAL}),
        },
        health_base=FINANCIAL,
        merging_note=(
            "As in the board's series, the financial column merges money stopped before it was lost (class A) with "
            "estimated future losses avoided (class C). Recovered money (class B) is not in the table."
        ),
        published_note="Health is a share of both.",
    ),
    PLAIN: Profile(
        slug=PLAIN,
        title="Every type, the classes kept apart",
        rows=tuple(_plain_row(kind) for kind in InterventionType),
        columns={
            "prevented": "A: stopped before it was lost",
            "recovered": "B: returned to residents",
            "future_financial": "C: future losses avoided",
            "health_qol": "D: health and quality of life",
            "other_societal": "E: other benefit",
            TOTAL: "Total, A to E",
        },
        classes=_PLAIN_CLASSES,
        health_base=frozenset({ValueClass.FUTURE_FINANCIAL}),
        merging_note=(
            "Money stopped or returned (A, B) is evidenced; C, D and E are estimates. Health is a share of future "
            "losses avoided (C) alone. Fines, costs and confiscations (M) are in no total."
        ),
    ),
}
