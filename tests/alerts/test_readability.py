"""How easily an alert reads, and which of its sentences do not."""

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts.readability import measure, reading_score, sentences

PLAIN = "They knock at the door. They say a tile is loose. Say no and shut the door."
OFFICIAL = (
    "Residents are strongly advised to exercise considerable vigilance regarding unsolicited representations by "
    "individuals purporting to represent telecommunications organisations."
)
LONG = "We have been told that " + "a man in a van came to the door and " * 3 + "went away."


def test_the_index_is_the_published_one() -> None:
    found = measure("The cat sat on the mat. Then it ran far away again.")
    letters, words = 38, 12
    assert found
    assert (found.words, found.sentences) == (words, 2)
    assert found.age == max(math.ceil(4.71 * letters / words + 0.5 * words / 2 - 21.43) + 5, 5)
    assert reading_score("abcde abcde") == pytest.approx(4.71 * 5 + 0.5 * 2 - 21.43)


def test_plain_words_are_for_children_and_official_ones_for_nobody() -> None:
    plain, official = measure(PLAIN), measure(OFFICIAL)
    assert plain
    assert official
    assert plain.age <= 9
    assert plain.is_plain
    assert official.age == 22
    assert [each.why for each in official.hard] == ["many long words"]


def test_a_long_sentence_is_named_with_its_length() -> None:
    found = measure(PLAIN, LONG)
    assert found
    (hard,) = found.hard
    assert hard.text.startswith("We have been told")
    assert hard.why == "37 words long"
    assert not found.is_plain


def test_points_headings_and_short_forms_do_not_upset_the_counting() -> None:
    text = (
        "What to do\n\n- Ring 159.\n- Tell Mr. Example, e.g. by letter.\n\nSee www.example.org/a.b for more. Is it so?"
    )
    assert sentences(text) == [
        "What to do",
        "Ring 159.",
        "Tell Mr Example, e.g by letter.",
        "See for more.",
        "Is it so?",
    ]


@pytest.mark.parametrize("text", ["", " \n\n", "159 999", "https://www.example.org", "…"])
def test_where_there_is_no_word_nothing_is_measured(text: str) -> None:
    assert measure(text) is None


@given(st.text(string.printable + "é£“”…", max_size=400))
def test_any_text_can_be_measured(text: str) -> None:
    found = measure(text)
    assert found is None or (5 <= found.age <= 22 and found.sentences <= found.words)


@given(st.lists(st.sampled_from(["Say no.", "Shut the door.", "They came in a van."]), min_size=1, max_size=8))
def test_how_a_text_is_parted_into_paragraphs_changes_nothing(said: list[str]) -> None:
    assert measure("\n\n".join(said)) == measure(*said) == measure(" ".join(said))
