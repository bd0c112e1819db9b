"""The pages on which residents change what they get: no cookie, no account, nothing changed by looking."""

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, endpoint_id, held, letters, status
from tests.subscribers.preferences.conftest import NETWORK, code_in, link_in
from tests.subscribers.preferences.test_changing import SHARED
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import Channel
from tsalert.delivery.tokens import unsubscribe_token
from tsalert.inbound.mail.models import InboundMail
from tsalert.inbound.models import InboundMessage
from tsalert.retention.access import gathering
from tsalert.retention.access.requests import NewRequest, record_request
from tsalert.retention.held.register import REGISTER
from tsalert.retention.own import wording
from tsalert.retention.reaching import Reach, leads_to, table
from tsalert.retention.vocabulary import Root
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import ConsentEvent, Subscriber
from tsalert.subscribers.preferences import service

CHOSEN = {"topics": ["scams"], "frequency": "immediate", "ward": "every", "name": "Pat Example", "large_print": "true"}


@pytest.fixture
def strict(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it is in earnest: forms that need their token are refused without it."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", "yes")
    return app


@pytest.fixture
def mine(pat: int, opened: Callable[..., str]) -> str:
    """The address of Pat's open page."""
    return f"/preferences/my/{opened('pat@example.org')}"


def test_the_whole_way_works_without_a_cookie(
    strict: Flask, session: Session, pat: int, filled: Callable[[str], dict[str, str]]
) -> None:
    browser = strict.test_client(use_cookies=False)
    asked = browser.post("/preferences", data=filled("pat@example.org"))
    opened = browser.post(asked.headers["Location"], data={"code": code_in(letters(session)[-1].text)})
    page = browser.get(opened.headers["Location"])
    assert (page.status_code, "p•••@example.org" in page.text, "pat@example.org" in page.text) == (200, True, False)
    saved = browser.post(f"{opened.headers['Location']}/choices", data=CHOSEN)
    assert saved.status_code == 303
    after = browser.get(saved.headers["Location"]).text
    assert "Your choices are saved." in after
    assert [topic for topic, _, reason in held(session, "pat@example.org") if reason is None] == ["scams"]
    for answer in (asked, opened, page, saved):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_link_shows_a_button_and_the_button_opens_the_page(client: FlaskClient, session: Session, pat: int) -> None:
    service.ask("pat@example.org", network=NETWORK, now=utc_now())
    path = link_in(letters(session)[-1].text)
    for _ in range(3):
        assert "See my alerts" in client.get(path).text
    first = client.post(path)
    assert client.get(first.headers["Location"]).status_code == 200
    again = client.post(path)
    assert (again.status_code, "This link was used before." in again.text) == (404, True)


def test_a_contact_of_an_organisation_sees_what_they_can_change_and_whom_to_ask_for_the_rest(
    client: FlaskClient, session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    run_import(f"Example Watch,watch@example.org,07700 900123,,Bickley,partner,,all,immediate,{CONSENT}")
    here = f"/preferences/my/{opened('watch@example.org')}"
    page = client.get(here).text
    assert "are changed by an officer: ring us" in page
    assert "Example Watch" in page
    assert "Erase what you hold on me" not in page
    assert "everything that we hold" not in page
    form = client.get(f"{here}/choices").text
    assert 'name="topics"' in form
    for field in ("ward", "postcode", "name", "large_print"):
        assert f'name="{field}"' not in form
    assert client.post(f"{here}/choices", data={"topics": "scams", "frequency": "immediate"}).status_code == 303
    assert session.scalars(select(Subscriber.ward)).one() == "Bickley"
    for part in ("/held", "/held.json"):
        answer = client.get(here + part)
        assert (answer.status_code, "07700 900123" in answer.text) == (403, False)


def test_the_link_to_a_new_address_shows_a_button_once_and_then_what_became_of_it(
    client: FlaskClient, session: Session, mine: str
) -> None:
    client.post(f"{mine}/address", data={"contact": "new@example.org"})
    path = link_in(letters(session)[-1].text)
    assert "Send my alerts here" in client.get(path).text
    assert "Alerts come to your new address" in client.post(path).text
    again = client.get(path).text
    assert ("n•••@example.org" in again, "Send my alerts here" in again) == (True, False)
    client.post(f"/unsubscribe/{unsubscribe_token(endpoint_id(session, 'new@example.org'))}")
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, "has stopped or moved on since" in answer.text) == (422, True)
        assert "Get alerts" in answer.text


def test_the_page_of_an_address_to_which_nothing_comes_offers_no_move(
    client: FlaskClient, session: Session, mine: str
) -> None:
    assert f"{mine}/address" in client.get(mine).text
    client.post(f"{mine}/stop")
    assert f"{mine}/address" not in client.get(mine).text
    refused = client.post(f"{mine}/address", data={"contact": "new@example.org"})
    assert (refused.status_code, "nothing to move" in refused.text) == (422, True)


def test_every_page_of_it_opens(client: FlaskClient, mine: str) -> None:
    for part in ("", "/who", "/choices", "/pause", "/address", "/stop", "/held", "/erase"):
        answer = client.get(mine + part)
        assert answer.status_code == 200, part
        assert "pat@example.org" not in answer.text or part == "/held"


def test_a_postcode_counts_for_whoever_had_given_none(client: FlaskClient, session: Session, mine: str) -> None:
    pat = session.scalars(select(Subscriber)).one()
    pat.ward = pat.postcode = None
    session.commit()
    offered = re.findall(r"<option[^>]*>[^<]*", client.get(f"{mine}/choices").text)
    assert offered[0].endswith("The ward of my postcode")
    assert not [each for each in offered[1:] if " selected" in each]


def test_a_refused_form_comes_back_with_what_was_typed(client: FlaskClient, mine: str) -> None:
    answer = client.post(f"{mine}/choices", data=CHOSEN | {"topics": [], "postcode": "nonsense", "name": "New Name"})
    assert (answer.status_code, "New Name" in answer.text, "nonsense" in answer.text) == (422, True, True)
    answer = client.post(f"{mine}/address", data={"contact": "nonsense"})
    assert (answer.status_code, "Enter an email address" in answer.text) == (422, True)


def test_pausing_and_resuming_by_buttons(client: FlaskClient, mine: str) -> None:
    paused = client.post(f"{mine}/pause", data={"span": "two_weeks"})
    assert "No alerts come until" in client.get(paused.headers["Location"]).text
    assert client.post(f"{mine}/resume").status_code == 303
    assert client.post(f"{mine}/resume").status_code == 409


def test_moving_by_pages(client: FlaskClient, session: Session, mine: str) -> None:
    asked = client.post(f"{mine}/address", data={"contact": "07700 900002"})
    assert "We have sent a message to the new address." in client.get(asked.headers["Location"]).text
    path = link_in((letters(session)[-1].sms or "").replace("\n", " "))
    assert "•••• 0002" in client.get(path).text
    for _ in range(2):
        assert "Alerts come to your new address" in client.post(path).text
    assert client.get(path).status_code == 200
    assert status(session, "+447700900002") == "active"


def test_stopping_by_a_button_stays_open_to_start_again(client: FlaskClient, session: Session, mine: str) -> None:
    stopped = client.post(f"{mine}/stop")
    assert "Nothing comes to this address." in client.get(stopped.headers["Location"]).text
    assert client.post(f"{mine}/stop").status_code == 303
    client.post(f"{mine}/choices", data=CHOSEN)
    assert status(session, "pat@example.org") == "active"


def test_who_shares_an_address_is_asked_who_they_are(client: FlaskClient, session: Session, run_import: Import) -> None:
    run_import(*SHARED)
    service.ask("07700 900001", network=NETWORK, now=utc_now())
    path = client.post(link_in((letters(session)[-1].sms or "").replace("\n", " "))).headers["Location"]
    page = client.get(path).text
    assert ("2 people" in page, "A••• E•••" in page, "Ann" in page) == (True, True, False)
    assert client.post(f"{path}/who", data={}).status_code == 422
    bob = session.scalars(select(Subscriber.id).where(Subscriber.name == "Bob Example")).one()
    assert client.post(f"{path}/who", data={"reader": str(bob)}).status_code == 303
    shown = client.get(path).text
    assert "Bob Example" in shown
    assert "2 people share this address" in shown


def test_all_that_is_held_is_read_and_taken_away(client: FlaskClient, session: Session, mine: str) -> None:
    assert "pat@example.org" in client.get(f"{mine}/held").text
    answer = client.get(f"{mine}/held.json")
    told = json.loads(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert told["held"]["subscriber"][0]["name"] == "Pat Example"
    assert {"subscription", "consent_event", "endpoint", "delivery"} <= set(told["held"])
    assert "address_key" not in answer.text
    taken = select(AuditEvent.action).where(AuditEvent.action == "took away what is held")
    assert session.scalars(taken).all() == ["took away what is held"]


def test_all_that_is_held_is_read_in_plain_words(client: FlaskClient, session: Session, mine: str) -> None:
    page = client.get(f"{mine}/held").text
    main = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    assert re.findall(r"\w*_\w*", main) == []
    for words in ("What you get, or got", "How often", "At once", "Doorstep crime", "First known to us"):
        assert words in main


def test_every_field_that_may_be_held_on_a_subscriber_has_plain_words() -> None:
    reach = Reach({Root.SUBSCRIBER: (1,)})
    for entry in REGISTER.values():
        if entry.table not in gathering._LEFT_OUT and (leads_to(entry, reach) or entry.table in gathering._BY_ADDRESS):
            assert entry.table in wording.TABLES
            columns = {column.name for column in table(entry.table).columns} - gathering._SECRET
            assert columns - {*wording.FIELDS} == set()
    assert [words for words in (*wording.TABLES.values(), *wording.FIELDS.values()) if "_" in words] == []


def test_erasing_oneself_needs_the_word_and_leaves_a_suppression(
    client: FlaskClient, session: Session, run_import: Import, pat: int, mine: str
) -> None:
    for typed in ("", "yes", "erase me"):
        assert client.post(f"{mine}/erase", data={"typed": typed}).status_code == 422
    assert "We have erased your details" in client.post(f"{mine}/erase", data={"typed": " Erase "}).text
    gone = session.get_one(Subscriber, pat)
    session.refresh(gone)
    assert (gone.name, gone.postcode, gone.erased_at is None) == (None, None, False)
    assert delivery.find_endpoint(session, Channel.EMAIL, "pat@example.org") is None
    assert delivery.is_suppressed(session, Channel.EMAIL, "pat@example.org")
    assert client.get(mine).status_code == 404
    assert session.scalars(select(ConsentEvent.act).order_by(ConsentEvent.id)).all() == ["given", "withdrawn"]


def test_erasing_oneself_forgets_whose_the_mails_are_that_led_to_no_call(
    client: FlaskClient, session: Session, pat: int, mine: str
) -> None:
    common = {"taken_as": "unread", "code": "", "subject": "Hello", "body": "Pat here", "size": 9, "received_at": NOW}
    for digest, sender in (("one", "Pat@example.org"), ("other", "else@example.org")):
        session.add(InboundMail(digest=digest, sender=sender, **common))
    session.commit()
    client.post(f"{mine}/erase", data={"typed": "erase"})
    session.expire_all()
    found = session.execute(select(InboundMail.sender, InboundMail.subject).order_by(InboundMail.digest)).all()
    assert found == [("[removed]", "[removed]"), ("else@example.org", "Hello")]


def test_erasing_one_of_two_leaves_the_shared_number_to_the_other(
    client: FlaskClient, session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    run_import(*SHARED)
    session.add(
        InboundMessage(
            provider_ref="SM1", sender="+447700900001", body="START", taken_as="START", answer="", received_at=NOW
        )
    )
    session.commit()
    client.post(f"/preferences/my/{opened('ann@example.org')}/erase", data={"typed": "erase"})
    assert status(session, "+447700900001") == "active"
    assert session.scalars(select(InboundMessage.sender)).all() == ["+447700900001"]
    assert [topic for topic, _, reason in held(session, "+447700900001") if reason is None] == ["doorstep-crime"]


def test_what_somebody_asked_to_see_is_not_erased_before_they_have_their_answer(
    client: FlaskClient, session: Session, officer: Callable[..., Actor], pat: int, mine: str
) -> None:
    asked = NewRequest(name="Pat Example", received_on=NOW.date(), subscriber_id=pat)
    record_request(asked, actor=officer(RoleName.DATA_PROTECTION_OFFICER), now=NOW)
    answer = client.post(f"{mine}/erase", data={"typed": "erase"})
    assert (answer.status_code, "we are answering" in answer.text) == (409, True)
    assert status(session, "pat@example.org") == "active"
