"""How an entry of the trail is sealed: the same for ever."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from msgspec.structs import replace

from tsalert.audit import rules
from tsalert.audit.rules import Entry

ENTRY = Entry(
    at=datetime(2026, 6, 10, 13, 0, 0, 5, tzinfo=timezone(timedelta(hours=1))),
    officer_id=7,
    via="page",
    action="opened",
    subject="case",
    subject_id=3,
    detail={"state": "öpen", "also": None},
)
WRITTEN = (
    '{"action":"opened","at":"2026-06-10T12:00:00.000005+00:00","detail":{"also":null,"state":"öpen"},'
    '"officer_id":7,"subject":"case","subject_id":3,"via":"page"}'
)


def test_an_entry_is_written_as_it_always_was() -> None:
    assert rules.canonical(ENTRY) == WRITTEN


def test_a_seal_rests_on_the_one_before_and_on_the_entry() -> None:
    assert rules.seal(rules.FIRST_SEAL, ENTRY) == sha256(("0" * 64 + WRITTEN).encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        replace(ENTRY, at=datetime(2026, 6, 10, 12, 0, 0, 6, tzinfo=UTC)),
        replace(ENTRY, officer_id=None),
        replace(ENTRY, detail={}),
    ],
)
def test_no_part_of_an_entry_changes_without_breaking_its_seal(changed: Entry) -> None:
    assert rules.seal(rules.FIRST_SEAL, changed) != rules.seal(rules.FIRST_SEAL, ENTRY)
