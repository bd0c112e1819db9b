"""What officers do for somebody who rings: with permission, in the trail, in the history of consent."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, endpoint_id, held, letters, status
from tests.subscribers.preferences.conftest import link_in
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotAllowed
from tsalert.delivery.rules import SuppressionReason
from tsalert.places.models import PostcodePlace, Ward
from tsalert.staff.rules import RoleName
from tsalert.subscribers import losing
from tsalert.subscribers.models import ConsentEvent, Subscriber
from tsalert.subscribers.preferences import moving, officers
from tsalert.subscribers.preferences.choosing import Choices

AGREED = {"agreed": "yes"}
CHOSEN = {"topics": ["scams"], "frequency": "immediate", "ward": "every", "name": "Pat Example"}


def now_held(session: Session, address: str) -> list[str]:
    return [topic for topic, _, reason in held(session, address) if reason is None]


def last_consent(session: Session) -> ConsentEvent:
    return session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).all()[0]


def test_an_officer_changes_what_somebody_gets_who_rings(
    session: Session, signed_in: Callable[..., FlaskClient], pat: int
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    path = f"/subscribers/{pat}/addresses/{endpoint_id(session, 'pat@example.org')}"
    assert path in browser.get(f"/subscribers/{pat}").text
    assert "pat@example.org" in browser.get(path).text
    unheard = browser.post(path, data=CHOSEN)
    assert (unheard.status_code, "tick this if they agree" in unheard.text) == (422, True)
    assert browser.post(path, data=CHOSEN | AGREED).status_code == 303
    assert now_held(session, "pat@example.org") == ["scams"]
    said = last_consent(session)
    assert (said.act, said.method, said.recorded_by is None) == ("changed", "phone", False)
    assert session.scalars(select(AuditEvent.action).where(AuditEvent.action == "chose")).all() == ["chose"]
    assert "telephone, written down by Pat Example" in browser.get(f"/subscribers/{pat}").text


@pytest.mark.parametrize("step", ["move", "pause", "stop"])
def test_what_is_wrong_stands_in_its_own_form_and_the_summary_leads_there(
    signed_in: Callable[..., FlaskClient], pat: int, step: str
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    addresses = re.findall(rf'action="(/subscribers/{pat}/[\w-]+)"', browser.get(f"/subscribers/{pat}/changes").text)
    place = addresses[["move", "pause", "stop"].index(step)]
    page = browser.post(place, data={"contact": "new@example.org", "span": "week"}).text
    assert 'href="#agreed"' in page
    wrong = [form for form in page.split("<form ")[1:] if "govuk-error-message" in form]
    assert [f'action="{place}"' in form and 'id="agreed"' in form for form in wrong] == [True]


def test_an_address_that_is_not_theirs_is_not_found(
    session: Session, signed_in: Callable[..., FlaskClient], run_import: Import, pat: int
) -> None:
    run_import("Ann Example,ann@example.org,,,,,,,,,")
    path = f"/subscribers/{pat}/addresses/{endpoint_id(session, 'ann@example.org')}"
    browser = signed_in(RoleName.CASE_OFFICER)
    assert browser.get(path).status_code == 404
    assert browser.post(path, data=CHOSEN | AGREED).status_code == 404
    assert browser.get(f"/subscribers/{2**40}/changes").status_code == 404


def test_a_mobile_confirms_itself_and_a_landline_counts_at_once(
    session: Session, signed_in: Callable[..., FlaskClient], pat: int
) -> None:
    browser, old = signed_in(RoleName.CASE_OFFICER), endpoint_id(session, "pat@example.org")
    path = f"/subscribers/{pat}/addresses"
    asked = browser.post(path, data=AGREED | {"contact": "07700 900002"}, follow_redirects=True)
    assert "has to confirm itself first" in asked.text
    assert now_held(session, "+447700900002") == []
    text = (letters(session)[-1].sms or "").replace("\n", " ")
    moving.confirm_move(link_in(text).rpartition("/")[2], now=NOW)
    assert sorted(now_held(session, "+447700900002")) == ["doorstep-crime", "scams"]
    assert sorted(now_held(session, "pat@example.org")) == ["doorstep-crime", "scams"]
    landline = AGREED | {"contact": "020 7946 0001", "replaces": str(old)}
    assert "Alerts go to that landline." in browser.post(path, data=landline, follow_redirects=True).text
    assert sorted(now_held(session, "+442079460001")) == ["doorstep-crime", "scams"]
    assert now_held(session, "pat@example.org") == []
    assert status(session, "+442079460001") == "active"
    assert "An earlier address" in browser.get(f"/subscribers/{pat}").text


def test_an_officer_hears_that_an_address_was_asked_too_often(
    session: Session, signed_in: Callable[..., FlaskClient], pat: int
) -> None:
    browser, path = signed_in(RoleName.CASE_OFFICER), f"/subscribers/{pat}/addresses"
    answers = [browser.post(path, data=AGREED | {"contact": "new@example.org"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 422]
    assert "asked three times within the hour" in answers[-1].text
    assert len(letters(session)) == 3


def test_an_officer_hears_that_an_address_from_which_we_were_called_spam_is_not_asked(
    session: Session, signed_in: Callable[..., FlaskClient], pat: int, run_import: Import
) -> None:
    run_import(f"Sam Example,sam@example.org,,,,,,,,{CONSENT}")
    losing.lose(session, endpoint_id(session, "sam@example.org"), SuppressionReason.COMPLAINED, now=NOW)
    session.commit()
    answer = signed_in(RoleName.CASE_OFFICER).post(
        f"/subscribers/{pat}/addresses", data=AGREED | {"contact": "sam@example.org"}
    )
    assert (answer.status_code, "was reported as spam" in answer.text) == (422, True)
    assert letters(session) == []


def test_an_officer_hears_how_somebody_gets_another_address_than_a_dead_one(
    session: Session, signed_in: Callable[..., FlaskClient], pat: int
) -> None:
    dead = endpoint_id(session, "pat@example.org")
    losing.lose(session, dead, SuppressionReason.BOUNCED, now=NOW)
    session.commit()
    browser, path = signed_in(RoleName.CASE_OFFICER), f"/subscribers/{pat}/addresses"
    told = AGREED | {"contact": "new@example.org"}
    refused = browser.post(path, data=told | {"replaces": str(dead)})
    assert (refused.status_code, "Add the new one to the others." in refused.text) == (422, True)
    assert browser.post(path, data=told).status_code == 303


def test_an_officer_pauses_resumes_and_stops_everything(
    session: Session, signed_in: Callable[..., FlaskClient], pat: int
) -> None:
    browser, path = signed_in(RoleName.MANAGER), f"/subscribers/{pat}"
    assert browser.post(f"{path}/pause", data=AGREED | {"span": "month"}).status_code == 303
    assert "They asked for no alerts until" in browser.get(path).text
    assert browser.post(f"{path}/resume", data=AGREED).status_code == 303
    assert browser.post(f"{path}/resume", data=AGREED).status_code == 409
    assert browser.post(f"{path}/stop").status_code == 422
    assert browser.post(f"{path}/stop", data=AGREED).status_code == 303
    assert status(session, "pat@example.org") == "opted_out"
    assert (last_consent(session).act, last_consent(session).recorded_by is None) == ("withdrawn", False)
    assert {reason for *_, reason in held(session, "pat@example.org")} == {"ended by an officer"}


def test_an_officer_erases_somebody_who_asks(session: Session, signed_in: Callable[..., FlaskClient], pat: int) -> None:
    browser, path = signed_in(RoleName.MANAGER), f"/subscribers/{pat}/erase"
    assert "What must be kept" in browser.get(path).text
    assert browser.post(path, data=AGREED | {"typed": "no"}).status_code == 422
    assert browser.post(path, data=AGREED | {"typed": "erase"}).status_code == 303
    gone = session.get_one(Subscriber, pat)
    session.refresh(gone)
    assert gone.name is None
    assert browser.post(path, data=AGREED | {"typed": "erase"}).status_code == 404
    assert browser.get(f"/subscribers/{pat}").status_code == 200


def test_an_organisation_is_not_erased(
    session: Session, signed_in: Callable[..., FlaskClient], run_import: Import
) -> None:
    run_import("The Library,library@example.org,,,,partner,,,,paper form,2024-05-01")
    library = session.scalars(select(Subscriber.id)).one()
    answer = signed_in(RoleName.MANAGER).post(f"/subscribers/{library}/erase", data=AGREED | {"typed": "erase"})
    assert (answer.status_code, "An organisation" in answer.text) == (422, True)


def test_only_who_manages_the_list_changes_it(
    session: Session, signed_in: Callable[..., FlaskClient], pat: int
) -> None:
    browser = signed_in(RoleName.DUTY_OFFICER)
    for path in ("changes", "erase", f"addresses/{endpoint_id(session, 'pat@example.org')}"):
        assert browser.get(f"/subscribers/{pat}/{path}").status_code == 403
    with pytest.raises(NotAllowed):
        officers.stop_everything(pat, actor=SERVICE, now=NOW)
    with pytest.raises(NotAllowed):
        officers.choose(pat, 1, Choices(("all",), "immediate"), actor=SERVICE, now=NOW)


@pytest.mark.parametrize("ward", ["every", None])
def test_a_program_that_sends_back_what_it_read_changes_nothing_of_a_subscriber(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], officer: Callable[..., Actor],
    pat: int, ward: str | None,
) -> None:  # fmt: skip
    session.add(Ward(code="E05000001", name="Bickley"))
    session.add(PostcodePlace(postcode="BR1 3UH", ward_code="E05000001", since=date(2020, 1, 1), cell=None))
    session.commit()
    end = endpoint_id(session, "pat@example.org")
    chosen = Choices(("scams",), "daily", postcode="BR1 3UH", ward=ward, name="Pat Example", large_print=True)
    officers.choose(pat, end, chosen, actor=officer(RoleName.MANAGER), now=NOW)
    was = described(session)
    head, path = bearer(RoleName.CASE_OFFICER), f"/api/v1/subscribers/{pat}/addresses/{end}"
    told = client.get(path, headers=head).get_json()
    sent = {name: value for name, value in told.items() if name not in {"paused_until", "status"}}
    assert client.put(path, json=sent | AGREED, headers=head).status_code == 204
    assert described(session) == was


def described(session: Session) -> tuple[object, ...]:
    session.expire_all()
    one = session.scalars(select(Subscriber)).one()
    return one.name, one.postcode, one.ward, one.formats, held(session, "pat@example.org")


def test_an_organisation_keeps_its_name_where_an_officer_gives_none(
    session: Session, run_import: Import, officer: Callable[..., Actor]
) -> None:
    run_import(f"Bickley Watch,pat@example.org,,,,partner,,scams,immediate,{CONSENT}")
    watch, end = session.scalars(select(Subscriber.id)).one(), endpoint_id(session, "pat@example.org")
    officers.choose(watch, end, Choices(("all",), "immediate"), actor=officer(RoleName.MANAGER), now=NOW)
    assert session.scalars(select(Subscriber.name)).one() == "Bickley Watch"


def test_the_api_does_all_that_the_pages_do(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], pat: int
) -> None:
    head, base = bearer(RoleName.CASE_OFFICER), f"/api/v1/subscribers/{pat}"
    address = f"{base}/addresses/{endpoint_id(session, 'pat@example.org')}"
    wanted = {"topics": ["scams"], "frequency": "immediate", "large_print": True, **AGREED}
    assert client.put(address, json=wanted, headers=head).status_code == 204
    told = client.get(address, headers=head).get_json()
    assert (told["topics"], told["large_print"], told["paused_until"]) == (["scams"], True, None)
    assert client.put(f"{base}/pause", json={"span": "two_weeks", **AGREED}, headers=head).status_code == 204
    assert client.get(address, headers=head).get_json()["paused_until"] is not None
    assert client.post(f"{base}/resume", json=AGREED, headers=head).status_code == 204
    new = {"contact": "new@example.org", **AGREED}
    assert client.post(f"{base}/addresses", json=new, headers=head).status_code == 202
    assert client.post(f"{base}/stop", json={}, headers=head).status_code == 422
    assert client.post(f"{base}/stop", json=AGREED, headers=head).status_code == 204
    assert status(session, "pat@example.org") == "opted_out"
    assert client.get("/api/v1/subscribers/why-people-left", headers=head).get_json()["items"][0]["count"] == 0
    assert client.post(f"{base}/erase", json={"typed": "erase", **AGREED}, headers=head).status_code == 204
    assert client.post(f"{base}/erase", json={"typed": "erase", **AGREED}, headers=head).status_code == 404
