"""How values read on a page."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tsalert.web import filters


@pytest.mark.parametrize(
    ("at", "text"),
    [
        pytest.param(datetime(2026, 11, 22, 3, 5, tzinfo=UTC), "22 November 2026 at 3:05am", id="winter"),
        pytest.param(datetime(2026, 7, 1, 23, 0, tzinfo=UTC), "2 July 2026 at 12:00am", id="summer-midnight"),
        pytest.param(datetime(2026, 7, 1, 11, 0, tzinfo=UTC), "1 July 2026 at 12:00pm", id="noon"),
        pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026 at 1:30am BST", id="first-of-two"),
        pytest.param(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026 at 1:30am GMT", id="second-of-two"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_instants_read_as_londons_clocks_show_them(at: datetime | None, text: str) -> None:
    assert filters.moment(at) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=1, minutes=12), "1 hour 12 minutes"),
        (timedelta(days=-2, hours=-1), "2 days 1 hour"),
    ],
)
def test_lengths_of_time_read_in_words(length: timedelta, text: str) -> None:
    assert filters.span(length) == text


def test_money_and_days() -> None:
    assert (filters.pounds(Decimal("1.50")), filters.whole(Decimal("49621.50"))) == ("£1.50", "£49,622")
    assert filters.day(date(2026, 1, 2)) == "2 January 2026"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("+447700900123", "07700 900123"),
        ("07700900123", "07700 900123"),
        ("(020) 7946 0123", "020 7946 0123"),
        ("01632 960123", "01632 960123"),
        ("+33 1 99 00 12 34", "+33 1 99 00 12 34"),
        ("07700 900123 (her son)", "07700 900123 (her son)"),
        ("withheld", "withheld"),
        ("12", "12"),
        ("someone@example.org", "someone@example.org"),
        (None, ""),
    ],
)
def test_telephone_numbers_read_in_one_form(number: str | None, text: str) -> None:
    assert filters.telephone(number) == text


def test_the_day_of_an_instant_is_the_day_in_london() -> None:
    assert filters.day(datetime(2022, 6, 29, 23, 30, tzinfo=UTC)) == "30 June 2022"
