"""What partners forward carries their own sign-up link and nobody's personal one, in the mail as it was sent."""

import re
from collections.abc import Callable
from email import message_from_string
from email.policy import default

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.circulation.conftest import WATCH
from tests.conftest import NOW
from tsalert.alerts import proof
from tsalert.alerts import service as alerts
from tsalert.circulation import queries, service
from tsalert.circulation.rules import NewContact, NewPartner
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.delivery.models import SentMessage
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.subscribers import partnering

LINE = "Please pass on everything below this line"
LINK = re.compile(r"https?://[^\s\"<>]+")


@pytest.fixture
def post(officer: Callable[..., Actor]) -> Callable[[], dict[str, list[str]]]:
    """Send an alert to everybody, and give text and HTML of each mail by its address."""

    def send() -> dict[str, list[str]]:
        author, approver = officer(name="Alex Author"), officer(name="Avery Approver")
        alert_id = alerts.write_draft(new_draft(), actor=author, now=NOW)
        alerts.submit(alert_id, actor=author, now=NOW)
        alerts.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
        deliver_to_recorder(current_app, now=NOW)
        mails = {row.address: row.content for row in db.session().scalars(select(SentMessage))}
        return {address: _parts(content) for address, content in mails.items()}

    return send


def _parts(content: str) -> list[str]:
    mail = message_from_string(content, policy=default)
    return [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]


def links_in(words: str) -> set[str]:
    return {each.replace("&amp;", "&") for each in LINK.findall(words)}


def test_each_partner_forwards_its_own_sign_up_link_and_nobodys_personal_one(
    session: Session, partner_id: int, manager: Actor, client: FlaskClient, post: Callable[[], dict[str, list[str]]]
) -> None:
    other = service.add_partner(NewPartner("Bickley watch"), actor=manager, now=NOW)
    service.save_contact(other, NewContact("other@example.org"), actor=manager, now=NOW)
    codes = {
        WATCH: partnering.get_partner(session, partner_id).code,
        "other@example.org": partnering.get_partner(session, other).code,
    }
    mails = post()
    for address, code in codes.items():
        assert len(mails[address]) == 2
        for words in mails[address]:
            own, forwarded = words.split(LINE)
            endings = {link.partition("//")[2].partition("/")[2] for link in links_in(forwarded)}
            assert f"join?partner={code}" in endings
            assert all(each.startswith(("check/", "join?")) for each in endings), endings
            assert any(f"?partner={code}" in link for link in links_in(own) if "/pass-on/" in link)
            assert address not in words
    (ready,) = {link for link in links_in(mails[WATCH][0]) if "/pass-on/" in link}
    assert f"/join?partner={codes[WATCH]}" in client.get(ready.removeprefix(proof.letterhead().public_url)).text


def test_a_contact_of_two_partners_forwards_the_code_of_the_one_that_sends_there(
    session: Session, partner_id: int, manager: Actor
) -> None:
    other = service.add_partner(NewPartner("Bickley watch"), actor=manager, now=NOW)
    endpoint_id = service.save_contact(other, NewContact(WATCH), actor=manager, now=NOW)
    first, second = (partnering.get_partner(session, each).code for each in (partner_id, other))
    assert queries.codes_at(session, [endpoint_id]) == {endpoint_id: first}
    partnering.stop_alerts(session, partner_id, [endpoint_id], recorded_by=None, now=NOW)
    assert queries.codes_at(session, [endpoint_id]) == {endpoint_id: second}
    service.end_partner(other, actor=manager, now=NOW)
    assert queries.codes_at(session, [endpoint_id]) == {endpoint_id: first}


def test_a_partner_that_left_while_its_mail_waited_forwards_the_link_that_everybody_has(
    session: Session, manager: Actor, post: Callable[[], dict[str, list[str]]]
) -> None:
    subscribe(session, "nobody@example.org", kind="partner")
    session.commit()
    for words in post()["nobody@example.org"]:
        assert "partner=" not in words
        assert any(link.endswith("/join") for link in links_in(words))
