"""Templates are filled once, with what they may hold; a letter is finished before it goes."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.letters.conftest import HOUR, NOON, VICTIM, letter
from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.documents.description import Heading, Items, Paragraph
from tsalert.documents.pdf import write_pdf
from tsalert.letters.models import Letter
from tsalert.letters.queries import LetterRecord
from tsalert.letters.rules import (
    PLACEHOLDERS,
    NewTemplate,
    blocks_of,
    check_letter,
    check_template,
    fill,
    kind_in_words,
    read_sent_at,
)
from tsalert.letters.standard import STANDARD
from tsalert.letters.vocabulary import LetterKind
from tsalert.response.vocabulary import Category

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("kind", LetterKind)
def test_the_words_that_come_with_the_program_can_be_filled(kind: LetterKind) -> None:
    title, body = STANDARD[kind]
    check_template(kind, NewTemplate(title, body, "As delivered"))
    filled = fill(body, dict.fromkeys(PLACEHOLDERS[kind], "X"))
    assert "{" not in filled
    assert all(isinstance(block, Heading | Paragraph | Items) for block in blocks_of(filled))
    paragraphs = [block.text for block in blocks_of(filled) if isinstance(block, Paragraph)]
    assert not any("\n" in text for text in paragraphs)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        (LetterKind.WARNING, "Dear {victim},", "no placeholder {victim}"),
        (LetterKind.VISIT, "Dear {vctim},", "no placeholder {vctim}"),
        (LetterKind.VISIT, "Dear {victim", "by itself"),
        (LetterKind.VISIT, "Dear {Victim},", "by itself"),
        (LetterKind.VISIT, "Dear {{victim}},", "by itself"),
        (LetterKind.VISIT, "{victim.__class__}", "by itself"),
    ],
)
def test_a_template_with_an_unknown_placeholder_is_refused(kind: LetterKind, body: str, said: str) -> None:
    with refused(RuleViolation, said, field="body"):
        check_template(kind, NewTemplate("A title", body, "why"))


@pytest.mark.parametrize(
    ("category", "kind", "said"),
    [
        (Category.DOORSTEP_CRIME, "roofing", "doorstep crime (roofing)"),
        (Category.DOORSTEP_CRIME, "other", "doorstep crime"),
        (Category.SCAM, "bank_impersonation", "a scam (pretending to be the bank)"),
        (Category.FINANCIAL_ABUSE, "by_carer", "financial abuse (by carer)"),
        (Category.OTHER, "product_safety", "a problem (product safety)"),
    ],
)
def test_a_resident_reads_what_they_told_us_about(category: Category, kind: str, said: str) -> None:
    assert kind_in_words(category, kind) == said


def test_a_title_names_nobody() -> None:
    with refused(RuleViolation, "A title names nobody", field="title"):
        check_template(LetterKind.VISIT, NewTemplate("Our visit to {victim}", "Dear", "why"))
    with refused(field="title"):
        check_letter(letter(title=f"About {VICTIM.upper()}"), victim=VICTIM)


def test_what_was_filled_in_is_not_filled_again() -> None:
    assert fill("Dear {victim}, {officer}", {"victim": "{officer}", "officer": "Pat"}) == "Dear {officer}, Pat"


def test_what_is_not_known_stays_to_be_written_over_and_is_asked_for() -> None:
    begun = fill("Dear {victim},", {})
    assert begun == "Dear {victim},"
    with refused(RuleViolation, "Write the victim's name in the place of {victim}.", field="body"):
        check_letter(letter(body=begun), victim=None)


def test_brackets_that_are_no_placeholder_may_stand_in_a_letter() -> None:
    check_letter(letter(body="Set {a, b} and {unknown} and }"), victim=None)


def test_headings_lists_and_paragraphs_are_told_apart() -> None:
    text = "# One\nfirst\nsecond\n\n- a\n- b\n1. x\n2. y\n\n\n  \nend"
    assert blocks_of(text) == (
        Heading("One"),
        Paragraph("first\nsecond"),
        Items(("a", "b")),
        Items(("x", "y"), is_numbered=True),
        Paragraph("end"),
    )


@given(st.text())
def test_every_text_has_its_parts_and_loses_no_word(text: str) -> None:
    for block in blocks_of(text):
        assert isinstance(block, Heading | Paragraph | Items)


@pytest.mark.parametrize(
    ("told", "says"),
    [(NOON - SECOND, "That is before the letter was issued"), (NOON + HOUR + SECOND, "Give a time that has passed")],
)
def test_a_letter_was_sent_after_it_was_issued_and_not_in_time_to_come(told: datetime, says: str) -> None:
    issued_at = NOON + 40 * SECOND
    for fitting in (NOON, NOON + HOUR):
        assert read_sent_at(fitting, issued_at=issued_at, now=NOON + HOUR) == fitting
    assert read_sent_at(None, issued_at=issued_at, now=NOON + HOUR) == NOON + HOUR
    with refused(RuleViolation, says, field="sent_at"):
        read_sent_at(told, issued_at=issued_at, now=NOON + HOUR)


def test_a_letter_whose_time_is_over_says_so_and_can_still_be_shown() -> None:
    row = Letter(title="[removed]", content="[removed]", digest="0" * 64, issued_at=NOON, kind="visit")
    gone = LetterRecord(row, ()).document
    assert gone.title == "Removed when its time was over"
    assert write_pdf(gone).startswith(b"%PDF")
