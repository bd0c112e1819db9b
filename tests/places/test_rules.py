"""Lists of wards, good and bad."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tsalert.core.errors import RuleViolation
from tsalert.places.rules import NamedWard, Near, Standing, is_due, may_remind, read_wards


def test_wards_are_read_under_their_header() -> None:
    found = read_wards(["Code, Name\n", "E05000001,Example Park\n", "\n", '"W05000002","Mottingham, Example"\n'])
    assert found.wards == [NamedWard("E05000001", "Example Park"), NamedWard("W05000002", "Mottingham, Example")]
    assert found.problems == []


@pytest.mark.parametrize("header", ["", "name,code\n", "code\n", "E05000001,Example Park\n"])
def test_another_header_is_refused(header: str) -> None:
    with pytest.raises(RuleViolation, match="The first line must be: code,name"):
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


STANDING = Standing(postcode="BR1 3UH", is_known=True, authority="Bromley", ward="Bickley", is_ours=True)
GREENWICH, NAMELESS = Near("E09000011", "Greenwich", 140), Near("E09000023", None, 90)


def test_a_postcode_in_the_middle_of_our_area_asks_for_nothing() -> None:
    assert STANDING.warnings == ()
    assert not STANDING.must_ask
    assert STANDING.where == "Bickley, Bromley"
    assert replace(STANDING, ward=None, ward_code="E05", authority=None).where == "E05"
    assert replace(STANDING, ward=None, authority=None, authority_code="E09").where == "E09"


@pytest.mark.parametrize(
    ("changes", "warning", "must_ask"),
    [
        ({"is_known": False}, "The directory does not have this postcode. Check it with the caller.", False),
        ({"is_ours": None}, None, False),
        ({"is_ours": False}, "Out of our area: it is in Bromley. Log it anyway.", False),
        (
            {"is_ours": False, "authority": None, "authority_code": "E09", "contact": "Kent", "contact_phone": "0300"},
            "Out of our area: it is in E09. Log it anyway. Ring Kent on 0300.",
            False,
        ),
        (
            {"is_ours": False, "contact": "Kent"},
            "Out of our area: it is in Bromley. Log it anyway.",
            False,
        ),
        (
            {"near": (GREENWICH, NAMELESS)},
            "Near the border: check with the caller (Greenwich, 140 m away; E09000023, 90 m away).",
            True,
        ),
        ({"listed": "One road of two names."}, "Check with the caller: One road of two names.", True),
        ({"ended_on": date(2020, 3, 1)}, "The post office gave this postcode up in March 2020.", False),
    ],
)
def test_what_an_officer_should_know_of_a_postcode(
    changes: dict[str, Any], warning: str | None, *, must_ask: bool
) -> None:
    standing = replace(STANDING, **changes)
    assert standing.warnings == ((warning,) if warning else ())
    assert standing.must_ask is must_ask


def test_a_contact_is_looked_at_a_year_after_somebody_last_did() -> None:
    today, year = date(2026, 6, 10), timedelta(days=365)
    assert is_due(verified_on=None, added_on=today - year, today=today)
    assert not is_due(verified_on=None, added_on=today - year + timedelta(days=1), today=today)
    assert not is_due(verified_on=today, added_on=today - 2 * year, today=today)


def test_a_reminder_of_a_contact_comes_again_after_thirty_days() -> None:
    now, month = datetime(2026, 6, 10, 12, 0, tzinfo=UTC), timedelta(days=30)
    assert may_remind(reminded_at=None, now=now)
    assert may_remind(reminded_at=now - month, now=now)
    assert not may_remind(reminded_at=now - month + timedelta(seconds=1), now=now)
