"""How much a visitor may ask for, counted in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.db import transaction
from tsalert.visitors.limiting import forget_visits, spend
from tsalert.visitors.models import VisitorAllowance, VisitorCode
from tsalert.visitors.rules import KEPT_FOR

HOUR = timedelta(hours=1)


def ask(whose: str = "pat@example.org", *, now: datetime = NOW, purpose: str = "sign up", most: int = 3) -> bool:
    with transaction() as session:
        return spend(session, purpose, whose, most=most, within=HOUR, now=now)


def test_so_much_may_be_asked_for_and_no_more(session: Session) -> None:
    assert [ask() for _ in range(5)] == [True, True, True, False, False]


def test_another_address_and_another_purpose_are_counted_apart(session: Session) -> None:
    for _ in range(3):
        ask()
    assert ask("lee@example.org")
    assert ask(purpose="preferences")


def test_after_the_span_it_may_be_asked_for_again(session: Session) -> None:
    for _ in range(4):
        ask()
    assert not ask(now=NOW + HOUR - timedelta(seconds=1))
    assert ask(now=NOW + HOUR)


def test_nothing_that_was_asked_for_holds_an_address(session: Session) -> None:
    ask()
    assert "pat" not in session.scalars(select(VisitorAllowance.whose)).one()


def test_who_ask_at_the_same_time_are_all_counted(fresh_app: Flask) -> None:
    def ask_once(_: int) -> bool:
        with fresh_app.app_context():
            return ask(most=5)

    with ThreadPoolExecutor(4) as pool:
        allowed = sum(pool.map(ask_once, range(20)))
    assert allowed == 5


def test_what_is_too_old_is_forgotten(session: Session) -> None:
    ask()
    session.add(VisitorCode(purpose="x", record_id=None, digest="", made_at=NOW, tries=0, used_at=None))
    session.commit()
    forget_visits(NOW + KEPT_FOR)
    assert session.scalar(select(func.count()).select_from(VisitorAllowance)) == 1
    forget_visits(NOW + KEPT_FOR + timedelta(seconds=1))
    left = [session.scalar(select(func.count()).select_from(kind)) for kind in (VisitorAllowance, VisitorCode)]
    assert left == [0, 0]
