"""Rate sets that leave as files and come back."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.savings.rates import drafting, rate_sets
from tsalert.savings.rates import files as rate_files
from tsalert.savings.rates.comparing import compare
from tsalert.savings.rates.rules import NewRateSet
from tsalert.savings.rules import Span
from tsalert.savings.valuing.valuation import Rate, RateKind, ValueClass

SHARE = Rate("board", "call_blocker", ValueClass.HEALTH_QOL, RateKind.SHARE_OF, Decimal("0.54"), "of it", "E")
ONE = NewRateSet(
    slug="board",
    title="=SUM(A1) and \u201cquotes\u201d, commas",
    basis="published",
    span=Span(date(2024, 4, 1), None),
    source="+44 a source",
    evidence_note='First line,\nsecond "line"',
    rates=(SHARE, replace(SHARE, intervention_type="scam_victim", value=Decimal("0.123456789012"), note="-1")),
)
WRITERS = {"a.json": rate_files.write_json, "a.csv": rate_files.write_rates_csv}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("slug", ["nts-observed-2021-22", "prudent-2026", "hmt-2026"])
def test_every_set_that_ships_leaves_and_comes_back_the_same(session: Session, name: str, slug: str) -> None:
    known = drafting.content_of(rate_sets.get_rate_set(session, slug))
    assert rate_files.read_file(name, WRITERS[name](known).encode()) == known


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("known", [ONE, replace(ONE, rates=())], ids=["hostile-words", "without-rates"])
def test_a_set_with_hostile_words_leaves_and_comes_back_the_same(name: str, known: NewRateSet) -> None:
    assert rate_files.read_file(name, b"\xef\xbb\xbf" + WRITERS[name](known).encode()) == known


def test_no_cell_of_a_csv_file_is_a_formula() -> None:
    assert ",=SUM" not in rate_files.write_rates_csv(ONE)
    assert ",+44" not in rate_files.write_rates_csv(ONE)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("rates.txt", b"", "ends in .csv or .json", id="another-kind"),
        pytest.param("rates.csv", b"a,b\n1,2\n", "The first line must be", id="other-columns"),
        pytest.param("rates.csv", b"", "The first line must be", id="empty"),
        pytest.param("rates.csv", (",".join(rate_files.COLUMNS) + "\n").encode(), "no line below", id="head-alone"),
        pytest.param("rates.csv", (",".join(rate_files.COLUMNS) + "\n1,2\n").encode(), "Line 2 has 2", id="short"),
        pytest.param("rates.csv", b"PK\x03\x04", "choose Save As", id="a-workbook"),
        pytest.param("rates.json", b"\xff\xfe", "not text in UTF-8", id="another-encoding"),
        pytest.param("rates.json", b"{", "not JSON", id="cut"),
        pytest.param("rates.json", b"[" * 100_000, "not JSON", id="nested"),
        pytest.param("rates.json", b" " * 1_000_001, "too large", id="too-large"),
    ],
)
def test_a_file_that_is_no_rate_set_is_refused_in_words(name: str, content: bytes, says: str) -> None:
    with pytest.raises(RuleViolation, match=says):
        rate_files.read_file(name, content)


@pytest.mark.parametrize("content", [b"[]", b"3", b'{"slug": 3}', b'{"slug": "a", "unknown": 1}'])
def test_json_of_another_shape_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        rate_files.read_file("a.json", content)


def test_a_number_as_json_s_own_is_refused_since_it_may_have_lost_digits() -> None:
    document = rate_files.write_json(ONE).replace('"0.54"', "0.54")
    with pytest.raises(ValidationError, match="Enter a number"):
        rate_files.read_file("a.json", document.encode())


def test_lines_of_two_sets_are_refused() -> None:
    other = rate_files.write_rates_csv(replace(ONE, slug="other")).splitlines(keepends=True)[1:]
    with pytest.raises(RuleViolation, match="more than one rate set"):
        rate_files.read_file("a.csv", (rate_files.write_rates_csv(ONE) + "".join(other)).encode())


def test_two_sets_side_by_side_show_what_differs() -> None:
    dearer, other = replace(SHARE, value=Decimal("0.6"), note="why"), replace(SHARE, intervention_type="advice")
    found = compare([SHARE, ONE.rates[1]], [dearer, ONE.rates[1], other])
    assert [(each.intervention_type, each.is_same, each.names) for each in found] == [
        ("call_blocker", False, ("value", "note")),
        ("scam_victim", True, ()),
        ("advice", False, ()),
    ]
    assert (found[2].first, found[2].second) == (None, other)


NUMBERS = st.decimals(0, 1, places=6, allow_nan=False, allow_infinity=False)


@given(
    value=NUMBERS, note=st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1)
)
def test_any_rate_leaves_and_comes_back_the_same(value: Decimal, note: str | None) -> None:
    known = replace(ONE, rates=(replace(SHARE, value=value, note=note and note[:400]),))
    for name, write in WRITERS.items():
        (rate,) = rate_files.read_file(name, write(known).encode()).rates
        assert rate.value == value
