"""Several who act on one partner in the same moment, each on a connection of their own."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import NOW
from tests.response.test_concurrency import at_once
from tsalert.circulation import service, telling
from tsalert.circulation.rules import NewContact, NewPartner, Told
from tsalert.core.actors import Actor, Permission, Via
from tsalert.db import db, transaction
from tsalert.installation.service import mark_demo
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.subscribers import partnering
from tsalert.subscribers.profiles import PartnerProfile


@pytest.fixture
def dee(fresh_app: Flask) -> Actor:
    """A manager, really committed."""
    with fresh_app.app_context():
        roles = [RoleName.MANAGER]
        officer_id = staff.create_officer("dee@example.org", name="Dee", roles=roles, password=None, now=NOW)
        with transaction() as session:
            mark_demo(session)
        db.session.remove()
    return Actor(officer_id, "Dee", frozenset(Permission), Via.PAGE)


@pytest.fixture
def imported_id(fresh_app: Flask, dee: Actor) -> int:
    """A partner of whom officers know nothing beside its name, as an import leaves it."""
    with fresh_app.app_context():
        with transaction() as session:
            partner_id = partnering.add_partner(session, "Bickley watch", None, now=NOW)
        db.session.remove()
    return partner_id


def change(partner_id: int, actor: Actor) -> None:
    service.change_partner(partner_id, NewPartner("Bickley library", kind_id=2), actor=actor, now=NOW)


def declare(partner_id: int, actor: Actor) -> None:
    telling.declare_for(partner_id, Told(400), actor=actor, now=NOW)


def save_contact(partner_id: int, actor: Actor) -> None:
    service.save_contact(partner_id, NewContact("watch@example.org", "Sam Example"), actor=actor, now=NOW)


@pytest.mark.parametrize("act", [change, declare, save_contact])
def test_whoever_acts_first_on_a_partner_the_others_follow(
    fresh_app: Flask, dee: Actor, imported_id: int, act: Callable[[int, Actor], None]
) -> None:
    assert at_once(fresh_app, 4, lambda: act(imported_id, dee)) == [None] * 4
    with fresh_app.app_context():
        assert db.session().scalar(select(func.count()).select_from(PartnerProfile)) == 1
        db.session.remove()
