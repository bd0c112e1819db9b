"""What may be said of evidence."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.evidence import rules
from tsalert.evidence.rules import Decision, NewCustody
from tsalert.evidence.vocabulary import CustodyKind, Part

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Robin Tate", "RT"),
        ("Robin Tate-Hill (invented)", "RTH"),
        ("Łucja Żak", "ŁŻ"),
        ("陈 丽", "陈丽"),
        ("R2D2", "RD"),
        ("42", ""),
    ],
)
def test_initials_come_from_the_name_in_any_script(name: str, initials: str) -> None:
    assert rules.initials_of(name) == initials


def test_initials_are_read_as_people_write_them() -> None:
    assert rules.read_initials("r. t.") == "RT"


@pytest.mark.parametrize("typed", ["", "R/1", "<B>", "ABCDEF", "R2"])
def test_initials_that_are_none_are_refused(typed: str) -> None:
    with refused(RuleViolation, "letters, like RT", field="initials"):
        rules.read_initials(typed)


def test_numbers_go_on_from_the_highest_and_a_label_keeps_its_own() -> None:
    assert rules.next_number([], None, "RT") == 1
    assert rules.next_number([1, 7], None, "RT") == 8
    assert rules.next_number([1, 7], 3, "RT") == 3
    with refused(Conflict, "RT/7 is another exhibit"):
        rules.next_number([1, 7], 7, "RT")
    for wanted in (0, 100_000):
        with refused(RuleViolation, "from 1 to 99999", field="number"):
            rules.next_number([], wanted, "RT")
    assert rules.next_number([], 99_999, "RT") == 99_999


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (CustodyKind.SEALED, "seal_number"),
        (CustodyKind.STORED, "place"),
        (CustodyKind.HANDED_TO, "person"),
        (CustodyKind.RETURNED, "person"),
        (CustodyKind.DESTROYED, "note"),
    ],
)
def test_an_entry_of_the_chain_needs_what_its_kind_cannot_go_without(kind: CustodyKind, field: str) -> None:
    with refused(field=field):
        rules.require_whole(NewCustody(kind))
    rules.require_whole(NewCustody(CustodyKind.SEIZED))
    whole = NewCustody(kind, person="Ada Example", place="Store 2", seal_number="B123", note="By order of the court")
    rules.require_whole(whole)


def test_nothing_happens_to_an_exhibit_after_it_was_destroyed() -> None:
    chain = [(CustodyKind.SEIZED, NOW - timedelta(days=9)), (CustodyKind.DESTROYED, NOW - timedelta(days=1))]
    rules.require_before_the_end(NOW - timedelta(days=2), chain)
    for at in (NOW, NOW - timedelta(days=1)):
        with refused(Conflict, "destroyed before this", legal=["correct the entry that says so"]):
            rules.require_before_the_end(at, chain)


def test_what_is_sensitive_needs_a_reason() -> None:
    rules.require_reason(Decision(is_sensitive=False, is_disclosed=True))
    with refused(RuleViolation, "why it is sensitive", field="reason"):
        rules.require_reason(Decision(is_sensitive=True, is_disclosed=False))


def test_a_line_that_nobody_decided_on_is_in_neither_half() -> None:
    assert [rules.is_in(part, is_sensitive=None) for part in Part] == [True, False, False]
    assert [rules.is_in(part, is_sensitive=False) for part in Part] == [True, True, False]
    assert [rules.is_in(part, is_sensitive=True) for part in Part] == [True, False, True]


@pytest.mark.parametrize(
    ("told", "saved"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\roof.pdf", "roof.pdf"),
        ("/etc/shadow", "shadow"),
        ("..", "evidence"),
        ("", "evidence"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
        ("gpj.\u202eexe.pdf", "gpj.exe.pdf"),
        ("<script>alert(1)</script>.png", "script.png"),
        ("契約書 and договор.pdf", "契約書 and договор.pdf"),
        (".htaccess", "htaccess"),
    ],
)
def test_a_name_is_saved_without_what_would_turn_or_break_it(told: str, saved: str) -> None:
    assert rules.name_to_save(told) == saved


@given(st.text(max_size=1000))
def test_no_name_leads_anywhere_however_it_was_told(told: str) -> None:
    saved = rules.name_to_save(rules.name_as_told(told))
    assert 0 < len(saved) <= 140
    assert not set(saved) & set('/\\:*?"<>|\r\n\0')
    assert saved.strip(".") == saved


def test_a_name_is_kept_as_it_was_told_but_for_what_no_database_keeps() -> None:
    assert rules.name_as_told("../<b>roof</b>\0.pdf") == "../<b>roof</b>.pdf"
    assert rules.name_as_told(None) == "unnamed"
    with refused(RuleViolation, "Shorten it", field="file"):
        rules.name_as_told("x" * 1001)


def test_a_time_is_told_between_1970_and_two_minutes_from_now() -> None:
    rules.require_possible(None, NOW, field="found_at")
    for at in (NOW + timedelta(minutes=2), datetime(1970, 1, 1, tzinfo=UTC)):
        rules.require_possible(at, NOW, field="found_at")
    with refused(RuleViolation, "This time has not come yet", field="found_at"):
        rules.require_possible(NOW + timedelta(minutes=2, seconds=1), NOW, field="found_at")
    with refused(RuleViolation, "Check the year", field="found_at"):
        rules.require_possible(datetime(1969, 12, 31, tzinfo=UTC), NOW, field="found_at")


def test_initials_are_at_most_five() -> None:
    assert rules.initials_of("a b c d e f") == "ABCDE"
    assert rules.read_initials("abcde") == "ABCDE"


@pytest.mark.parametrize(
    ("told", "saved"),
    [
        ("x" * 121, "x" * 120),
        ("x" * 121 + ".pdf", "x" * 120 + ".pdf"),
        ("a.12345678", "a.12345678"),
        ("a.123456789", "a.123456789"),
        (". a. ", "a"),
        ("a.b.pdf", "a.b.pdf"),
        (" .pdf", "pdf"),
        ("a\u200db.pdf", "ab.pdf"),
    ],
)
def test_a_name_is_saved_within_what_computers_take(told: str, saved: str) -> None:
    assert rules.name_to_save(told) == saved


def test_a_longest_name_is_kept_whole_and_what_no_text_can_hold_is_marked() -> None:
    assert rules.name_as_told("x" * 1000) == "x" * 1000
    assert rules.name_as_told("a\ud800") == "a?"
