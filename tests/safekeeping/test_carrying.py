"""Nobody who left, was erased or was shut out comes back with a backup that was made before."""

import io
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from tests.safekeeping.conftest import Service
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db, transaction
from tsalert.delivery.models import Endpoint, Suppression
from tsalert.delivery.queries import key_of
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.linked import own_keys
from tsalert.linked import queries as linked
from tsalert.linked.rules import Standing
from tsalert.retention.own import service as own
from tsalert.staff import access
from tsalert.staff.models import Officer
from tsalert.staff.passwords import service as passwords
from tsalert.staff.rules import RoleName
from tsalert.staff.service import NewOfficer
from tsalert.staff.tokens import queries as token_queries
from tsalert.staff.tokens import service as tokens
from tsalert.staff.tokens.rules import Scope
from tsalert.staff.tokens.service import NewToken
from tsalert.staffing import service as staffing
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.models import Subscriber, Subscription
from tsalert.subscribers.preferences.acting import by_officer
from tsalert.subscribers.preferences.rules import TYPED_TO_ERASE
from tsalert.subscribers.preferences.stopping import stop_everything
from tsalert.subscribers.rows import HEADER

CLERK = Actor(None, "command", frozenset({Permission.MANAGE_SUBSCRIBERS}), Via.COMMAND)
PEOPLE = ("stays", "leaves", "erased")


def import_people() -> None:
    rows = [f"{name},{name}@example.org,,,,,,,,paper form,2024-05-01" for name in PEOPLE]
    lines = io.StringIO("\n".join([HEADER, *rows]), newline="")
    subscribers.import_subscribers(lines, actor=CLERK, now=NOW, on_fault=lambda _: None)


def ids() -> dict[str, int]:
    return {name: id_ for name, id_ in db.session.execute(select(Subscriber.name, Subscriber.id)) if name}


def officers() -> list[Officer]:
    return list(db.session.scalars(select(Officer)))


def ways_in() -> dict[str, tuple[object, ...]]:
    return {each.email: (each.active, each.left_at, each.password, each.fs_uniquifier) for each in officers()}


def test_who_left_or_was_erased_since_stays_so_after_a_restore(service: Service, tmp_path: Path) -> None:
    with service.alone():
        import_people()
        known = ids()
    service.back_up(tmp_path / "backup")
    with service.alone():
        with transaction() as session:
            stop_everything(session, known["leaves"], by=by_officer(CLERK, utc_now()))
        own.erase(known["erased"], TYPED_TO_ERASE, actor=CLERK, now=utc_now())

    taken_back = service.restore(tmp_path / "backup").taken_back

    assert taken_back.is_known
    with service.alone():
        assert ids() == {"stays": known["stays"], "leaves": known["leaves"]}
        reached = select(Endpoint.address).join(Subscription, Subscription.endpoint_id == Endpoint.id)
        assert db.session.scalars(reached.where(Subscription.ended_at.is_(None)).distinct()).all() == [
            "stays@example.org"
        ]
        gone = {key_of(Channel.EMAIL, f"{name}@example.org") for name in ("leaves", "erased")}
        assert set(db.session.scalars(select(Suppression.address_key))) == gone
        statuses = dict(db.session.execute(select(Endpoint.address, Endpoint.status)).all())
        assert statuses["leaves@example.org"] == EndpointStatus.OPTED_OUT


def test_whoever_was_shut_out_since_stays_out_after_a_restore(service: Service, tmp_path: Path) -> None:
    service.employ("boss@example.org", RoleName.ADMINISTRATOR, RoleName.MANAGER)
    boss = service.employ("chief@example.org", RoleName.ADMINISTRATOR)
    for name in ("gone@example.org", "changed@example.org"):
        service.employ(name, RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER)
    new = NewToken("Figures", [Scope.FIGURES_READ], 30)
    with service.alone():
        token_id, token = tokens.make_own(new, actor=boss, now=utc_now())
        key_id = own_keys.make_key(actor=boss, now=utc_now())
        officer_id = next(each.id for each in officers() if each.email == "changed@example.org")
        link = passwords.make_link(officer_id, actor=boss, now=utc_now())
    service.back_up(tmp_path / "backup")
    with service.alone():
        staffing.end("gone@example.org", reason="They left the council.", now=utc_now(), by=boss)
        access.revoke("changed@example.org", RoleName.CASE_OFFICER, reason="Moved to the desk.", now=utc_now(), by=boss)
        passwords.set_for("changed@example.org", "another horse battery staple", now=utc_now(), by=boss)
        own_keys.revoke_key(key_id, "A laptop was stolen.", actor=boss, now=utc_now())
        tokens.end_token(token_id, actor=boss, now=utc_now())
        late = NewOfficer("late@example.org", "Late", [RoleName.SAFEGUARDING_LEAD])
        staffing.invite(late, reason="They have joined.", now=utc_now(), by=boss)
        kept = ways_in()

    assert service.restore(tmp_path / "backup").taken_back.is_known

    with service.alone():
        del kept["late@example.org"]
        assert ways_in() == kept
        assert {role.name for each in officers() if each.id == officer_id for role in each.roles} == {"duty_officer"}
        assert token_queries.find_actor(db.session(), token, now=utc_now()) is None
        (key,) = linked.own_keys(db.session())
        assert (key.standing, key.reason) == (Standing.REVOKED, "A laptop was stolen.")
        with pytest.raises(NotFound):
            passwords.whose_link(db.session(), link, now=utc_now())
        assert audit.verify_chain(db.session()).is_whole
