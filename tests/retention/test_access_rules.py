"""When the answer to a request for somebody's data is due, and what must be done first."""

from datetime import date, timedelta

import pytest

from tests.refusals import refused
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.retention.access import rules
from tsalert.retention.access.rules import Answer

DAY = timedelta(days=1)
RECEIVED = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("received_on", "due_on", "extended"),
    [
        pytest.param(RECEIVED, date(2026, 3, 2), date(2026, 4, 30), id="the-last-of-a-shorter-month-is-a-saturday"),
        pytest.param(date(2026, 3, 3), date(2026, 4, 7), date(2026, 6, 3), id="after-easter"),
        pytest.param(date(2026, 9, 25), date(2026, 10, 26), date(2026, 12, 29), id="after-christmas"),
    ],
)
def test_an_answer_is_due_on_a_working_day_a_month_or_three_later(
    received_on: date, due_on: date, extended: date
) -> None:
    assert rules.due_on(received_on) == due_on
    assert rules.extended(received_on) == extended


def test_a_request_came_since_there_is_the_right_and_not_in_the_future() -> None:
    today = date(2026, 6, 10)
    for day in (date(2000, 1, 1), today):
        rules.require_received(day, today)
    for day, message in ((today + DAY, "This day has not come yet"), (date(1999, 12, 31), "The date is too long ago")):
        with refused(RuleViolation, message, field="received_on"):
            rules.require_received(day, today)


def test_more_time_is_taken_for_a_reason_and_within_the_first_month() -> None:
    due = rules.due_on(RECEIVED)
    rules.require_extension(RECEIVED, due, "Thirty years of letters.")
    with refused(RuleViolation, "Say why the request is complex", field="reason"):
        rules.require_extension(RECEIVED, due, "  ")
    with refused(Conflict, "The first month is over"):
        rules.require_extension(RECEIVED, due + DAY, "Thirty years of letters.")


def answerable(answer: Answer, *, checked: bool = True, unreviewed: int = 0, withheld: int = 0) -> None:
    rules.require_answerable(answer, is_identity_checked=checked, unreviewed=unreviewed, withheld=withheld)


def test_an_answer_is_given_once_everything_was_looked_at() -> None:
    answerable(Answer.GIVEN)
    answerable(Answer.IN_PART, withheld=2)
    with refused(Conflict, "Check who is asking", legal=("note that the identity was checked",)):
        answerable(Answer.GIVEN, checked=False)
    with refused(Conflict, "1 particular that may be somebody else's was not reviewed yet"):
        answerable(Answer.GIVEN, unreviewed=1)
    with refused(Conflict, "2 particulars that may be somebody else's were not reviewed yet"):
        answerable(Answer.IN_PART, unreviewed=2, withheld=1)


@pytest.mark.parametrize(
    ("answer", "withheld", "message"),
    [(Answer.GIVEN, 1, "Something is withheld"), (Answer.IN_PART, 0, "Nothing is withheld")],
)
def test_an_answer_says_whether_all_of_it_is_given(answer: Answer, withheld: int, message: str) -> None:
    with refused(RuleViolation, message, field="answer"):
        answerable(answer, withheld=withheld)


@pytest.mark.parametrize("answer", [Answer.NOTHING_HELD, Answer.REFUSED])
def test_where_nothing_is_given_nothing_need_be_prepared(answer: Answer) -> None:
    answerable(answer, checked=False, unreviewed=3, withheld=1)
