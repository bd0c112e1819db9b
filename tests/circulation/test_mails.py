"""A partner that hears of alerts once a day or week says of each, with one press, that it passed it on."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_string
from email.policy import default

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tests.circulation.conftest import WATCH
from tests.circulation.test_doors import by_hand
from tsalert.alerts import queries
from tsalert.alerts import service as alerts
from tsalert.circulation import service
from tsalert.circulation.models import ForwardAck
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.models import SentMessage
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.digests import service as digests
from tsalert.digests.rules import next_period
from tsalert.subscribers.models import Subscription
from tsalert.subscribers.rules import Frequency
from tsalert.visitors.tokens import signer

pytestmark = pytest.mark.db
ACKNOWLEDGE = re.compile(r"https?://[^\s\"<>]+(/passed-on/[\w=-]{32}/TS-\d{4}-\d{3,})")


@pytest.fixture
def told(session: Session, partner_id: int, officer: Callable[..., Actor]) -> tuple[list[int], list[str]]:
    """Two alerts in the partner's daily mail, and the links in it that say one was passed on."""
    session.execute(update(Subscription).values(frequency=Frequency.DAILY))
    session.commit()
    now, author, approver = utc_now(), officer(name="Alex Author"), officer(name="Avery Approver")
    made = [_publish(headline, author, approver, now) for headline in ("Roofers in Bickley", "A false bank")]
    morning = next_period(Frequency.DAILY, now).ends_at
    digests.send_due(morning)
    deliver_to_recorder(current_app, now=morning)
    return made, list(dict.fromkeys(_links(WATCH)))


def _publish(headline: str, author: Actor, approver: Actor, now: datetime) -> int:
    alert_id = alerts.write_draft(
        new_draft(headline=headline, expires_at=now + timedelta(days=7)), actor=author, now=now
    )
    alerts.submit(alert_id, actor=author, now=now)
    alerts.approve(alert_id, shown(alert_id), actor=approver, now=now)
    return alert_id


def _links(address: str) -> Iterator[str]:
    for row in db.session().scalars(select(SentMessage).where(SentMessage.address == address)):
        mail = message_from_string(row.content, policy=default)
        for part in mail.walk():
            if not part.is_multipart():
                yield from ACKNOWLEDGE.findall(str(part.get_content()))


def test_each_alert_in_the_mail_has_its_link_and_counts_for_itself(
    client: FlaskClient, partner_id: int, told: tuple[list[int], list[str]]
) -> None:
    made, links = told
    references = [queries.get_alert(db.session(), alert_id).reference for alert_id in made]
    assert sorted(link.rpartition("/")[2] for link in links) == sorted(references)
    bank = next(link for link in links if link.endswith(references[1]))
    page = client.get(bank)
    assert (page.status_code, "A false bank" in page.text) == (200, True)
    assert client.head(bank).status_code == 200
    assert db.session().scalars(select(ForwardAck)).all() == []
    thanked = client.post(bank, data=by_hand(reach="120"))
    assert f'href="{bank}"' in thanked.text
    (ack,) = db.session().scalars(select(ForwardAck)).all()
    assert (ack.alert_id, ack.partner_id, ack.reach, ack.via) == (made[1], partner_id, 120, "link")
    assert "it went to 120 people" in client.get(bank).text
    assert client.post(bank, data=by_hand(reach="many")).status_code == 422


def test_a_link_serves_only_for_what_its_own_mail_told(
    client: FlaskClient, told: tuple[list[int], list[str]], officer: Callable[..., Actor]
) -> None:
    _, links = told
    token = links[0].split("/")[2]
    later = _publish("Later news", officer(name="Alex Author"), officer(name="Avery Approver"), utc_now())
    other = queries.get_alert(db.session(), later).reference
    for ending in ("", f"/{other}", "/TS-2020-001", "/nonsense", f"/{'9' * 400}", "/TS-2026-%00"):
        assert client.get(f"/passed-on/{token}{ending}").status_code == 404, ending
        assert client.post(f"/passed-on/{token}{ending}", data=by_hand(reach="3")).status_code == 404, ending
    assert client.get(f"/passed-on/{token[:-1]}/{other}").status_code == 404
    assert db.session().scalars(select(ForwardAck)).all() == []


def test_the_link_of_an_alert_sent_at_once_names_no_alert(
    client: FlaskClient, session: Session, delivery_id: int
) -> None:
    token = signer("acknowledge").sign(delivery_id)
    assert client.get(f"/passed-on/{token}").status_code == 200
    assert client.get(f"/passed-on/{token}/TS-2026-001").status_code == 404


def test_a_partner_that_has_ended_says_nothing_more(
    client: FlaskClient, partner_id: int, manager: Actor, told: tuple[list[int], list[str]]
) -> None:
    service.end_partner(partner_id, actor=manager, now=utc_now())
    assert client.get(told[1][0]).status_code == 404
