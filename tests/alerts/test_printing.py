"""From one text to paper: a poster and large print that are one page each, and words for a newsletter."""

from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import NOW
from tests.documents.reading import alternatives, opened, tags, words
from tsalert.alerts.printed.sheets import PROOF, Copy, Form, draw, newsletter
from tsalert.alerts.rules import LONGEST_ADVICE, LONGEST_BODY, LONGEST_HEADLINE
from tsalert.alerts.wording import Letterhead, Notice
from tsalert.delivery.rules import ACKNOWLEDGE_LINK, PARTNER_MARK, UNSUBSCRIBE_LINK
from tsalert.documents.description import Document, Items
from tsalert.documents.pdf import write_pdf

SMALLEST = {Form.POSTER: 12, Form.LARGE_PRINT: 16}
CHECK = "alerts.testshire.example/check/TS-2026-014"


def head(**changes: str) -> Letterhead:
    values = {
        "authority": "Testshire County Council",
        "public_url": "https://alerts.testshire.example",
        "rapid_response_number": "07700 900461",
        "unsubscribe_url": UNSUBSCRIBE_LINK,
        "acknowledge_url": ACKNOWLEDGE_LINK,
        "partner_mark": PARTNER_MARK,
        "sms_stop": "Reply STOP to end",
    }
    return Letterhead(**values | changes)


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "reference": "TS-2026-014",
        "headline": "Roofers knock in Bickley",
        "body": "Two men say that a *tile* is loose.",
        "advice": "- Say no.\n- Shut the door.",
        "sms": "",
        "expires_at": NOW + timedelta(days=7),
    }
    return Notice(**values | changes)


def page(form: Form, *, is_proof: bool = False, **changes: Any) -> Document:
    return draw(form, Copy(notice(**changes), head(), NOW, is_proof=is_proof))


def in_one_line(content: bytes) -> str:
    """Return the words of a PDF without spaces: long addresses are broken into lines."""
    return "".join(words(content).split())


def sizes(content: bytes) -> set[float]:
    """Return the sizes of letters on the pages of a PDF."""
    found = set()
    for each in opened(content).pages:
        for instruction in pikepdf.parse_content_stream(each):
            if str(instruction.operator) == "Tf":
                found.add(float(instruction.operands[1]))
    return found


@pytest.mark.parametrize("form", Form)
def test_a_screen_reader_hears_a_sheet_in_order(form: Form) -> None:
    file = opened(write_pdf(page(form)))
    found = tags(file)
    assert found[:2] == ["Document", "Title"]
    assert {"L", "LI", "P", "Figure", "Link"} <= set(found)
    assert ("H1" in found) is (form is Form.LARGE_PRINT)
    assert alternatives(file) == [f"A code to scan that leads to https://{CHECK}"]
    assert str(file.docinfo["/Title"]) == "Roofers knock in Bickley"
    assert str(file.Root.Lang) == "en-GB"
    assert b"pdfuaid:part>1<" in file.Root.Metadata.read_bytes()


@pytest.mark.parametrize("form", Form)
def test_a_sheet_says_what_to_do_whom_to_ring_and_where_to_check(form: Form) -> None:
    said = in_one_line(write_pdf(page(form)))
    for part in ("Say no.", "Ring 07700 900461.", "In danger, ring 999.", CHECK, "TS-2026-014", "17 June 2026"):
        assert part.replace(" ", "") in said
    assert "Readon" not in said
    assert "PROOF" not in said


@pytest.mark.parametrize("form", Form)
def test_a_sheet_says_that_it_is_a_proof_until_it_is_sent(form: Form) -> None:
    assert PROOF in " ".join(words(write_pdf(page(form, is_proof=True))).split())


def test_a_poster_has_three_short_points_what_happens_first() -> None:
    (points,) = [block for block in page(Form.POSTER).blocks if isinstance(block, Items)]
    assert points.items == ("Two men say that a tile is loose.", "Say no.", "Shut the door.")


@pytest.mark.parametrize(
    ("body", "advice", "points"),
    [
        pytest.param("One. Two. Three. Four.", "", ("One.", "Two.", "Three."), id="no-advice"),
        pytest.param("One.", "Two. Three. Four.", ("One.", "Two.", "Three."), id="much-advice"),
        pytest.param("One. Two. Three.", "Four.", ("One.", "Two.", "Four."), id="little-advice"),
        pytest.param("One.", "", ("One.",), id="one-sentence"),
    ],
)
def test_the_points_of_a_poster_are_three_at_most(body: str, advice: str, points: tuple[str, ...]) -> None:
    (shown,) = [block for block in page(Form.POSTER, body=body, advice=advice).blocks if isinstance(block, Items)]
    assert shown.items == points


@pytest.mark.parametrize("form", Form)
def test_a_long_alert_says_on_its_sheet_where_to_read_on(form: Form) -> None:
    said = in_one_line(write_pdf(page(form, body="They knock and say that a tile is loose. " * 400)))
    assert f"Readon,andcheckthatitisreal:{CHECK}" in said


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("letter", ["W", "i ", "Wort ", "字"])
def test_the_longest_alert_is_one_page_in_letters_that_can_be_read(form: Form, letter: str) -> None:
    def much(longest: int) -> str:
        return (letter * longest)[:longest].strip()

    changes = {"headline": much(LONGEST_HEADLINE), "body": much(LONGEST_BODY), "advice": much(LONGEST_ADVICE)}
    content = write_pdf(page(form, is_proof=True, follow_up="This updates TS-2026-013.", **changes))
    assert len(opened(content).pages) == 1
    assert min(sizes(content)) >= SMALLEST[form]


@settings(max_examples=15)
@given(st.sampled_from(Form), st.text(min_size=1, max_size=300).filter(str.strip), st.text(max_size=300))
def test_whatever_was_typed_a_sheet_is_one_page(form: Form, body: str, advice: str) -> None:
    assert len(opened(write_pdf(page(form, body=body, advice=advice))).pages) == 1


def test_a_short_headline_is_huge_on_a_poster() -> None:
    assert max(sizes(write_pdf(page(Form.POSTER)))) >= 40


@pytest.mark.parametrize("form", Form)
def test_emoji_are_left_out_on_paper_and_no_sheet_tells_of_a_word_file(form: Form) -> None:
    changes: dict[str, Any] = {
        "headline": "\U0001f6a8 Roofers \u26a0\ufe0f \u12a0\u1260\u1260",
        "body": "They knock \U0001f6aa \u23f0\u2b50 \U0001f3f4\U000e0067\U000e007f.",
    }
    said = in_one_line(write_pdf(page(form, **changes)))
    assert "Roofers[Ethiopic]" in said
    assert "Theyknock." in said
    assert "Characters:Ethiopic(3)." in said
    assert "Wordfile" not in said
    assert "\U0001f6a8" in page(form, headline="\U0001f6a8").title


def test_a_newsletter_gets_about_120_words_and_nobodys_own_link() -> None:
    body = "Two men say that a tile on your roof is loose and that they can mend it today. " * 30
    said = newsletter(notice(body=body, advice="Say no. Shut the door. " * 40), head())
    assert 90 <= len(said.split()) <= 135
    assert "((" not in said
    assert "What to do: Say no." in said
    assert "It applies until Wednesday 17 June 2026." in said
    assert f"https://{CHECK}" in said
    assert "https://alerts.testshire.example/join" in said


def test_a_short_alert_stands_whole_in_a_newsletter() -> None:
    said = newsletter(
        notice(follow_up="This updates TS-2026-013."), head(rapid_response_number=""), join="https://x.example"
    )
    assert said == (
        "Roofers knock in Bickley\n\n"
        "This updates TS-2026-013. Two men say that a tile is loose.\n\n"
        "What to do: Say no. Shut the door.\n\n"
        "In danger, ring 999.\n"
        "This warning is from Testshire County Council. It applies until Wednesday 17 June 2026.\n"
        f"Read all of it, and check that it is real, at https://{CHECK}\n"
        "Free warnings like this: https://x.example\n"
    )


def test_what_says_that_an_alert_is_over_has_no_end_on_paper_either() -> None:
    for form in Form:
        assert "applies until" not in words(write_pdf(page(form, expires_at=None)))
    assert "This warning is from Testshire County Council.\n" in newsletter(notice(expires_at=None), head())
