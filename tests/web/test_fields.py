"""What a form or a JSON body may hold, and what is said when it may not."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.datastructures import MultiDict

from tsalert.response.vocabulary import Category
from tsalert.web.fields import Count, Day, Instant, Line, Paragraph, PeriodLabel, Postcode, Pounds, RecordId, choice
from tsalert.web.forms import errors_by_field, read_form


class Sample(Schema):
    class Meta:
        unknown = RAISE

    name = Line(longest=10)
    story = Paragraph()
    amount = Pounds()
    at = Instant()
    record = RecordId()
    day = Day()
    postcode = Postcode()
    period = PeriodLabel()
    category = choice(Category)


def fault(name: str, value: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        Sample().load({name: value})
    return errors_by_field(refusal.value)[name]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param("name", "x" * 11, "10 characters", id="too-long"),
        pytest.param("name", "two\nlines", "cannot be seen", id="line-break-in-a-line"),
        pytest.param("name", "nul\x00", "cannot be seen", id="nul"),
        pytest.param("story", "nul\x00", "cannot be seen", id="nul-in-a-paragraph"),
        pytest.param("name", "exe\u202egpj", "cannot be seen", id="text-that-reads-backwards"),
        pytest.param("name", 7, "as text", id="a-number-for-text"),
        pytest.param("amount", "-1", "between", id="negative-money"),
        pytest.param("amount", 1.5, "as text", id="a-float-for-money"),
        pytest.param("amount", "0.001", "penny", id="a-fraction-of-a-penny"),
        pytest.param("at", "2026-01-01T10:00", "zone", id="a-time-without-zone"),
        pytest.param("at", "yesterday", "date and time", id="no-time-at-all"),
        pytest.param("at", "0001-01-01T00:00:00+23:00", "date and time", id="before-the-calendar"),
        pytest.param("record", 2**31, "no record", id="beyond-the-largest-number"),
        pytest.param("record", 0, "no record", id="zero"),
        pytest.param("record", -5, "no record", id="negative"),
        pytest.param("record", True, "no record", id="true-is-no-number"),
        pytest.param("record", 1.5, "no record", id="a-fraction"),
        pytest.param("record", "1 OR 1=1", "no record", id="not-a-number"),
        pytest.param("day", "22/11/2026", "date", id="a-day-in-another-form"),
        pytest.param("postcode", "BR1", "full postcode", id="half-a-postcode"),
        pytest.param("period", "2022/23 Q5", "2022/23 Q1", id="a-fifth-quarter"),
        pytest.param("period", 2022, "2022/23 Q1", id="a-number-for-a-period"),
        pytest.param("category", "theft", "from the list", id="a-word-of-no-list"),
        pytest.param("category", ["scam"], "as text", id="a-list-for-a-word"),
        pytest.param("other", "x", "do not know", id="unknown-field"),
    ],
)
def test_a_wrong_value_is_answered_in_words(name: str, value: Any, message: str) -> None:
    assert message in fault(name, value)


def test_good_values_arrive_typed_and_trimmed() -> None:
    given = {"name": " Jo ", "story": "a\r\nb\rc", "amount": "£4,000", "at": "2026-01-01T10:00:00+01:00", "record": "7"}
    assert Sample().load(given) == {
        "name": "Jo",
        "story": "a\nb\nc",
        "amount": Decimal("4000.00"),
        "at": datetime(2026, 1, 1, 9, 0, tzinfo=UTC),
        "record": 7,
    }


def test_a_number_may_be_typed_as_pages_show_it() -> None:
    schema = Schema.from_dict({"many": Count()})()
    good: dict[object, int] = {"1200": 1200, " 1,200 ": 1200, "1,000,000": 1_000_000, "0": 0, 7: 7}
    bad = ("12,00", "1,2000", "1.5", ",100", "1\u0662", "9" * 13, "1,000,000,001", True)
    assert {typed: schema.load({"many": typed})["many"] for typed in good} == good
    assert [typed for typed in bad if not schema.validate({"many": typed})] == []


def test_a_page_sends_londons_wall_time_and_empty_boxes() -> None:
    typed = MultiDict({"at": "2026-07-01T10:00", "name": "  ", "csrf_token": "t", "submission": "s"})
    assert read_form(Sample(), typed) == {"at": datetime(2026, 7, 1, 9, 0, tzinfo=UTC)}


@pytest.mark.parametrize("name", ["name", "at"])
def test_a_field_sent_twice_is_refused_beside_it(name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_form(Sample(), MultiDict([(name, "2026-07-01T10:00"), (name, "2026-07-01T11:00")]))
    assert "more than once" in errors_by_field(refusal.value)[name]


def test_a_wall_time_that_never_was_is_refused_beside_it() -> None:
    with pytest.raises(ValidationError) as refusal:
        read_form(Sample(), MultiDict({"at": "2026-03-29T01:30"}))
    assert "went forward" in errors_by_field(refusal.value)["at"]


def test_a_wall_time_that_came_twice_is_asked_which_it_was() -> None:
    with pytest.raises(ValidationError) as refusal:
        read_form(Sample(), MultiDict({"at": "2026-10-25T01:30"}))
    assert "came twice" in errors_by_field(refusal.value)["at"]


@pytest.mark.parametrize(("zone", "hour"), [("BST", 0), ("GMT", 1)])
def test_either_passing_of_the_hour_that_comes_twice_can_be_told(zone: str, hour: int) -> None:
    typed = MultiDict({"at": "2026-10-25T01:30", "at_zone": zone})
    assert read_form(Sample(), typed) == {"at": datetime(2026, 10, 25, hour, 30, tzinfo=UTC)}


@pytest.mark.parametrize("number", ["\u202d07700 900123\u202c", "\u202a07700 900123\u202c", "\u206807700 900123\u2069"])
def test_a_number_copied_from_an_address_book_is_taken(number: str) -> None:
    assert Sample().load({"story": f"He rang from {number}."}) == {"story": "He rang from 07700 900123."}
    assert "reading direction" in fault("story", f"{number}\u202egpj")


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200b", "\u00ad\ufeff", "\u3164\n\u2800", "\u202e", "\ue000", "\U0006a1b2"]
)
def test_text_of_which_nothing_is_seen_is_no_answer(typed: str) -> None:
    with pytest.raises(ValidationError, match="Say what"):
        Paragraph(required=True, error_messages={"required": "Say what happened."}).deserialize(typed)


def test_a_line_feed_counts_once_however_a_browser_sends_it() -> None:
    story = "\n".join(["x" * 99] * 40)
    assert len(story) == 3_999
    assert Sample().load({"story": story.replace("\n", "\r\n")}) == {"story": story}
    with pytest.raises(ValidationError, match="4,000 characters or fewer"):
        Sample().load({"story": story + "xx"})
