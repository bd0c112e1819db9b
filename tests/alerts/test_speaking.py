"""Words of calls: what cannot be said as it is written is spelt, and all of it fits the time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts.speaking import LONGEST_CALL, seconds, shorten, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("TS-2026-014", "T S, 2 0 2 6, 0 1 4."),
        ("Ring 020 7946 0123 now", "Ring 0 2 0, 7 9 4 6, 0 1 2 3 now."),
        ("Ring +44 20 7946 0123.", "Ring plus 4 4, 2 0, 7 9 4 6, 0 1 2 3."),
        ("Dial 999.", "Dial 9 9 9."),
        ("Forward it to 7726", "Forward it to 7 7 2 6."),
        ("They ask for £3,900 in cash", "They ask for £3,900 in cash."),
        ("£999 for 999 tiles", "£999 for 9 9 9 tiles."),
        ("It costs £12.50", "It costs £12.50."),
        ("150 people in 2026", "150 people in 2026."),
        ("See www.example.org/scams/", "See w w w dot example dot org slash scams."),
        ("See https://alerts.example.org/check.", "See alerts dot example dot org slash check."),
        ("Write to help-desk@example.org", "Write to help hyphen desk at example dot org."),
        ("Roofers & builders", "Roofers and builders."),
        ("50% off", "50 per cent off."),
        ("Say no\n\n- Shut the door\n- Ring us!", "Say no. Shut the door. Ring us!"),
        ("\U0001f6a8 Callers \U0001f468\u200d\U0001f467 at the door \u26a0\ufe0f", "Callers at the door."),
        ("\U0001f6a8", ""),
        ("", ""),
    ],
)
def test_what_is_written_becomes_what_can_be_said(written: str, said: str) -> None:
    assert spoken(written) == said


@given(st.text(max_size=300))
def test_any_text_becomes_one_line(text: str) -> None:
    assert "\n" not in spoken(text)
    assert "\0" not in spoken(text.replace("\0", ""))


@given(st.lists(st.text("abc ", min_size=1, max_size=60), min_size=1, max_size=20))
def test_what_is_shortened_fits_unless_its_first_sentence_does_not(parts: list[str]) -> None:
    said = spoken("\n".join(parts)) or "Nothing."
    short = shorten(said, LONGEST_CALL)
    assert said.startswith(short)
    assert seconds(short) <= LONGEST_CALL or short == shorten(said, 0)


def test_a_minute_holds_about_a_hundred_and_fifty_words() -> None:
    assert seconds("word " * 150) == 60
    assert seconds("") == 0
