"""Officers who answer while a message about the same comes in, each on a connection of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from tests.conftest import NOW
from tests.exchange.test_taking import message, signed
from tests.linked.conftest import Authority
from tests.standins.processes import eventually
from tsalert.core.actors import SERVICE, Actor, Permission, Via
from tsalert.db import db
from tsalert.exchange import answering, taking
from tsalert.exchange.models import OfferedPack
from tsalert.linked import own_keys, service
from tsalert.linked.models import LinkedAuthority
from tsalert.linked.rules import NewAuthority
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def offered(app: Flask) -> Actor:
    """Take in an offer of an authority that is linked, really committed; returns an officer who may answer."""
    with app.app_context():
        roles = [RoleName.CASE_OFFICER]
        officer_id = staff.create_officer("kim@example.org", name="Kim", roles=roles, password=None, now=NOW)
        officer, other = Actor(officer_id, "Kim", frozenset(Permission), Via.PAGE), Authority()
        own_keys.make_key(actor=officer, now=NOW)
        new = NewAuthority("Otherborough", other.url, other.fingerprint, other.public)
        service.register(new, actor=officer, now=NOW)
        taking.take(signed(other, message(other)), actor=SERVICE, now=NOW)
        db.session.remove()
    return officer


def answer(app: Flask, pack_id: int, officer: Actor) -> int:
    with app.app_context():
        try:
            return answering.accept(pack_id, actor=officer, now=NOW)
        finally:
            db.session.remove()


def is_awaited(connection: Connection) -> bool:
    connection.rollback()  # within one transaction the answer stays what it was first
    return bool(connection.scalar(_WAITING) == 1)


def test_who_answers_holds_nothing_that_a_message_on_its_way_in_waits_for(fresh_app: Flask) -> None:
    officer = offered(fresh_app)
    with fresh_app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        with ThreadPoolExecutor(1) as other, db.engine.connect() as taker, db.engine.connect() as looker:
            taker.execute(select(LinkedAuthority.id).with_for_update(key_share=True))  # as a message does first
            pack_id = looker.execute(select(OfferedPack.id)).scalar_one()  # not 1: numbers go on after what is undone
            answering_now = other.submit(answer, fresh_app, pack_id, officer)
            eventually(lambda: is_awaited(looker) or answering_now.done())
            assert taker.scalar(select(OfferedPack.state).with_for_update(nowait=True)) == "offered"
            taker.rollback()
            assert answering_now.result() > 0
