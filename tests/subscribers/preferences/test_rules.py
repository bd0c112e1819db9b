"""What a choice changes, how long a page is open, and how much of a name others see."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from tsalert.subscribers.preferences.rules import OPEN_LIFE, Pause, compare, is_open, mask_name
from tsalert.subscribers.rules import EndedReason, Held, changes_by_return

TOPICS = st.sampled_from(["all", "scams", "doorstep-crime", "product-safety"])
PACES = st.sampled_from(["immediate", "daily", "weekly"])


@given(st.dictionaries(TOPICS, PACES), st.lists(TOPICS, unique=True), PACES)
def test_after_a_choice_exactly_what_was_chosen_comes_at_the_chosen_pace(
    held: dict[str, str], wanted: list[str], pace: str
) -> None:
    difference = compare(held, wanted, pace)
    after = {topic: often for topic, often in held.items() if topic not in difference.end}
    after |= dict.fromkeys((*difference.start, *difference.retime), pace)
    assert after == dict.fromkeys(wanted, pace)
    assert not set(difference.start) & set(held)


@given(st.dictionaries(TOPICS, st.just("daily"), min_size=1))
def test_choosing_what_one_has_changes_nothing(held: dict[str, str]) -> None:
    assert compare(held, list(held), "daily") == compare({}, [], "daily")


def test_a_page_is_open_for_an_hour_and_not_a_second_longer() -> None:
    assert is_open(NOW, OPEN_LIFE, NOW + OPEN_LIFE - timedelta(seconds=1))
    assert not is_open(NOW, OPEN_LIFE, NOW + OPEN_LIFE)
    assert not is_open(None, OPEN_LIFE, NOW)


@pytest.mark.parametrize(
    ("name", "shown"), [("Ann Example", "A••• E•••"), ("Ann", "A•••"), (None, None), ("  ", None), ("Ö Ü", "Ö••• Ü•••")]
)
def test_a_name_is_masked_for_those_who_share_the_address(name: str | None, shown: str | None) -> None:
    assert mask_name(name) == shown


def test_a_pause_is_over_after_its_days() -> None:
    assert Pause.TWO_WEEKS.ends_at(NOW) == NOW + timedelta(days=14)


def test_a_topic_that_somebody_chose_away_does_not_come_back_with_a_start_text() -> None:
    held = [Held("scams", "daily", "web", EndedReason.CHANGED), Held("all", "daily", "web", EndedReason.STOP_TEXT)]
    assert changes_by_return(held).start == ("all",)
