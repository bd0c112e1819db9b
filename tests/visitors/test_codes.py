"""Codes of six digits: five tries in ten minutes, once, for one purpose."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.db import transaction
from tsalert.visitors.codes import MadeCode, make_code, try_code
from tsalert.visitors.models import VisitorCode
from tsalert.visitors.rules import CODE_LIFE, CODE_TRIES

PREFERENCES = "preferences"


def make(record_id: int | None = 7) -> MadeCode:
    with transaction() as session:
        return make_code(session, PREFERENCES, record_id, now=NOW)


def wrong(made: MadeCode) -> str:
    return f"{(int(made.code) + 1) % 1_000_000:06}"


def test_the_right_code_stands_for_its_record_once(session: Session) -> None:
    made = make()
    assert try_code(PREFERENCES, made.token, made.code, now=NOW) == 7
    assert try_code(PREFERENCES, made.token, made.code, now=NOW) is None


def test_a_code_stands_for_its_record_again_where_that_does_no_harm_and_no_oftener_than_five_times(
    session: Session,
) -> None:
    made = make()
    found = [try_code(PREFERENCES, made.token, made.code, now=NOW, may_repeat=True) for _ in range(CODE_TRIES + 1)]
    assert found == [*[7] * CODE_TRIES, None]


@pytest.mark.parametrize("apart", [" ", "-", " - "])
def test_a_code_may_be_typed_in_groups(session: Session, apart: str) -> None:
    made = make()
    assert try_code(PREFERENCES, made.token, f" {made.code[:3]}{apart}{made.code[3:]} ", now=NOW) == 7


def test_five_wrong_tries_end_a_code(session: Session) -> None:
    made = make()
    for _ in range(CODE_TRIES):
        assert try_code(PREFERENCES, made.token, wrong(made), now=NOW) is None
    assert try_code(PREFERENCES, made.token, made.code, now=NOW) is None


def test_the_fifth_try_may_still_be_right(session: Session) -> None:
    made = make()
    for _ in range(CODE_TRIES - 1):
        try_code(PREFERENCES, made.token, wrong(made), now=NOW)
    assert try_code(PREFERENCES, made.token, made.code, now=NOW) == 7


def test_a_code_is_good_for_ten_minutes(session: Session) -> None:
    made = make()
    assert try_code(PREFERENCES, made.token, made.code, now=NOW + CODE_LIFE) is None
    assert try_code(PREFERENCES, made.token, made.code, now=NOW + CODE_LIFE - timedelta(seconds=1)) == 7


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\x00", "9" * 10_000])
def test_what_cannot_be_a_code_is_wrong(session: Session, typed: str) -> None:
    assert try_code(PREFERENCES, make().token, typed, now=NOW) is None


def test_a_code_for_nobody_is_made_and_never_right(session: Session) -> None:
    made = make(None)
    assert try_code(PREFERENCES, made.token, made.code, now=NOW) is None


def test_a_token_of_another_purpose_opens_nothing(session: Session) -> None:
    made = make()
    assert try_code("join", made.token, made.code, now=NOW) is None
    assert try_code(PREFERENCES, "x" * 32, made.code, now=NOW) is None


def test_the_database_keeps_no_code(session: Session) -> None:
    made = make()
    assert made.code not in session.scalars(select(VisitorCode.digest)).one()
