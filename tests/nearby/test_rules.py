"""Where an alert of another authority stands, and how one of ours begins that is made of it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import Conflict
from tsalert.nearby import rules
from tsalert.nearby.rules import State, Words

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
WORDS = Words("Roofers", "They knock.", "Say no.", "doorstep", "urgent")


@pytest.mark.parametrize(
    ("is_linked", "is_withdrawn", "is_in_feed", "left", "state"),
    [
        (True, False, True, 1, State.CURRENT),
        (True, False, True, 0, State.ENDED),
        (True, True, True, 1, State.WITHDRAWN),
        (True, True, False, 1, State.WITHDRAWN),
        (True, False, False, 1, State.LEFT),
        (True, False, False, 0, State.LEFT),
        (False, True, True, 1, State.UNLINKED),
        (False, False, False, 1, State.UNLINKED),
    ],
)
def test_an_alert_ends_at_its_second_unless_it_or_its_link_ended_before(
    left: int, state: State, *, is_linked: bool, is_withdrawn: bool, is_in_feed: bool
) -> None:
    expires_at = NOW + timedelta(seconds=left)
    how = {"is_linked": is_linked, "is_withdrawn": is_withdrawn, "is_in_feed": is_in_feed}
    found = rules.state_of(**how, expires_at=expires_at, now=NOW)
    assert found is state


def test_nothing_begins_with_what_was_taken_back_or_may_have_been() -> None:
    for state in (State.CURRENT, State.ENDED):
        rules.require_usable(state)
    with refused(Conflict, "They have withdrawn this alert"):
        rules.require_usable(State.WITHDRAWN)
    with refused(Conflict, "This alert is no longer in their feed"):
        rules.require_usable(State.LEFT)
    with refused(Conflict, "The link with this authority has ended"):
        rules.require_usable(State.UNLINKED)


def test_an_alert_of_ours_says_first_from_whom_the_warning_is() -> None:
    assert rules.begin_with(WORDS, "Testshire", topics=["doorstep"]) == {
        "headline": "Roofers",
        "body": "Testshire has given this warning.\n\nThey knock.",
        "advice": "Say no.",
        "urgency": "urgent",
        "topic": "doorstep",
    }


@pytest.mark.parametrize("topic", [None, "", "theirs-alone"])
def test_a_topic_or_urgency_that_we_do_not_know_is_left_to_the_officer(topic: str | None) -> None:
    begun = rules.begin_with(replace(WORDS, topic=topic, urgency="at once"), "Testshire", topics=["doorstep", ""])
    assert "topic" not in begun
    assert begun["urgency"] == "routine"
