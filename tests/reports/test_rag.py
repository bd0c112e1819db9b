"""How figures are rated Green, Amber or Red."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.reports.change import Share, Value
from tsalert.reports.rag import Rating, check_rating, direction, judge
from tsalert.reports.vocabulary import Move, Polarity, Rag, RagRule, Unit

M = Decimal
HIGHER, LOWER = Polarity.HIGHER, Polarity.LOWER
USUAL = (100, 110, 95, 105, 100, 90, 105, 95)


@pytest.mark.parametrize(
    ("polarity", "value", "rag"),
    [
        pytest.param(HIGHER, 100, Rag.GREEN, id="at-the-target"),
        pytest.param(HIGHER, 101, Rag.GREEN, id="better"),
        pytest.param(HIGHER, 99, Rag.AMBER, id="a-little-worse"),
        pytest.param(HIGHER, 90, Rag.AMBER, id="at-the-edge-of-tolerance"),
        pytest.param(HIGHER, 89, Rag.RED, id="beyond"),
        pytest.param(LOWER, 100, Rag.GREEN, id="lower-at-the-target"),
        pytest.param(LOWER, 110, Rag.AMBER, id="lower-at-the-edge"),
        pytest.param(LOWER, 111, Rag.RED, id="lower-beyond"),
        pytest.param(LOWER, 0, Rag.GREEN, id="nought-is-best"),
        pytest.param(HIGHER, Share(9, 10), Rag.AMBER, id="a-share-against-a-percentage"),
        pytest.param(HIGHER, None, Rag.NOT_RATED, id="no-figure"),
        pytest.param(HIGHER, Share(0, 0), Rag.NOT_RATED, id="a-share-of-nothing"),
    ],
)
def test_a_figure_is_rated_against_its_target(polarity: Polarity, value: Value | None, rag: Rag) -> None:
    assert judge(Rating(RagRule.TARGET, polarity, M(100)), value).rag is rag


def test_the_target_of_a_year_is_that_of_four_quarters_and_a_percentage_stays() -> None:
    rating = Rating(RagRule.TARGET, HIGHER, M(50))
    assert judge(rating, 200, quarters=4).rag is Rag.GREEN
    assert judge(rating, 60, quarters=4).rag is Rag.RED
    assert judge(rating, Share(50, 100), quarters=4).rag is Rag.GREEN


def test_a_figure_is_rated_against_last_year() -> None:
    rating = Rating(RagRule.LAST_YEAR, LOWER)
    assert judge(rating, 105, last_year=100).rag is Rag.AMBER
    assert judge(rating, 105, last_year=None).rag is Rag.NOT_RATED
    assert judge(rating, 0, last_year=0).rag is Rag.NOT_RATED


@pytest.mark.parametrize(("value", "rag"), [(60, Rag.GREEN), (110, Rag.GREEN), (123, Rag.AMBER), (140, Rag.RED)])
def test_a_figure_is_rated_against_its_usual_swings(value: int, rag: Rag) -> None:
    assert judge(Rating(RagRule.STATISTICAL, LOWER), value, history=USUAL).rag is rag


def test_usual_swings_are_not_known_from_few_quarters() -> None:
    assert judge(Rating(RagRule.STATISTICAL, LOWER), 500, history=(*USUAL[1:], None)).rag is Rag.NOT_RATED


def test_demand_is_not_rated() -> None:
    assert judge(Rating(RagRule.NONE, Polarity.NEITHER), 500).rag is Rag.NOT_RATED


@given(target=st.integers(0, 10**6), value=st.integers(0, 10**6), tolerance=st.integers(0, 100))
def test_better_is_never_rated_worse(target: int, value: int, tolerance: int) -> None:
    order = [Rag.GREEN, Rag.AMBER, Rag.RED]
    rating = Rating(RagRule.TARGET, HIGHER, M(target), M(tolerance))
    assert order.index(judge(rating, value + 1).rag) <= order.index(judge(rating, value).rag)


@pytest.mark.parametrize(
    ("rating", "field"),
    [
        (Rating(RagRule.TARGET, HIGHER), "target"),
        (Rating(RagRule.TARGET, HIGHER, M(-1)), "target"),
        (Rating(RagRule.TARGET, HIGHER, M(101)), "target"),
        (Rating(RagRule.LAST_YEAR, Polarity.NEITHER), "polarity"),
        (Rating(RagRule.TARGET, HIGHER, M(1), M(101)), "tolerance"),
    ],
)
def test_a_rule_that_could_rate_nothing_is_refused(rating: Rating, field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_rating(rating, Unit.SHARE)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("polarity", "move", "words"),
    [
        (HIGHER, Move.UP, "Up, better"),
        (LOWER, Move.UP, "Up, worse"),
        (LOWER, Move.DOWN, "Down, better"),
        (Polarity.NEITHER, Move.UP, "Up"),
        (HIGHER, Move.SAME, "No change"),
    ],
)
def test_a_direction_says_whether_it_is_for_the_better(polarity: Polarity, move: Move, words: str) -> None:
    assert direction(polarity, move) == words
