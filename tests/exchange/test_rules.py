"""What two installations write to each other, and what is refused of it."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.exchange import rules
from tsalert.exchange.rules import Head, Kind, Message, State
from tsalert.linked.rules import LONGEST_CONTENT

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OURS, THEIRS = "https://ours.example", "https://theirs.example"
HEAD = Head("0123456789abcdef" * 2, Kind.HANDOVER_OFFER, THEIRS, OURS, NOW)
TOLD: dict[str, Any] = {
    "version": 1,
    "id": HEAD.key,
    "kind": "handover.offer",
    "from": THEIRS,
    "to": OURS,
    "made_at": "2026-06-10T12:00:00Z",
    "content": {"facts": "Ålder"},
}


def test_a_message_is_written_in_one_way_and_as_short_as_it_can_be() -> None:
    written = rules.write_message(HEAD, {"facts": "Ålder"})
    assert written == json.dumps(TOLD, separators=(",", ":"))
    assert written.isascii()


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.sampled_from(Kind))
def test_what_is_written_is_read_back(content: dict[str, Any], kind: Kind) -> None:
    head = Head(HEAD.key, kind, THEIRS, OURS, NOW)
    written = rules.write_message(head, content).encode()
    assert rules.read_message(written) == Message(head, content, sha256(written).hexdigest())


def test_a_message_may_be_as_long_as_can_be_signed_and_no_longer() -> None:
    room = LONGEST_CONTENT - len(rules.write_message(HEAD, {"facts": ""}))
    assert len(rules.write_message(HEAD, {"facts": "x" * room})) == LONGEST_CONTENT
    with refused(RuleViolation, "This is too long to be signed"):
        rules.write_message(HEAD, {"facts": "x" * (room + 1)})


@pytest.mark.parametrize("version", [2, "1", None])
def test_a_message_of_another_version_is_refused(version: object) -> None:
    with refused(RuleViolation, "This is of a version that we do not know"):
        rules.read_message(json.dumps(TOLD | {"version": version}).encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"more": 1},
        {"content": []},
        {"id": 1},
        {"id": "0123456789ABCDEF" * 2},
        {"id": HEAD.key + "0"},
        {"kind": "handover"},
        {"kind": None},
        {"from": 1},
        {"to": None},
        {"made_at": 1},
        {"made_at": "yesterday"},
        {"made_at": "2026-06-10T12:00:00"},
        {"made_at": "0001-01-01T00:00:00+14:00"},
    ],
    ids=str,
)
def test_what_is_no_message_is_refused_as_such(changed: dict[str, Any]) -> None:
    with refused(RuleViolation, "This is no message of a service like ours."):
        rules.read_message(json.dumps(TOLD | changed).encode())


@pytest.mark.parametrize("left_out", [name for name in TOLD if name != "version"])
def test_a_message_that_lacks_something_is_none(left_out: str) -> None:
    told = {name: value for name, value in TOLD.items() if name != left_out}
    with refused(RuleViolation, "This is no message"):
        rules.read_message(json.dumps(told).encode())


def meant(*, made_at: datetime = NOW, own: str = OURS, signer: str = THEIRS) -> None:
    head = Head(HEAD.key, HEAD.kind, THEIRS, OURS, made_at)
    rules.require_meant(Message(head, {}, ""), own=own, signer=signer, now=NOW)


def test_a_message_is_taken_from_its_signer_for_thirty_days_and_ten_minutes_early() -> None:
    meant(made_at=NOW + timedelta(minutes=10))
    meant(made_at=NOW - timedelta(days=30))


def test_a_message_that_is_not_meant_for_us_now_is_refused() -> None:
    with refused(NotAllowed, "This says that it is from another authority"):
        meant(signer="https://else.example")
    with refused(NotAllowed, "This is for another authority"):
        meant(own="https://else.example")
    with refused(RuleViolation, "This was made at a time to come"):
        meant(made_at=NOW + timedelta(minutes=10) + SECOND)
    with refused(RuleViolation, "This is older than 30 days"):
        meant(made_at=NOW - timedelta(days=30) - SECOND)


def test_one_number_stands_for_one_message() -> None:
    rules.require_same(Message(HEAD, {}, "one"), kept="one")
    with refused(Conflict, "We have another message with this number"):
        rules.require_same(Message(HEAD, {}, "one"), kept="another")


@pytest.mark.parametrize("state", State)
def test_an_offer_is_answered_once_and_to_the_second_in_time(state: State) -> None:
    if state is not State.OFFERED:
        with refused(Conflict, f"This is no longer offered to us: {state.label.lower()}"):
            rules.require_unanswered(state, answer_by=NOW, now=NOW)
        return
    rules.require_unanswered(state, answer_by=NOW, now=NOW)
    with refused(Conflict, "The time to answer is over"):
        rules.require_unanswered(state, answer_by=NOW, now=NOW + SECOND)


@pytest.mark.parametrize("status", [409, 413, 422])
def test_what_the_other_side_refuses_for_good_is_given_up(status: int) -> None:
    assert rules.tried_again_at(1, status, now=NOW) is None


@pytest.mark.parametrize("status", [None, 401, 429, 500, 503])
def test_everything_else_is_tried_again(status: int | None) -> None:
    assert rules.tried_again_at(2, status, now=NOW) == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"detail": "No, thank you."}', "No, thank you."),
        (b'{"detail": "a\\u0000\\nb"}', "ab"),
        (b'{"detail": "' + b"x" * 400 + b'"}', "x" * 300),
        (b'{"detail": ""}', None),
        (b'{"detail": 5}', None),
        (b"{}", None),
        (b"<html>", None),
    ],
)
def test_why_they_refused_is_kept_in_their_words(body: bytes, fault: str | None) -> None:
    assert rules.read_fault(body) == fault
