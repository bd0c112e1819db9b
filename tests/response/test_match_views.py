"""The matches beside a call's form, with and without JavaScript, and what the trail keeps of looking."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tests.response.test_views import form
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.parties.models import Party, PartyLink
from tsalert.response import service
from tsalert.response.models import Call, CallParty, Incident
from tsalert.response.opening import seal_opening
from tsalert.response.service import LoggedCall
from tsalert.staff.rules import RoleName

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


@pytest.fixture
def earlier(session: Session, duty: Actor) -> LoggedCall:
    """A call of twenty minutes ago about men on the roof, whose incident is open."""
    told = roof_call(trader="Premier Roofing AB12 CDE", phone="020 7946 0123")
    return service.log_call(told, actor=duty, now=utc_now() - timedelta(minutes=20, seconds=30))


def looks(session: Session) -> list[str]:
    looks = select(AuditEvent).where(AuditEvent.action == "looked for matches")
    events = session.scalars(looks.order_by(AuditEvent.id))
    return [event.detail["fields"] for event in events]


def party_id(session: Session, call: LoggedCall, role: str = "caller") -> int:
    return session.scalars(
        select(CallParty.party_id).where(CallParty.call_id == call.call_id, CallParty.role == role)
    ).one()


def test_the_part_beside_the_form_says_why_and_offers_the_open_incident(desk: FlaskClient, earlier: LoggedCall) -> None:
    part = desk.post("/calls/matches", data=form(desk), headers=HTMX).text
    assert "<html" not in part
    assert "same phone, same address, 1 earlier call" in part
    assert f"Add to {earlier.incident_reference}" in part
    assert "20 minutes ago" in part


def test_it_shows_no_name_that_was_not_typed_and_no_address_number_or_story(
    desk: FlaskClient, earlier: LoggedCall
) -> None:
    part = desk.post("/calls/matches", data=form(desk), headers=HTMX).text
    for hidden in ("Alex", "Premier", "0123", "Example Road", "roof want", "AB12"):
        assert hidden not in part


def test_looking_is_entered_once_a_form_however_much_is_typed(
    desk: FlaskClient, session: Session, earlier: LoggedCall
) -> None:
    sent = form(desk)
    for name in ("Al", "Ale", "Alex"):
        desk.post("/calls/matches", data=sent | {"caller_name": name}, headers=HTMX)
    assert looks(session) == ["phone, caller_name, address"]
    desk.post("/calls/matches", data=form(desk), headers=HTMX)
    assert len(looks(session)) == 2


def test_an_empty_form_looks_for_nothing_and_enters_nothing(desk: FlaskClient, session: Session) -> None:
    part = desk.post("/calls/matches", data={"opened": seal_opening(utc_now())}, headers=HTMX)
    assert "Matches show here as you type" in part.text
    assert looks(session) == []


@pytest.mark.parametrize("opened", ["", "forged", None])
def test_a_form_whose_opening_is_not_ours_is_shown_nothing(
    desk: FlaskClient, earlier: LoggedCall, opened: str | None
) -> None:
    answer = desk.post("/calls/matches", data=form(desk, opened=opened), headers=HTMX)
    assert answer.status_code == 422
    assert "same phone" not in answer.text


def test_without_javascript_the_form_comes_back_with_the_matches_and_all_that_was_typed(
    desk: FlaskClient, session: Session, earlier: LoggedCall
) -> None:
    sent = form(desk, happening="Men on the roof again", same_as=str(party_id(session, earlier)))
    page = desk.post("/calls/matches", data=sent).text
    assert "<html" in page
    assert "Men on the roof again" in page
    assert f'name="opened" value="{sent["opened"]}"' in page
    assert re.search(r'name="same_as" value="\d+"\s+type="radio" checked', page)
    assert session.scalar(select(func.count()).select_from(Call)) == 1


def no_to(shown: LoggedCall) -> dict[str, str]:
    """Answer that a call is about something else than the incident that is shown beside it."""
    return {"join": "", "join_shown": shown.incident_reference or ""}


def test_looking_does_not_use_up_the_form(desk: FlaskClient, session: Session, earlier: LoggedCall) -> None:
    sent = form(desk, **no_to(earlier))
    desk.post("/calls/matches", data=sent, headers=HTMX)
    assert desk.post("/calls", data=sent).status_code == 303
    assert session.scalar(select(func.count()).select_from(Call)) == 2


def test_the_same_person_is_the_same_party(desk: FlaskClient, session: Session, earlier: LoggedCall) -> None:
    known = party_id(session, earlier)
    desk.post("/calls", data=form(desk, **no_to(earlier), caller_name="Alec Exampel", same_as=str(known)))
    assert session.scalars(select(CallParty.party_id).where(CallParty.role == "caller")).all() == [known, known]


def test_somebody_else_is_told_apart_for_good(desk: FlaskClient, session: Session, earlier: LoggedCall) -> None:
    known = party_id(session, earlier)
    desk.post("/calls", data=form(desk, **no_to(earlier), caller_name="Alex Example", different_from=str(known)))
    (link,) = session.scalars(select(PartyLink)).all()
    assert (link.low_id, link.verdict, link.decided_by is not None) == (known, "different", True)


def test_a_neighbours_call_is_added_to_the_open_incident_whatever_else_the_form_proposed(
    desk: FlaskClient, session: Session, earlier: LoggedCall
) -> None:
    answer = desk.post("/calls", data=form(desk, phone="020 7946 0999", join=earlier.incident_reference))
    assert answer.location.endswith(f"/incidents/{earlier.incident_id}")
    assert session.scalar(select(func.count()).select_from(Incident)) == 1


@pytest.mark.parametrize("chosen", ["987654", "0", "x", str(2**63), "²"])
def test_choosing_who_does_not_exist_gives_the_form_back(
    desk: FlaskClient, session: Session, earlier: LoggedCall, chosen: str
) -> None:
    answer = desk.post("/calls", data=form(desk, same_as=chosen))
    assert answer.status_code == 422
    assert "Men on the roof" in answer.text
    assert session.scalar(select(func.count()).select_from(Call)) == 1


def test_what_was_chosen_travels_with_a_form_that_comes_back(desk: FlaskClient, earlier: LoggedCall) -> None:
    answer = desk.post("/calls", data=form(desk, postcode="NOWHERE", same_as="1", join=earlier.incident_reference))
    assert answer.status_code == 422
    assert '<input type="hidden" name="same_as" value="1">' in answer.text
    assert f'<input type="hidden" name="join" value="{earlier.incident_reference}">' in answer.text


SCRIPT = "<script>alert(1)</script>"


def test_what_people_are_called_stays_text(desk: FlaskClient, session: Session, duty: Actor) -> None:
    service.log_call(roof_call(caller_name=f"Alex {SCRIPT}"), actor=duty, now=utc_now())
    part = desk.post("/calls/matches", data=form(desk, caller_name=f"Alex {SCRIPT}"), headers=HTMX).text
    assert "same name" in part
    assert SCRIPT not in part
    party = session.scalars(select(Party.id)).one()
    assert SCRIPT not in desk.get(f"/parties/{party}").text


def test_those_who_log_no_calls_look_for_nobody(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    assert browser.post("/calls/matches", data={"phone": "1"}, headers=HTMX).status_code == 403


def typed(**values: Any) -> dict[str, Any]:
    return {"opened": seal_opening(utc_now()), **values}


@pytest.mark.parametrize("text", ["\x00", "%", "a" * 100_000, "🦊", "07700", "²²²²²²²²", "BR1"])
def test_any_key_press_is_answered(desk: FlaskClient, earlier: LoggedCall, text: str) -> None:
    names = ("phone", "caller_name", "address", "postcode", "trader", "same_as")
    answer = desk.post("/calls/matches", data=typed(**dict.fromkeys(names, text)), headers=HTMX)
    assert answer.status_code == 200
