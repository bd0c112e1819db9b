"""From the tree officers' case to an alert that everybody gets, with nothing personal in it anywhere."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_string
from email.policy import SMTP
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import subscribe
from tests.documents import reading
from tests.journeys.test_the_tree_officers_call import ADDRESS, HERE, VICTIM, the_fee_comes_down, they_ring
from tsalert.core.actors import Actor
from tsalert.delivery.models import SentMessage
from tsalert.delivery.replaying import deliver_to_recorder

SignIn = Callable[..., FlaskClient]
PERSONAL = (VICTIM, "Ada", ADDRESS, HERE, "3,950", "D22-")
OWN_WORDS = {"ward": "the borough", "vehicle": "a tipper lorry", "amount": "thousands of pounds"}


@pytest.fixture
def readers(by_day: None, session: Session) -> None:
    """A mailbox, a mobile and a partner."""
    subscribe(session, "ann@example.org")
    subscribe(session, "desk@example.org", kind="partner")
    subscribe(session, "+447700900001")
    session.commit()


def test_the_tree_case_becomes_an_alert_in_every_inbox_that_names_nobody(
    readers: None, session: Session, app: Flask, officer: Callable[..., Actor], signed_in: SignIn, client: FlaskClient
) -> None:
    desk = officer(name="Dee Example")
    case_id = the_fee_comes_down(they_ring(desk), desk)
    author, colleague = signed_in(name="Alex Author"), signed_in(name="Avery Approver")
    place = the_alert_is_written(author, case_id)
    nobody_may_be_named(author, place)
    it_is_tested_and_submitted(author, place)
    number = a_colleague_approves(colleague, place)
    everybody_gets_it(session, app)
    anybody_can_read_it(client, number)


def the_alert_is_written(author: FlaskClient, case_id: int) -> str:
    """The case proposes words, fills in what it may, and leaves the rest to the officer."""
    assert "template=rogue-traders" in author.get(f"/alerts/new?case_id={case_id}").text
    page = author.get(f"/alerts/new?case_id={case_id}&template=rogue-traders").text
    assert not [each for each in PERSONAL if each in page.partition("<main")[2].replace(reference_in(page), "")]
    written = form_of(page)
    assert "in the afternoon. They offer gardening or tree work" in written["body"][0]
    unfilled = author.post("/alerts", data=written)
    assert unfilled.status_code == 303
    refused = author.post(f"{unfilled.location}/submit")
    assert refused.status_code == 422
    assert "Fill in {ward}" in unescape(refused.text)
    return str(unfilled.location)


def nobody_may_be_named(author: FlaskClient, place: str) -> None:
    """The officer fills it in, with a slip that the detector finds."""
    written = {
        name: [filled(each) for each in values] for name, values in form_of(author.get(f"{place}/edit").text).items()
    }
    slip = written | {"body": [f"{written['body'][0]} Ring {VICTIM}."]}
    assert author.post(f"{place}/edit", data=slip).status_code == 303
    refused = author.post(f"{place}/submit")
    assert refused.status_code == 422
    assert f"Take out what may point to a person, or say why it may stay: “{VICTIM}”" in unescape(refused.text)
    again = form_of(author.get(f"{place}/edit").text) | {"body": written["body"]}
    assert author.post(f"{place}/edit", data=again).status_code == 303


def it_is_tested_and_submitted(author: FlaskClient, place: str) -> None:
    assert author.post(f"{place}/tests", data={"channel": "email"}).status_code == 303
    assert author.post(f"{place}/submit").status_code == 303


def a_colleague_approves(colleague: FlaskClient, place: str) -> str:
    page = colleague.get(place).text
    digest = re.findall(r'name="digest" value="(\w+)"', page)[0]
    answer = colleague.post(f"{place}/approve", data={"digest": digest}, follow_redirects=True)
    assert "Approved. 3 messages are on their way." in answer.text
    return str(re.findall(r"TS-\d{4}-\d{3}", page)[0])


def everybody_gets_it(session: Session, app: Flask) -> None:
    """Each gets it once, the author their test too; every mail is read by Python's strict parser."""
    deliver_to_recorder(app, now=datetime.now(UTC))
    sent = session.scalars(select(SentMessage)).all()
    assert len(sent) == 4
    assert len([each for each in sent if "TEST" in each.content]) == 1
    for each in sent:
        said = each.content if each.channel == "sms" else read_strictly(each.content)
        assert "tree work" in said
        assert not [personal for personal in PERSONAL if personal in said]


def anybody_can_read_it(client: FlaskClient, number: str) -> None:
    for path in (f"/check/{number}", f"/check/{number}/cap.xml", "/alerts.atom", "/alerts.json"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "tree work" in page.text, path
        assert not [personal for personal in PERSONAL if personal in page.text], path
    for name in ("poster.pdf", "large-print.pdf"):
        printed = " ".join(reading.words(client.get(f"/check/{number}/{name}").data).split())
        assert "tree work" in printed, name
        assert not [personal for personal in PERSONAL if personal in printed], name


def read_strictly(content: str) -> str:
    """Return every part of a mail as text; a defect is an error."""
    mail = message_from_string(content, policy=SMTP.clone(raise_on_defect=True))
    return "\n".join([mail["Subject"], *(part.get_content() for part in mail.walk() if not part.is_multipart())])


def filled(text: str) -> str:
    for name, words in OWN_WORDS.items():
        text = text.replace(f"{{{name}}}", words)
    return text


def reference_in(page: str) -> str:
    """Return the case's reference, which the form tells its officer and no alert ever does."""
    found = re.search(r'name="case_reference" value="([^"]+)"', page)
    return found[1] if found else ""


def form_of(page: str) -> dict[str, list[str]]:
    """Return what the form of an alert would send as it stands."""
    form = re.findall(r'<form[^>]*id="alert".*?</form>', page, re.DOTALL)[0]
    fields = {
        name: [unescape(text)]
        for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    }
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") in {"checkbox", "radio"} and not re.search(r"\schecked\b", tag):
            continue
        if "name" in told and told["name"] not in {"csrf_token", "submission"}:
            fields.setdefault(told["name"], []).append(unescape(told.get("value", "")))
    chosen = re.findall(r'<option value="([^"]*)"[^>]*\sselected', form)
    return fields | {"topic": chosen}
