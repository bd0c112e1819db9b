"""Pages, API and the call screen: whoever logs a call reads what is held of the trader, the van or the number."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.intelligence.conftest import told
from tests.response.conftest import roof_call
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.intelligence import queries, service
from tsalert.intelligence.rules import NewAbout
from tsalert.intelligence.vocabulary import About
from tsalert.parties.vocabulary import Side
from tsalert.response import service as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.opening import seal_opening
from tsalert.staff.rules import RoleName

HTMX = {"HX-Request": "true"}
SCRIPT = "<script>alert(1)</script> van of the Öztürk brothers"


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A duty officer's browser."""
    return signed_in(RoleName.DUTY_OFFICER)


def typed(**fields: str) -> dict[str, str]:
    """Return a note as it is typed."""
    today = london_date(utc_now())
    usual = {
        "source": "2",
        "assessment": "C",
        "handling": "P",
        "text": "Asks for cash, then for more",
        "provenance": "A neighbour",
        "information_on": today.isoformat(),
        "review_on": (today + timedelta(days=90)).isoformat(),
        "vehicle": "ZZ99 ZZZ",
    }
    return usual | fields


def write(actor: Actor, **changes: object) -> int:
    today = london_date(utc_now())
    days = {"information_on": today, "review_on": today + timedelta(days=90)}
    return service.write_note(told(**days | changes), is_demo=True, actor=actor, now=utc_now())


def test_a_note_is_written_on_its_page_read_there_reviewed_and_shared(desk: FlaskClient, session: Session) -> None:
    kept = desk.post("/intelligence/new", data=typed(text=SCRIPT), follow_redirects=True)
    assert "graded 2CP" in kept.text
    assert "<script>alert" not in kept.text
    assert "&lt;script&gt;" in kept.text
    place = f"/intelligence/{queries.list_standing(session, now=utc_now()).items[0].id}"
    again = desk.post(f"{place}/review", data={"words": "", "review_on": "2020-01-01"})
    assert (again.status_code, "Say why it still holds." in again.text) == (422, True)
    shared = {"to_whom": "Anytown police", "purpose": "A stop of the van"}
    assert "Anytown police" in desk.post(f"{place}/sharing", data=shared, follow_redirects=True).text
    assert "Asks" not in desk.get("/intelligence").text
    assert "Öztürk" in desk.get("/intelligence").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vehicle": ""}, "Say what it is about"),
        ({"party_id": "99999999999"}, "no record with that number"),
        ({"vehicle": "a white van"}, "We cannot read this as a vehicle registration."),
        ({"handling": "C"}, "Say under which conditions"),
        ({"source": "9"}, "Choose one from the list"),
        ({"text": "x" * 4001}, "4,000 characters or fewer"),
        ({"information_on": "2999-01-01"}, "it cannot lie ahead"),
    ],
)
def test_what_cannot_be_comes_back_beside_its_field(desk: FlaskClient, changes: dict[str, str], said: str) -> None:
    answer = desk.post("/intelligence/new", data=typed(**changes))
    assert (answer.status_code, said in answer.text) == (422, True)


def test_the_call_screen_says_what_is_held_while_the_call_is_typed(
    desk: FlaskClient, session: Session, author: Actor
) -> None:
    note_id = write(author)
    form = {"trader": "white van ZZ99 ZZZ", "opened": seal_opening(utc_now())}
    part = desk.post("/calls/matches", data=form, headers=HTMX).text
    assert "Intelligence held" in part
    assert "1BP" in part
    assert "pavers who ask for cash" in part
    assert "A merchant" not in part
    desk.post("/calls/matches", data=form, headers=HTMX)
    whole = desk.post("/calls/matches", data=form).text
    assert "pavers who ask for cash" in whole
    read = select(AuditEvent).where(AuditEvent.subject == "intelligence_note", AuditEvent.action == "read")
    assert [entry.detail for entry in session.scalars(read)] == [{"records": str(note_id)}]


def test_beside_a_trader_whom_we_know_stands_what_is_held_of_the_van(
    desk: FlaskClient, session: Session, author: Actor
) -> None:
    logged = response.log_call(roof_call(trader="Pretend Paving, van ZZ99 ZZZ"), actor=author, now=utc_now())
    write(author)
    form = {"trader": "Pretend Paving", "opened": seal_opening(utc_now())}
    assert "pavers who ask for cash" in desk.post("/calls/matches", data=form, headers=HTMX).text
    assert "pavers who ask for cash" in desk.get(f"/incidents/{logged.incident_id}").text


def test_the_notes_held_of_one_party_have_a_page_of_their_own(
    desk: FlaskClient, session: Session, author: Actor
) -> None:
    logged = response.log_call(roof_call(trader="Pretend Paving, van ZZ99 ZZZ"), actor=author, now=utc_now())
    (trader,) = (p.party_id for p in parties_of_calls(session, [logged.call_id]) if p.role is Side.TRADER)
    for n in range(11):
        write(author, text=f"Told {n} times")
    write(author, about=(NewAbout(About.PHONE, "020 7946 0999"),), text="Of somebody else")
    page = desk.get(f"/parties/{trader}").text
    assert "All 11 notes held of them" in page
    assert "Told 0 times" not in page
    listed = desk.get(f"/intelligence?party={trader}").text
    assert "Told 0 times" in listed
    assert "Of somebody else" not in listed
    assert desk.get("/intelligence?party=987654").status_code == 404


def test_of_a_restricted_note_every_door_says_only_that_it_is_there(
    desk: FlaskClient, client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session, author: Actor
) -> None:
    logged = response.log_call(roof_call(trader="Pretend Paving, van ZZ99 ZZZ"), actor=author, now=utc_now())
    note_id = write(author, text="Canary who sings", restricted_because="The source lives next door to them")
    form = {"trader": "van ZZ99 ZZZ", "opened": seal_opening(utc_now())}
    head = bearer(RoleName.DUTY_OFFICER)
    answers = {
        "matches": desk.post("/calls/matches", data=form, headers=HTMX).text,
        "incident": desk.get(f"/incidents/{logged.incident_id}").text,
        "list": desk.get("/intelligence").text,
        "api matches": client.post("/api/v1/matches", json={"trader": "van ZZ99 ZZZ"}, headers=head).text,
        "api list": client.get("/api/v1/intelligence", headers=head).text,
    }
    for door, shown in answers.items():
        assert "Canary" not in shown, door
        assert "restricted" in shown, door
    for refused in (
        desk.get(f"/intelligence/{note_id}"),
        desk.get(f"/intelligence/new?supersedes={note_id}"),
        client.get(f"/api/v1/intelligence/{note_id}", headers=head),
    ):
        assert (refused.status_code, "Canary" in refused.text) == (403, False)


def test_the_api_writes_reads_reviews_and_shares(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session
) -> None:
    head = bearer(RoleName.CASE_OFFICER)
    made = client.post("/api/v1/intelligence", json=typed(), headers=head)
    assert made.status_code == 201
    (item,) = made.get_json()["items"]
    assert (item["grade"], item["is_shown"]) == ("2CP", True)
    place = f"/api/v1/intelligence/{item['id']}"
    until = (london_date(utc_now()) + timedelta(days=200)).isoformat()
    reviewed = client.post(f"{place}/review", json={"words": "Seen again", "review_on": until}, headers=head)
    assert reviewed.get_json()["review_on"] == until
    shared = client.post(f"{place}/sharing", json={"to_whom": "Police", "purpose": "A stop"}, headers=head)
    assert [each["to_whom"] for each in shared.get_json()["sharings"]] == ["Police"]
    assert client.get(place, headers=head).get_json()["about"][0]["normal"] == "2299222"
    found = client.post("/api/v1/matches", json={"trader": "van ZZ99 ZZZ"}, headers=head).get_json()
    assert [note["grade"] for note in found["intelligence"]] == ["2CP"]
    assert client.get("/api/v1/intelligence/99999", headers=head).status_code == 404
    assert client.post("/api/v1/intelligence", json=typed(vehicle="x"), headers=head).status_code == 422


def test_whoever_opens_a_restricted_note_is_led_to_it(signed_in: Callable[..., FlaskClient], author: Actor) -> None:
    note_id = write(author, text="Canary who sings", restricted_because="The source lives next door to them")
    desk = signed_in(RoleName.CASE_OFFICER)
    reason = {"reason": "They are on their way to the source"}
    shown = desk.post(f"/access/closed/intelligence_note/{note_id}/break-glass", data=reason)
    assert (shown.status_code, shown.location) == (303, f"/intelligence/{note_id}")
    assert "Canary who sings" in desk.get(f"/intelligence/{note_id}").text
