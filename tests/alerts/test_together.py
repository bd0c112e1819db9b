"""Several officers at the same moment, on a database of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.conftest import NOW, PASSWORD
from tsalert.alerts import service
from tsalert.alerts.models import Alert
from tsalert.core.actors import Actor, Via
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.delivery.models import Delivery, Mailing
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff_service
from tsalert.staff.rules import RoleName


def hire(name: str) -> Actor:
    email = f"{name}@example.org"
    staff_service.create_officer(email, name=name, roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)
    return staff_queries.actor_of(staff_queries.get_officer(db.session(), email), Via.PAGE)


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run acts at the same moment, each as a request of its own; a refusal is returned, not raised."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        with app.app_context():
            gate.wait(timeout=30)
            try:
                return act()
            except Conflict as refused:
                return refused
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_officers_who_approve_at_once_send_one_mailing(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        author, first, second = hire("author"), hire("first"), hire("second")
        for number in range(3):
            subscribe(db.session(), f"reader{number}@example.org")
        db.session.commit()
        alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
        service.submit(alert_id, actor=author, now=NOW)
        digest = shown(alert_id)
        db.session.remove()
    outcomes = at_once(
        fresh_app,
        lambda: service.approve(alert_id, digest, actor=first, now=NOW),
        lambda: service.approve(alert_id, digest, actor=second, now=NOW),
    )
    assert {type(outcome) for outcome in outcomes} == {int, Conflict}
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Mailing)) == 1
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == 3


def test_a_change_and_an_approval_at_once_never_send_what_was_not_read(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        author, approver = hire("author"), hire("approver")
        subscribe(db.session(), "reader@example.org")
        db.session.commit()
        alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
        service.submit(alert_id, actor=author, now=NOW)
        digest = shown(alert_id)
        db.session.remove()
    at_once(
        fresh_app,
        lambda: service.edit_draft(alert_id, new_draft(body="Unread words."), actor=author, now=NOW),
        lambda: service.approve(alert_id, digest, actor=approver, now=NOW),
    )
    with fresh_app.app_context():
        assert "Unread words." not in "".join(db.session.scalars(select(Mailing.text)))


def test_twenty_drafts_at_once_get_twenty_references(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        author = hire("author")
        db.session.remove()
    at_once(fresh_app, *[lambda: service.write_draft(new_draft(), actor=author, now=NOW)] * 20)
    with fresh_app.app_context():
        references = list(db.session.scalars(select(Alert.reference)))
        assert len(references) == len(set(references)) == 20
