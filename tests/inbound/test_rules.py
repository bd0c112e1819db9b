"""What a text message asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.inbound.rules import Keyword, is_number, read_keyword, readable


@pytest.mark.parametrize(
    "word", ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "Opt-out"]
)
@pytest.mark.parametrize("form", ["{}", " {} ", "{}.", "{}!!", "\n{}\n", "“{}”"])
def test_every_word_of_leaving_is_known_however_it_is_written(word: str, form: str) -> None:
    assert read_keyword(form.format(word)) is Keyword.STOP
    assert read_keyword(form.format(word.lower())) is Keyword.STOP


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        ("START", Keyword.START),
        ("yes", Keyword.START),
        ("Unstop", Keyword.START),
        ("Help", Keyword.HELP),
        ("INFO", Keyword.HELP),
        ("Stop all", Keyword.STOP),
        ("STOP 2", Keyword.STOP),
    ],
)
def test_words_of_joining_and_asking_are_known(body: str, keyword: Keyword) -> None:
    assert read_keyword(body) is keyword


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   ",
        "Please stop the man at number 12",
        "help me there is a man at my door",
        "yes please ring me",
        "STOP" + " " * 100,
        "ѕтор",
        "👍",
    ],
)
def test_a_sentence_is_for_a_person_to_read(body: str) -> None:
    assert read_keyword(body) is None


@given(st.text())
def test_any_text_can_be_read_and_stored(body: str) -> None:
    read_keyword(body)
    kept = readable(body)
    assert "\x00" not in kept
    assert len(kept) == len(body)
    kept.encode()


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("+447700900001", True),
        ("+12025550100", True),
        ("EXAMPLE", False),
        ("60006", False),
        ("", False),
        ("+44\n", False),
    ],
)
def test_only_a_number_can_be_answered(sender: str, *, expected: bool) -> None:
    assert is_number(sender) is expected
