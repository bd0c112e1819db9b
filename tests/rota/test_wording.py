"""How times of the rota read."""

from datetime import UTC, datetime, timedelta

import pytest

from tsalert.rota.coverage import Gap, Span
from tsalert.rota.vocabulary import Duty
from tsalert.rota.wording import code_text, describe_gap, gap_mail, hours

MIDNIGHT = datetime(2026, 6, 9, 23, tzinfo=UTC)  # the 10th of June begins in London
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (9, 18, "9:00am to 6:00pm"),
        (18, 32, "6:00pm to 8:00am next day"),
        (18, 24, "6:00pm to midnight"),
        (0, 24, "all day"),
        (0, 48, "12:00am to 12:00am on 12 June 2026"),
    ],
)
def test_hours_are_said_under_the_day_on_which_they_begin(first: int, last: int, words: str) -> None:
    assert hours(Span(MIDNIGHT + first * HOUR, MIDNIGHT + last * HOUR)) == words


def test_a_mail_about_gaps_names_each_and_says_where_to_mend_it() -> None:
    gaps = [Gap(duty, Span(MIDNIGHT, MIDNIGHT + HOUR)) for duty in (Duty.PRIMARY, Duty.MANAGER)]
    mail = gap_mail(gaps, authority="Testshire", link="https://alerts.example.org/rota")
    assert mail.subject == "The rota has 2 gaps"
    assert all(describe_gap(gap) in mail.text for gap in gaps)
    assert "https://alerts.example.org/rota" in mail.text
    assert gap_mail(gaps[:1], authority="Testshire", link="x").subject == "The rota has a gap"


def test_the_text_with_a_code_fits_one_message() -> None:
    said = code_text("012345", authority="The London Borough of Somewhere").sms or ""
    assert "012345" in said
    assert len(said) <= 160
