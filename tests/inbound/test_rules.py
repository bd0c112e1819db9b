"""What a text message asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.inbound.rules import Keyword, is_number, read_joining, read_keyword, read_source, readable


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


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        ("JOIN", ""),
        (" join! ", "!"),
        ("Join BR1 3UH", "BR1 3UH"),
        ("JOIN: br1-3uh, scams", ": br1-3uh, scams"),
        ("join us\nat the door", "us\nat the door"),
        ("JOINED", None),
        ("please join", None),
        ("join " + "x" * 155, "x" * 155),
        ("join " + "x" * 156, None),
    ],
)
def test_a_wish_to_join_is_read_with_what_it_is_for(body: str, wish: str | None) -> None:
    assert read_joining(body) == wish


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("447700900123", "+447700900123"),
        (" +447700900123 ", "+447700900123"),
        ("07700900123", "+447700900123"),
        ("12025550100", "+12025550100"),
        ("123456789", "123456789"),
        ("EXAMPLE", "EXAMPLE"),
    ],
)
def test_a_number_is_read_with_or_without_its_plus(told: str, source: str) -> None:
    assert read_source(told) == source


def test_only_what_cannot_be_shown_is_marked() -> None:
    assert readable("a\0b\ud800\x85\r\n\té") == "a\ufffdb\ufffd\ufffd\r\n\té"
    assert readable("\u202e\u202d07700 900123\u202c rang") == "07700 900123 rang"
