"""What is not taken in, and why; whatever is refused changes nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.linked.conftest import Authority
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.exchange import answering, lapsing, queries, taking
from tsalert.exchange.models import OfferedPack
from tsalert.linked import own_keys, service
from tsalert.linked import queries as linked
from tsalert.linked.models import LinkedAuthority, LinkedKey
from tsalert.linked.rules import NewAuthority
from tsalert.staff.rules import RoleName

US = "http://127.0.0.1:8000"
CONTENT = {
    "reference": "D26-00001-A",
    "title": "Handover of D26-00001-A",
    "facts": "Two men wanted cash.",
    "answer_by": "2026-06-11T12:00:00Z",
    "digest": "0" * 64,
    "matter": {"category": "doorstep_crime", "kind": "gardening", "postcode": "BR1 3UH", "victim_name": "Canary Wren"},
    "sections": [{"heading": "Facts", "lines": [["", "Two men wanted cash."], ["Reported", "9 June"]]}],
    "files": [{"exhibit": "RT/1", "kind": "pdf", "size": 4096, "sha256": "a" * 64}],
}


@pytest.fixture
def other(session: Session, officer: Callable[..., Actor]) -> Authority:
    """An authority that is linked; we have a key of our own."""
    found, administrator = Authority(), officer(RoleName.ADMINISTRATOR)
    own_keys.make_key(actor=administrator, now=NOW)
    new = NewAuthority("Otherborough", found.url, found.fingerprint, found.public)
    service.register(new, actor=administrator, now=NOW)
    return found


def message(other: Authority, **changes: Any) -> dict[str, Any]:
    head = {"version": 1, "id": uuid4().hex, "kind": "handover.offer", "from": other.url, "to": US}
    return head | {"made_at": "2026-06-10T11:59:00Z", "content": CONTENT} | changes


def signed(other: Authority, told: object) -> str:
    return other.sign(json.dumps(told).encode())


def taken(session: Session) -> int:
    return len(session.scalars(select(OfferedPack)).all())


def test_one_pack_is_taken_once_and_another_under_its_number_is_refused(session: Session, other: Authority) -> None:
    told = message(other)
    first = taking.take(signed(other, told), actor=SERVICE, now=NOW)
    assert taking.take(signed(other, told), actor=SERVICE, now=NOW) == first
    changed = told | {"content": CONTENT | {"facts": "Three men."}}
    with pytest.raises(Conflict, match="another message with this number"):
        taking.take(signed(other, changed), actor=SERVICE, now=NOW)
    assert taken(session) == 1


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"to": "https://thirdham.example"}, NotAllowed, "for another authority"),
        ({"from": "https://thirdham.example"}, NotAllowed, "another authority than the one that signed"),
        ({"made_at": "2026-05-10T12:00:00Z"}, RuleViolation, "older than 30 days"),
        ({"made_at": "2026-06-10T13:00:00Z"}, RuleViolation, "time to come"),
        ({"made_at": "yesterday"}, RuleViolation, "no message"),
        ({"made_at": "2026-06-10T12:00:00"}, RuleViolation, "no message"),
        ({"version": 2}, RuleViolation, "version that we do not know"),
        ({"kind": "handover.gift"}, RuleViolation, "no message"),
        ({"id": 7}, RuleViolation, "no message"),
        ({"more": 1}, RuleViolation, "no message"),
        ({"content": []}, RuleViolation, "no message"),
        ({"content": CONTENT | {"more": 1}}, RuleViolation, "unknown to us: more"),
        ({"content": CONTENT | {"sections": []}}, RuleViolation, "sections"),
        ({"content": CONTENT | {"facts": "x\u0000y"}}, RuleViolation, "facts"),
        ({"content": CONTENT | {"facts": "\ud800"}}, RuleViolation, "facts"),
        ({"content": CONTENT | {"answer_by": "2026-06-10T11:00:00Z"}}, Conflict, "has lapsed"),
        ({"kind": "handover.answer", "content": {"offer": "x", "is_accepted": True, "by": "A"}}, NotFound, "no offer"),
    ],
)
def test_what_is_not_meant_for_us_or_cannot_be_understood_is_refused_in_words(
    session: Session, other: Authority, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        taking.take(signed(other, message(other, **changes)), actor=SERVICE, now=NOW)
    assert taken(session) == 0


def test_a_key_that_is_revoked_while_its_message_waits_its_turn_lets_nothing_in(
    session: Session, other: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked = {"revoked_at": NOW, "reason": "A laptop was stolen."}

    def wait_for_turn(session: Session, authority_id: int, *, lock: bool = False) -> LinkedAuthority:
        session.execute(update(LinkedKey).values(revoked), execution_options={"synchronize_session": False})
        return linked.get_row(session, authority_id, lock=lock)

    monkeypatch.setattr(taking, "linked", SimpleNamespace(get_row=wait_for_turn))
    with pytest.raises(NotAllowed, match="was revoked"):
        taking.take(signed(other, message(other)), actor=SERVICE, now=NOW)
    assert taken(session) == 0


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"a":' * 15_000, b"null", b"\xff\xfe", b'{"version": 1e999}'])
def test_signed_nonsense_is_refused_in_words(session: Session, other: Authority, body: bytes) -> None:
    with pytest.raises(RuleViolation):
        taking.take(other.sign(body), actor=SERVICE, now=NOW)


def test_programs_are_told_what_was_wrong_and_people_lose_nothing(
    session: Session, client: FlaskClient, other: Authority, bearer: Callable[..., dict[str, str]]
) -> None:
    door = "/exchange/messages"
    told: Any = client.post(door, data=signed(Authority(), message(other)))
    assert (told.status_code, told.json["detail"][:6]) == (403, "Nobody")
    assert client.post(door, data="x" * 200_000).status_code == 413
    in_pieces = {"input_stream": BytesIO(b"x" * 200_000), "environ_overrides": {"wsgi.input_terminated": True}}
    too_long: Any = client.post(door, headers={"Transfer-Encoding": "chunked"}, **in_pieces)
    assert (too_long.status_code, too_long.json["status"]) == (413, 413)
    assert client.post(door, data=b"\xff\x00").status_code == 422
    stale: Any = client.post(door, data=signed(other, message(other, made_at="2020-06-10T11:59:00Z")))
    assert (stale.status_code, stale.json["detail"]) == (422, "This is older than 30 days. Ask them to offer it again.")
    brought: Any = client.post("/api/v1/offered-packs/files", json={"signed": "a.b.c"}, headers=bearer())
    assert (brought.status_code, list(brought.json["errors"])) == (422, ["signed"])


def test_what_lapses_is_let_go_of_and_cannot_be_answered(
    session: Session, other: Authority, officer: Callable[..., Actor]
) -> None:
    receipt = taking.take(signed(other, message(other)), actor=SERVICE, now=NOW)
    assert receipt.pack_id is not None
    later = NOW + timedelta(hours=25)
    with pytest.raises(Conflict, match="time to answer is over"):
        answering.accept(receipt.pack_id, actor=officer(), now=later)
    assert (lapsing.let_lapse(later), lapsing.let_lapse(later)) == (1, 0)
    found = queries.get_pack(session, receipt.pack_id)
    assert (found.state, found.content) == ("lapsed", None)


def test_what_is_answered_while_others_lapse_is_not_counted(
    session: Session, other: Authority, officer: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (taking.take(signed(other, message(other)), actor=SERVICE, now=NOW).pack_id or 0 for _ in range(2))
    answering.refuse(second, "Not ours.", actor=officer(), now=NOW)
    # Both were due when they were looked for.
    monkeypatch.setattr(queries, "lapsed_ids", lambda *_: [first, second])
    assert lapsing.let_lapse(NOW + timedelta(hours=25)) == 1
    assert queries.get_pack(session, second).state == "refused"


def test_what_cannot_be_let_go_of_keeps_nothing_else(
    session: Session, other: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (taking.take(signed(other, message(other)), actor=SERVICE, now=NOW).pack_id or 0 for _ in range(2))
    let_go = lapsing.let_go

    def fail(row: OfferedPack, *told: Any, **more: Any) -> None:
        if row.id == first:
            raise KeyError(first)
        let_go(row, *told, **more)

    monkeypatch.setattr(lapsing, "let_go", fail)
    with pytest.raises(ExceptionGroup):
        lapsing.let_lapse(NOW + timedelta(hours=25))
    assert [queries.get_pack(session, each).state for each in (first, second)] == ["offered", "lapsed"]


def test_words_that_we_do_not_know_are_left_for_the_officer(
    session: Session, client: FlaskClient, other: Authority, bearer: Callable[..., dict[str, str]]
) -> None:
    matter = {"category": "piracy", "kind": "parrots", "channel": "pigeon", "postcode": "nowhere"}
    told = message(other, content=CONTENT | {"matter": matter, "answer_by": "9999-06-11T12:00:00Z"})
    receipt = taking.take(signed(other, told), actor=SERVICE, now=NOW)
    place, token = f"/api/v1/offered-packs/{receipt.pack_id}", bearer()
    shown: Any = client.get(place, headers=token).json
    assert (shown["state"], shown["content"]["files"][0]["exhibit"]) == ("offered", "RT/1")
    accepted: Any = client.post(f"{place}/acceptance", headers=token).json
    assert (accepted["state"], accepted["answer"]["state"]) == ("accepted", "waiting")
    assert client.post(f"{place}/answer/again", headers=token).status_code == 409
    assert len(client.post(f"{place}/answer/file", headers=token).json["signed"].split(".")) == 3  # type: ignore[index]
    assert client.get("/api/v1/offered-packs", headers=token).json["items"][0]["case_id"]  # type: ignore[index]
