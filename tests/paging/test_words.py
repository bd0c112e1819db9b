"""What is said: short enough for one text, and nothing of the people."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.delivery.fates import Fate
from tsalert.delivery.rules import Status
from tsalert.paging import words
from tsalert.paging.fate_words import ANSWER_WINDOW, fate_in_words
from tsalert.paging.vocabulary import Verb
from tsalert.references.rules import write_reference

GSM_7 = re.compile(r"[A-Za-z0-9 .,:;?'!()/+\-\n]*")
DUE = datetime(2026, 6, 10, 14, 40, tzinfo=UTC)


def test_a_text_says_reference_grade_due_time_in_london_and_how_to_answer() -> None:
    said = words.page("R26-00062-A", "Immediate", DUE, "4821", can_reply=True, link="https://x.example/incidents/1")
    assert said.sms == "R26-00062-A immediate, due 15:40. Reply TAKE 4821 or PASS 4821."
    assert said.voice == "Immediate incident R 62. Press 1 to take it, 2 to pass."
    assert said.subject == "Immediate incident R26-00062-A"


def test_a_sender_that_cannot_be_answered_asks_for_no_answer() -> None:
    said = words.page("R26-00062-A", "Immediate", DUE, "4821", can_reply=False, link="")
    assert "Reply" not in (said.sms or "")


@given(
    number=st.integers(1, 10**9),
    code=st.integers(0, 9999),
    due=st.none() | st.integers(0, 10**9).map(lambda seconds: DUE + timedelta(seconds=seconds)),
    can_reply=st.booleans(),
)
def test_every_text_to_an_officer_is_one_message_of_plain_letters(
    number: int,
    code: int,
    due: datetime | None,
    can_reply: bool,  # noqa: FBT001
) -> None:
    reference, four = write_reference("R", 2026, number), f"{code:04}"
    texts = [
        words.page(reference, "Immediate", due, four, can_reply=can_reply, link="").sms,
        words.page_again(reference, four, can_reply=can_reply, link="").sms,
        words.welfare_check(reference, four, can_reply=can_reply).sms,
        words.which_one(Verb.ARRIVED, [(four, reference), (four, reference)]),
    ]
    for text in texts:
        assert text is not None
        assert len(text) <= 160, text
        assert GSM_7.fullmatch(text), text


@pytest.mark.parametrize(("reference", "said"), [("R26-00062-A", "R 62"), ("R27-123456-B", "R 123456"), ("odd", "odd")])
def test_a_reference_is_read_out_short(reference: str, said: str) -> None:
    assert words.spoken(reference) == said


@pytest.mark.parametrize(
    ("choices", "answer"),
    [
        ([], "You have no page that is open. Nothing was recorded."),
        ([("4821", "R26-00062-A")], "Which one? Add the code: ARRIVED 4821. Nothing was recorded."),
        (
            [("4821", "R26-00062-A"), ("0007", "R26-00063-B")],
            (
                "Which one? Add the code: ARRIVED 4821 for R26-00062-A, ARRIVED 0007 for R26-00063-B. "
                "Nothing was recorded."
            ),
        ),
    ],
)
def test_a_verb_without_its_code_is_asked_for_it(choices: list[tuple[str, str]], answer: str) -> None:
    assert words.which_one(Verb.ARRIVED, choices) == answer


def test_nothing_is_due_in_the_words_where_nothing_is_due() -> None:
    assert "due" not in (words.page("R26-00062-A", "Immediate", None, "4821", can_reply=True, link="").sms or "")


@pytest.mark.parametrize(
    ("waited", "is_answered", "said"),
    [
        pytest.param(timedelta(seconds=20), False, "Ringing", id="it-may-ring-still"),
        pytest.param(ANSWER_WINDOW, False, "Ringing", id="the-last-moment"),
        pytest.param(ANSWER_WINDOW + timedelta(seconds=1), False, "No answer was reported", id="nothing-was-reported"),
        pytest.param(timedelta(hours=9), True, "Answered, no key pressed", id="answered-and-nothing-more"),
    ],
)
def test_a_call_of_which_no_end_was_reported_does_not_ring_for_ever(
    waited: timedelta,
    is_answered: bool,  # noqa: FBT001
    said: str,
) -> None:
    fate = Fate(Status.ACCEPTED, None, "CA1", None, None)
    assert fate_in_words("voice", fate, is_answered=is_answered, pressed=None, waited=waited) == said
