"""Nobody who left or was erased comes back with a backup that was made before."""

import io
from pathlib import Path

from sqlalchemy import select

from tests.conftest import NOW
from tests.safekeeping.conftest import Service
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery.models import Endpoint, Suppression
from tsalert.delivery.queries import key_of
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.retention.own import service as own
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
