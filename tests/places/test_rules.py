"""Lists of wards, good and bad."""

import pytest

from tsalert.core.errors import RuleViolation
from tsalert.places.rules import NamedWard, read_wards


def test_wards_are_read_under_their_header() -> None:
    found = read_wards(["Code, Name\n", "E05000001,Example Park\n", "\n", '"W05000002","Mottingham, Example"\n'])
    assert found.wards == [NamedWard("E05000001", "Example Park"), NamedWard("W05000002", "Mottingham, Example")]
    assert found.problems == []


@pytest.mark.parametrize("header", ["", "name,code\n", "code\n", "E05000001,Example Park\n"])
def test_another_header_is_refused(header: str) -> None:
    with pytest.raises(RuleViolation, match="code,name"):
        read_wards([header] if header else [])


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("E05,Example Park", id="short-code"),
        pytest.param("X05000001,Example Park", id="code-of-no-country"),
        pytest.param("E05000001", id="no-name"),
        pytest.param("E05000001, ", id="empty-name"),
        pytest.param("E05000001,a\x00b", id="binary"),
        pytest.param("E05000001,Example,Park", id="a-cell-too-many"),
        pytest.param("E05000001," + "x" * 101, id="name-without-end"),
        pytest.param('E05000001,"Exam"ple', id="broken-quotes"),
    ],
)
def test_a_bad_line_is_reported_and_the_good_ones_before_it_kept(line: str) -> None:
    found = read_wards(["code,name\n", "E05000009,Good Ward\n", line])
    assert found.wards == [NamedWard("E05000009", "Good Ward")]
    assert [problem.partition(":")[0] for problem in found.problems] == ["line 3"]
