"""What must hold of the people of a case, of how vulnerable somebody is, and of what they wish."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.cases.people import rules
from tsalert.cases.people.rules import NewAssessment, NewRole, NewWishes
from tsalert.cases.people.vocabulary import Answer, AssessedFrom, Consent, Contact, Factor, Finding, Role
from tsalert.core.errors import RuleViolation

DAY = date(2026, 6, 10)
ROLE = NewRole(role=Role.WITNESS, source="They rang.")
ASSESSMENT = NewAssessment(
    finding=Finding.VULNERABLE, consent=Consent.GIVEN, source=AssessedFrom.VISIT, factors=(Factor.AGE,)
)


@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_role_is_somebodys(name: str | None) -> None:
    rules.require_somebody(replace(ROLE, name="Anne Example"))
    rules.require_somebody(replace(ROLE, party_id=1, name=name))
    with refused(RuleViolation, "Choose a person or business", field="name"):
        rules.require_somebody(replace(ROLE, name=name))


def test_nothing_ends_before_it_began() -> None:
    rules.require_order(DAY, DAY)
    with refused(RuleViolation, "It cannot end before it began", field="on"):
        rules.require_order(DAY, DAY - timedelta(days=1))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"finding": Finding.NONE_APPARENT, "factors": ()},
        {"factors": (Factor.OTHER,), "words": "Hears badly."},
        {"consent": Consent.REFUSED, "consent_reason": "At risk."},
    ],
    ids=str,
)
def test_an_assessment_that_says_all_is_kept(changes: dict[str, Any]) -> None:
    rules.require_assessment(replace(ASSESSMENT, **changes))


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"factors": ()}, "factors", "Choose what makes them vulnerable"),
        ({"finding": Finding.NONE_APPARENT}, "factors", "Take the factors out"),
        ({"factors": (Factor.OTHER,)}, "words", "Say what else makes them vulnerable"),
        ({"consent": Consent.REFUSED}, "consent_reason", "Say why it is kept without"),
        ({"consent": Consent.BEST_INTERESTS}, "consent_reason", "Say why it is kept without"),
    ],
    ids=str,
)
def test_an_assessment_that_contradicts_itself_is_refused(changes: dict[str, Any], field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.require_assessment(replace(ASSESSMENT, **changes))


@pytest.mark.parametrize(
    "wishes",
    [
        NewWishes(contact=Contact.TELEPHONE),
        NewWishes(contact=Contact.THROUGH, through="Her son"),
        NewWishes(when="Mornings"),
        NewWishes(through="Her son"),
        NewWishes(words="No letters."),
        NewWishes(not_at_home=True),
        NewWishes(wants_prosecution=Answer.UNDECIDED),
        NewWishes(may_be_named=Answer.NO),
    ],
    ids=str,
)
def test_one_wish_is_enough(wishes: NewWishes) -> None:
    rules.require_wishes(wishes)


@pytest.mark.parametrize(
    ("wishes", "field", "message"),
    [
        (NewWishes(), "contact", "Say at least one thing that they wish"),
        (NewWishes(contact=Contact.THROUGH), "through", "Say through whom"),
        (NewWishes(contact=Contact.THROUGH, words="No letters."), "through", "Say through whom"),
    ],
    ids=str,
)
def test_wishes_that_say_nothing_are_refused(wishes: NewWishes, field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.require_wishes(wishes)


@given(st.lists(st.sampled_from(Factor)))
def test_factors_are_kept_once_each_in_the_order_of_the_list(factors: list[Factor]) -> None:
    kept = rules.write_factors(tuple(factors))
    assert rules.read_factors(kept) == tuple(factor for factor in Factor if factor in factors)
