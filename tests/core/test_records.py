"""Records of a file: one that cannot be read spoils no other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.core.records import Record, decoded, read_records, require_text


def read(text: str) -> list[Record]:
    return list(read_records(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\ufeffa,b\n1,2\n", [(1, ("a", "b")), (2, ("1", "2"))], id="byte-order-mark"),
        pytest.param("a,b\r\n\r\n1,2\r\n,\r\n", [(1, ("a", "b")), (3, ("1", "2"))], id="blank-lines-of-a-spreadsheet"),
        pytest.param('a\n"x\ny"\nb\n', [(1, ("a",)), (2, ("x\ny",)), (4, ("b",))], id="a-line-break-in-a-cell"),
        pytest.param("a\rb\r", [(1, ("a",)), (2, ("b",))], id="line-ends-of-an-old-macintosh"),
        pytest.param('a;b\n"1;2";3,5\n', [(1, ("a", "b")), (2, ("1;2", "3,5"))], id="semicolons-of-another-country"),
        pytest.param("a\tb\n1,2\t3\n", [(1, ("a", "b")), (2, ("1,2", "3"))], id="tabs-of-pasted-cells"),
        pytest.param('a,5" pipe\n', [(1, ("a", '5" pipe'))], id="an-inch-mark"),
        pytest.param("", [], id="nothing"),
        pytest.param("a", [(1, ("a",))], id="no-line-end"),
    ],
)
def test_records_carry_the_line_they_began_on(text: str, expected: list[tuple[int, tuple[str, ...]]]) -> None:
    assert [(record.line, record.values) for record in read(text)] == expected


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_alone() -> None:
    lines = ["a,b", 'x,"y', *(f"{number},z" for number in range(100))]
    records = read("\n".join(lines))
    assert [record.line for record in records if record.fault] == [2]
    assert len(records) == 102


def test_a_quotation_mark_in_the_wrong_place_costs_its_own_line_alone() -> None:
    records = read('a\n"x"y\nb\n')
    assert [(record.line, bool(record.fault)) for record in records] == [(1, False), (2, True), (3, False)]


def test_a_value_that_is_far_too_long_costs_its_own_line_alone() -> None:
    records = read(f"a\n{'x' * 200_000}\nb\n")
    assert [(record.line, bool(record.fault)) for record in records] == [(1, False), (2, True), (3, False)]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=4)))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    rows = [row for row in rows if any(value.strip() for value in row)]
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["header"], *rows])
    assert [list(record.values) for record in read(written.getvalue())] == [["header"], *rows]


@given(st.text())
def test_no_text_whatever_makes_reading_fail(text: str) -> None:
    read(text)


NO_TEXT = {
    "a workbook": b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
    "UTF-16": "code,name\n".encode("utf-16"),
    "UTF-16 without a mark": "code,name\n".encode("utf-16-le"),
    "Windows' own": "code,na\xefve\n".encode("cp1252"),
    "a quotation mark never closed": b'"code,name\n',
}


def test_a_file_that_is_no_text_is_refused_with_how_to_save_it() -> None:
    for name, content in NO_TEXT.items():
        lines = io.StringIO(content.decode("utf-8", errors="surrogateescape"), newline="")
        with pytest.raises(RuleViolation, match="choose Save As") as refused:
            require_text(next(read_records(lines)))
        assert refused.value.field == "file", name
    require_text(Record(1, ("code", "na\xefve", "two\nlines\t")))


def test_the_text_of_a_whole_file_is_returned_or_the_line_told_that_is_none() -> None:
    assert decoded("\ufeffcode,na\xefve\r\n".encode()) == "code,na\xefve\r\n"
    for name in ("a workbook", "UTF-16", "UTF-16 without a mark", "Windows' own"):
        with pytest.raises(RuleViolation, match=r"This is not CSV in UTF-8\. In Excel, choose Save As"):
            decoded(NO_TEXT[name])
    with pytest.raises(RuleViolation, match=r"Line 2 is not text in UTF-8\. In Excel, choose Save As"):
        decoded("code,name\nE05000001,na\xefve\n".encode("cp1252"))
