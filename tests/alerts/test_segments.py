import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts.segments import Encoding, measure, plain_marks

EMOJI = "\N{POLICE CAR}"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        pytest.param("", Encoding.GSM_7, 0, 1, id="nothing"),
        pytest.param("a" * 160, Encoding.GSM_7, 160, 1, id="one-full-segment"),
        pytest.param("a" * 161, Encoding.GSM_7, 161, 2, id="one-character-over"),
        pytest.param("a" * 306, Encoding.GSM_7, 306, 2, id="two-full-segments"),
        pytest.param("a" * 307, Encoding.GSM_7, 307, 3, id="one-over-two"),
        pytest.param("€" * 80, Encoding.GSM_7, 160, 1, id="euro-counts-twice"),
        pytest.param("a" * 152 + "€" + "a" * 152, Encoding.GSM_7, 306, 3, id="a-pair-is-not-split"),
        pytest.param("é£@\n", Encoding.GSM_7, 4, 1, id="accents-of-the-basic-set"),
        pytest.param("ô", Encoding.UCS_2, 1, 1, id="an-accent-outside-it"),
        pytest.param("ô" * 70, Encoding.UCS_2, 70, 1, id="one-full-wide-segment"),
        pytest.param("ô" * 71, Encoding.UCS_2, 71, 2, id="one-over-a-wide-segment"),
        pytest.param("ô" * 134, Encoding.UCS_2, 134, 2, id="two-full-wide-segments"),
        pytest.param(EMOJI * 35, Encoding.UCS_2, 70, 1, id="emoji-count-twice"),
        pytest.param("a" * 66 + EMOJI + "a" * 66, Encoding.UCS_2, 134, 3, id="an-emoji-is-not-split"),
    ],
)
def test_a_text_takes_the_segments_that_networks_charge(
    text: str, encoding: Encoding, units: int, segments: int
) -> None:
    size = measure(text)
    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


def test_the_characters_that_make_a_text_costly_are_named_once() -> None:
    assert measure("Ring ô ô now ę").costly == ("ô", "ę")


def test_marks_from_a_word_processor_become_plain_ones() -> None:
    assert plain_marks("\u201cDon\u2019t\u201d \u2013 wait\u2026") == '"Don\'t" - wait...'
    assert measure(plain_marks("\u201cDon\u2019t\u201d \u2013 wait\u2026")).encoding is Encoding.GSM_7


@given(st.text(max_size=700))
def test_segments_are_enough_for_the_units_and_never_one_too_many(text: str) -> None:
    size = measure(text)
    alone, each = (160, 153) if size.encoding is Encoding.GSM_7 else (70, 67)
    if size.units <= alone:
        assert size.segments == 1
    else:  # at most one unit of each segment is left empty, where a pair did not fit
        assert -(-size.units // each) <= size.segments <= -(-size.units // (each - 1))
