"""Parties, matches, decisions and warnings through the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.response.test_api import CALL
from tsalert.core.clock import london_date, utc_now
from tsalert.staff.rules import RoleName

TOMORROW = (london_date(utc_now()) + timedelta(days=1)).isoformat()
ADVICE = {"disposition": "advice", "caller_name": "Ada Brindle", "phone": "020 7946 0111"}


@pytest.fixture
def head(bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer(RoleName.DUTY_OFFICER)


@pytest.fixture
def send(client: FlaskClient, head: dict[str, str]) -> Callable[..., Any]:
    def post(path: str, status: int = 200, **body: Any) -> Any:
        answer = client.post(f"/api/v1/{path}", json=body, headers=head)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    return post


def match_of(send: Callable[..., Any], **sought: str) -> Any:
    return send("matches", **sought)["parties"]


def test_matches_are_found_and_decided_on(client: FlaskClient, head: dict[str, str], send: Callable[..., Any]) -> None:
    send("calls", 201, **ADVICE)
    send("calls", 201, **ADVICE | {"caller_name": "Adah Brindel"})
    newer, older = match_of(send, phone="02079460111")
    assert newer["words"].startswith("same phone, 1 earlier call, last ")
    assert (newer["name"], newer["reasons"]) == (None, ["same_phone"])
    party = send(f"parties/{older['party_id']}/decisions", other_id=newer["party_id"], verdict="same")
    assert party["members"] == [older["party_id"], newer["party_id"]]
    assert party["names"] == ["Ada Brindle", "Adah Brindel"]
    assert len(party["calls"]) == 2
    (together,) = match_of(send, phone="02079460111")
    assert "2 earlier calls" in together["words"]
    decision = party["decisions"][0]["id"]
    undone = send(f"parties/{older['party_id']}/decisions/{decision}/undo")
    assert undone["decisions"][0]["undone_at"] is not None
    assert client.get(f"/api/v1/parties/{newer['party_id']}", headers=head).get_json()["members"] == [newer["party_id"]]


def test_an_open_incident_is_found_by_its_address(send: Callable[..., Any]) -> None:
    call = send("calls", 201, **CALL)
    (found,) = send("matches", address="1 Example Road", postcode="BR1 3UH")["incidents"]
    assert (found["id"], found["reason"], found["grade"]) == (call["incident_id"], "same_address", "immediate")


def test_a_call_says_whom_it_takes_its_caller_for(send: Callable[..., Any]) -> None:
    send("calls", 201, **ADVICE)
    (known,) = match_of(send, phone="02079460111")
    send("calls", 201, **ADVICE, same_as=known["party_id"])
    send("calls", 201, **ADVICE, different_from=[known["party_id"]])
    assert len(match_of(send, phone="02079460111")) == 2
    send("calls", 422, **ADVICE, same_as=987654)


def test_a_warning_is_written_reviewed_and_ended(send: Callable[..., Any]) -> None:
    send("calls", 201, **ADVICE)
    (known,) = match_of(send, phone="02079460111")
    party = send(f"parties/{known['party_id']}/warnings", text="Son listens in", review_on=TOMORROW)
    warning = party["warnings"][0]
    assert (warning["text"], warning["is_overdue"]) == ("Son listens in", False)
    assert match_of(send, phone="02079460111")[0]["warnings"][0]["text"] == "Son listens in"
    later = (london_date(utc_now()) + timedelta(days=9)).isoformat()
    assert send(f"warnings/{warning['id']}/review", review_on=later)["warnings"][0]["review_on"] == later
    ended = send(f"warnings/{warning['id']}/end", reason="He has moved out")
    assert ended["warnings"][0]["end_reason"] == "He has moved out"


def test_a_call_that_was_not_theirs_is_told_apart(send: Callable[..., Any]) -> None:
    mine = {"phone": "020 7946 0555", "caller_name": "Sam Sample"}
    calls = [send("calls", 201, **ADVICE | mine)["id"] for _ in range(2)]
    told = send(f"parties/calls/{calls[1]}/caller/tell-apart", 200)
    assert [part["call_id"] for part in told["calls"]] == [calls[1]]
    assert told["decisions"][0]["verdict"] == "different"
    send(f"parties/calls/{calls[1]}/caller/tell-apart", 409)
    send(f"parties/calls/{calls[1]}/trader/tell-apart", 404)
    send(f"parties/calls/{calls[1]}/nobody/tell-apart", 404)


def test_parties_are_listed_by_the_last_id(client: FlaskClient, head: dict[str, str], send: Callable[..., Any]) -> None:
    for number in range(3):
        send("calls", 201, **ADVICE | {"phone": f"020 7946 022{number}"})
    page = client.get("/api/v1/parties?limit=2", headers=head).get_json()
    rest = client.get(f"/api/v1/parties?limit=2&after={page['next']}", headers=head).get_json()
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("matches", {"name": "unknown field"}, 422),
        ("matches", {"phone": "\x00"}, 422),
        ("matches", {"caller_name": "x" * 201}, 422),
        ("matches", {"postcode": "nowhere"}, 422),
        ("parties/987654/decisions", {"other_id": 1, "verdict": "same"}, 404),
        ("parties/1/decisions", {"other_id": 2**63, "verdict": "same"}, 422),
        ("parties/1/decisions", {"other_id": 2, "verdict": "alike"}, 422),
        ("parties/987654/warnings", {"text": "x", "review_on": TOMORROW}, 404),
        ("warnings/987654/end", {"reason": "x"}, 404),
        ("warnings/99999999999999999999/review", {"review_on": TOMORROW}, 404),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    send: Callable[..., Any], path: str, body: dict[str, Any], status: int
) -> None:
    assert send(path, status, **body)["status"] == status
