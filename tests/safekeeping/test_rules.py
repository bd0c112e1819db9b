"""What a backup says of itself, and how it proves that nobody changed it."""

import json
from hashlib import sha256
from typing import Any

import pytest
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.safekeeping import rules
from tsalert.safekeeping.lines import Kind
from tsalert.safekeeping.rules import Column, Count, Head, Manifest, Outline, Tally

KEY = "a" * 40
TABLES = (
    Outline("call", (Column("id", Kind.INTEGER), Column("summary", Kind.TEXT)), ("id",), 12),
    Outline("tag", (Column("name", Kind.TEXT),), ("name",)),
)
HEAD = Head("0084", "sqlite", "2026-06-10T12:00:00Z", "https://ours.example", "k", 7, "s", TABLES)
MANIFEST = Manifest("h", {"call": Count(3, "c"), "tag": Count(4, "t")}, Count(2, "f"), 1000)


def changed(written: bytes, **changes: Any) -> bytes:
    told = json.loads(written) | changes
    return json.dumps({name: value for name, value in told.items() if value is not ...}).encode()


def test_a_beginning_is_read_as_it_was_written_and_people_can_read_it_too() -> None:
    written = HEAD.write()
    assert Head.read(written) == HEAD
    assert written.startswith(b'{\n "database": "sqlite",\n "format": 1,\n')
    assert TABLES[0].kinds == (Kind.INTEGER, Kind.TEXT)


@pytest.mark.parametrize("product", ["another", ..., None])
def test_what_tsalert_did_not_make_is_no_backup(product: object) -> None:
    with refused(RuleViolation, "This is not a backup that tsalert made"):
        Head.read(changed(HEAD.write(), product=product))


@pytest.mark.parametrize("number", [2, ..., "1"])
def test_a_backup_of_a_later_tsalert_is_not_guessed_at(number: object) -> None:
    with refused(RuleViolation, "This backup was made by a newer tsalert"):
        Head.read(changed(HEAD.write(), format=number))


@pytest.mark.parametrize(
    "changes",
    [{"tables": ...}, {"tables": [{}]}, {"tables": None}, {"more": 1}, {"schema": ...}, {"tables": [{"columns": 1}]}],
    ids=str,
)
def test_a_beginning_that_lacks_something_is_damaged(changes: dict[str, Any]) -> None:
    with refused(RuleViolation, "The backup is damaged: its beginning cannot be read. Nothing was"):
        Head.read(changed(HEAD.write(), **changes))


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b"1"])
def test_what_is_no_json_object_says_nothing_of_itself(written: bytes) -> None:
    for read in (Head.read, lambda it: Manifest.read(it, KEY)):
        with refused(RuleViolation, "damaged: what it says of itself cannot be read."):
            read(written)


def test_lines_are_counted_and_digested_as_they_pass() -> None:
    tally = Tally()
    assert tally.count == rules.NOTHING
    assert [tally.add(b"a\nb\n"), tally.add(b"c\n")] == [2, 1]
    assert tally.count == Count(3, sha256(b"a\nb\nc\n").hexdigest())


def test_an_end_is_read_as_it_was_sealed_and_by_its_own_key_alone() -> None:
    sealed = MANIFEST.write(KEY)
    assert Manifest.read(sealed, KEY) == MANIFEST
    assert MANIFEST.rows == 7
    for written, key in (
        (sealed, "b" * 40),
        (sealed.replace(b"1000", b"1001"), KEY),
        (changed(sealed, seal=None), KEY),
        (changed(sealed, seal=...), KEY),
        (replace(MANIFEST, file_bytes=1).write(KEY).replace(b'"file_bytes": 1', b'"file_bytes": 2'), KEY),
    ):
        with refused(RuleViolation, "The backup is damaged: its seal does not fit, so that somebody"):
            Manifest.read(written, key)


def test_the_seal_of_an_old_backup_still_fits() -> None:
    assert json.loads(MANIFEST.write(KEY))["seal"] == "166a80ac97eaa7ac8c599d3b78821271a6b3161fa0d18570dc39aa8173af5f4c"
