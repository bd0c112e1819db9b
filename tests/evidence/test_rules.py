"""What may be said of evidence."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    with pytest.raises(RuleViolation, match="letters, like RT"):
        rules.read_initials(typed)


def test_numbers_go_on_from_the_highest_and_a_label_keeps_its_own() -> None:
    assert rules.next_number([], None, "RT") == 1
    assert rules.next_number([1, 7], None, "RT") == 8
    assert rules.next_number([1, 7], 3, "RT") == 3
    with pytest.raises(Conflict, match="RT/7 is another exhibit"):
        rules.next_number([1, 7], 7, "RT")
    with pytest.raises(RuleViolation):
        rules.next_number([], 0, "RT")


@pytest.mark.parametrize("kind", [kind for kind in CustodyKind if kind is not CustodyKind.SEIZED])
def test_an_entry_of_the_chain_needs_what_its_kind_cannot_go_without(kind: CustodyKind) -> None:
    with pytest.raises(RuleViolation):
        rules.require_whole(NewCustody(kind))
    whole = NewCustody(kind, person="Ada Example", place="Store 2", seal_number="B123", note="By order of the court")
    rules.require_whole(whole)


def test_nothing_happens_to_an_exhibit_after_it_was_destroyed() -> None:
    chain = [(CustodyKind.SEIZED, NOW - timedelta(days=9)), (CustodyKind.DESTROYED, NOW - timedelta(days=1))]
    rules.require_before_the_end(NOW - timedelta(days=2), chain)
    for at in (NOW, NOW - timedelta(days=1)):
        with pytest.raises(Conflict, match="destroyed before this"):
            rules.require_before_the_end(at, chain)


def test_what_is_sensitive_needs_a_reason() -> None:
    rules.require_reason(Decision(is_sensitive=False, is_disclosed=True))
    with pytest.raises(RuleViolation, match="why it is sensitive"):
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
    with pytest.raises(RuleViolation, match="Shorten it"):
        rules.name_as_told("x" * 1001)
