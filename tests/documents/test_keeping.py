"""A document that was issued is the same years later."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents.examples import document, everything
from tsalert.documents.cleaning import clean
from tsalert.documents.description import Paragraph
from tsalert.documents.keeping import digest, freeze, thaw


def test_a_frozen_document_thaws_as_it_was() -> None:
    assert thaw(freeze(everything())) == everything()


def test_the_digest_tells_one_changed_letter() -> None:
    before, after = freeze(document(Paragraph("£1,600"))), freeze(document(Paragraph("£1,900")))
    assert digest(before) != digest(after)
    assert digest(before) == digest(freeze(thaw(before)))
    assert len(digest(before)) == 64
    assert json.loads(before)["blocks"] == [{"kind": "paragraph", "look": "plain", "text": "£1,600"}]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x07c\x7f", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("half \ud800 pair", "half  pair"),
        ("safe \u202egpj.exe", "safe gpj.exe"),
        ("not \uffff assigned", "not  assigned"),
        ("e\u0301", "é"),
    ],
)
def test_what_no_file_can_carry_is_left_out(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text())
def test_clean_text_stays_as_it_is(typed: str) -> None:
    assert clean(clean(typed)) == clean(typed)
