"""An alert's words are cut where a sentence ends, and never so that a reader takes a part for the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts.printed.cutting import cut, sentences, shortened, width

ONE, TWO, THREE = "Roofers knock.", "They say a tile is loose.", "They take you to the bank."


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param(f"{ONE} {TWO}", [ONE, TWO], id="sentences-of-a-paragraph"),
        pytest.param(f"{ONE}\n\n{TWO}", [ONE, TWO], id="paragraphs"),
        pytest.param("They *knock*\nand ring.", ["They knock and ring."], id="a-sentence-on-two-lines"),
        pytest.param("- Say no\n- Shut the door!\n", ["Say no.", "Shut the door!"], id="points-end-like-sentences"),
        pytest.param("1. Say no.\n2. Ring us.", ["Say no.", "Ring us."], id="numbered-points"),
        pytest.param("- Say no. Ring us.\n  Tell us.", ["Say no.", "Ring us.", "Tell us."], id="a-long-point"),
        pytest.param("See [us](http://127.0.0.1:8000/at-the-door).", ["See us (http://127.0.0.1:8000/at-the-door)."],
                     id="a-link-keeps-its-address"),
        pytest.param("টাকা দেবেন না। ফোন করুন।", ["টাকা দেবেন না।", "ফোন করুন।"], id="bengali"),
        pytest.param("کیا وہ آئے؟ دروازہ بند رکھیں۔", ["کیا وہ آئے؟", "دروازہ بند رکھیں۔"], id="urdu"),  # noqa: RUF001
        pytest.param("- 不要付钱。", ["不要付钱。"], id="chinese"),
        pytest.param("- They say “Pay now!”", ["They say “Pay now!”"], id="a-point-that-ends-with-what-is-said"),
        pytest.param("- Say no (and shut the door.)", ["Say no (and shut the door.)"], id="a-point-in-brackets"),
        pytest.param("", [], id="nothing"),
        pytest.param("\n \n", [], id="empty-lines"),
    ],
)  # fmt: skip
def test_a_text_is_read_sentence_by_sentence(source: str, said: list[str]) -> None:
    assert sentences(source) == said


@pytest.mark.parametrize(
    ("longest", "most", "kept", "is_all"),
    [
        pytest.param(100, None, (ONE, TWO, THREE), True, id="all"),
        pytest.param(41, None, (ONE, TWO), False, id="the-third-does-not-fit"),
        pytest.param(100, 1, (ONE,), False, id="no-more-than-asked-for"),
        pytest.param(10, None, ("Roofers…",), False, id="the-first-ends-at-a-word"),
    ],
)
def test_a_long_text_is_cut_where_a_sentence_ends(
    longest: int, most: int | None, kept: tuple[str, ...], *, is_all: bool
) -> None:
    found = cut([ONE, TWO, THREE], longest=longest, most=most)
    assert (found.sentences, found.is_all) == (kept, is_all)


def test_of_nothing_all_is_there() -> None:
    assert cut([], longest=10).is_all


@given(st.text(min_size=1).filter(str.strip), st.integers(2, 60))
def test_a_cut_is_never_longer_than_there_is_room(text: str, longest: int) -> None:
    assert width(shortened(text, longest)) <= longest
    found = cut(sentences(text), longest=longest)
    assert width(found.text) <= longest
