"""Who may do what, who must have a second step, which passwords are taken, and what a token may do."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.refusals import refused
from tsalert.core.actors import SERVICE, Actor, Permission, Via
from tsalert.core.errors import RuleViolation
from tsalert.staff import rules
from tsalert.staff.factors import rules as factors
from tsalert.staff.passwords import rules as passwords
from tsalert.staff.rules import PERMISSIONS, RoleName, Standing
from tsalert.staff.tokens import rules as tokens
from tsalert.staff.tokens.rules import Scope

NOW = datetime(2026, 6, 10, 12, 0, 10, tzinfo=UTC)


def actor(via: Via) -> Actor:
    return Actor(1, "Pat Example", frozenset(), via)


def test_a_role_reads_as_people_say_it() -> None:
    assert RoleName.DATA_PROTECTION_OFFICER.label == "Data protection officer"


def test_roles_together_allow_what_each_of_them_does() -> None:
    both = rules.permissions_of(["lone_sender", "administrator"])
    assert both == PERMISSIONS[RoleName.LONE_SENDER] | PERMISSIONS[RoleName.ADMINISTRATOR]
    assert rules.permissions_of([]) == frozenset()


@pytest.mark.parametrize(
    ("given_up", "held_by_others", "left"),
    [
        (["manager", "administrator", "duty_officer"], [], ["administrator", "manager"]),
        (["manager", "administrator"], ["manager"], ["administrator"]),
        (["manager"], ["manager", "administrator"], []),
        (["duty_officer"], [], []),
    ],
)
def test_somebody_is_always_a_manager_and_somebody_an_administrator(
    given_up: list[str], held_by_others: list[str], left: list[str]
) -> None:
    assert rules.roles_left_empty(given_up, held_by_others) == left


@pytest.mark.parametrize(
    ("is_active", "has_left", "has_way_in", "standing"),
    [
        (True, False, True, Standing.ACTIVE),
        (True, False, False, Standing.INVITED),
        (False, False, True, Standing.SUSPENDED),
        (False, True, True, Standing.ENDED),
    ],
)
def test_how_an_account_stands(*, is_active: bool, has_left: bool, has_way_in: bool, standing: Standing) -> None:
    assert rules.standing_of(is_active=is_active, has_left=has_left, has_way_in=has_way_in) is standing


@pytest.mark.parametrize("via", Via)
def test_access_changes_for_a_reason_wherever_somebody_is_asked_for_one(via: Via) -> None:
    assert rules.reason_of("New to the team.", actor(via)) == "New to the team."
    if via in {Via.PAGE, Via.API}:
        with refused(RuleViolation, "at least 10 characters", field="reason"):
            rules.reason_of(None, actor(via))
    else:
        assert rules.reason_of(None, actor(via)) is None


def test_nobody_gives_themselves_a_role() -> None:
    rules.require_another(SERVICE, 1)
    rules.require_another(actor(Via.PAGE), 2)
    with refused(RuleViolation, "Nobody can give roles to themselves", field="role"):
        rules.require_another(actor(Via.PAGE), 1)


@pytest.mark.parametrize(
    ("account", "network", "is_blocked"), [(4, 49, False), (5, 0, True), (0, 50, True), (0, 0, False)]
)
def test_signing_in_waits_after_five_failures_of_an_account_or_fifty_of_a_network(
    account: int, network: int, *, is_blocked: bool
) -> None:
    assert rules.is_blocked(failures_by_account=account, failures_by_network=network) is is_blocked


@pytest.mark.parametrize(("typed", "kept"), [(" B ", "b"), ("7", "7"), ("", ""), ("  ", "")])
def test_a_shortcut_is_one_letter_or_digit_or_nothing(typed: str, kept: str) -> None:
    assert rules.read_shortcut(typed) == kept


@pytest.mark.parametrize("typed", ["ab", "é", "-", "12"])
def test_no_other_key_becomes_a_shortcut(typed: str) -> None:
    with refused(RuleViolation, "Give one letter or digit", field="key"):
        rules.read_shortcut(typed)


@pytest.mark.parametrize(
    ("held", "required", "is_needed"),
    [
        (["manager"], ["all"], True),
        (["manager", "duty_officer"], ["manager"], True),
        (["duty_officer"], ["manager"], False),
        (["duty_officer"], [], False),
        ([], ["all"], False),
    ],
)
def test_who_must_have_a_second_step(held: list[str], required: list[str], *, is_needed: bool) -> None:
    assert factors.needs_second_step(held, required) is is_needed


def test_a_code_is_read_however_it_is_grouped() -> None:
    assert factors.read_code(" 123 456\n") == "123456"
    assert factors.read_code("ABCD-efgh") == "abcdefgh"
    assert [factors.is_of_app(code) for code in ("123456", "12345", "1234567", "abcdef")] == [True, False, False, False]
    assert factors.in_groups("abcdefghjkmnpqrs") == "abcd-efgh-jkmn-pqrs"


def test_the_last_second_step_stays_with_whoever_needs_one() -> None:
    factors.refuse_last(others=0, is_needed=False)
    factors.refuse_last(others=1, is_needed=True)
    with refused(RuleViolation, "Your role needs a second step"):
        factors.refuse_last(others=0, is_needed=True)


def test_a_second_step_is_taken_away_by_two_and_neither_lost_it() -> None:
    factors.require_two(witness_id=3, lost_by=1, administrator_id=2)
    factors.require_two(witness_id=3, lost_by=1, administrator_id=None)
    with refused(RuleViolation, "Ask another administrator"):
        factors.require_two(witness_id=3, lost_by=1, administrator_id=1)
    for witness in (1, 2):
        with refused(RuleViolation, "Choose a second person", field="witness_id"):
            factors.require_two(witness_id=witness, lost_by=1, administrator_id=2)


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("elevenlong1", "A password needs at least 12 characters"),
        ("x" * 1001, "A password is up to 1000 letters"),
        ("correct horse\tbattery", "A password is up to 1000 letters"),
        ("aaaaaaaaaaaaaaaa", "This repeats the same characters. Choose three random words"),
        ("zxcvbnm,./asdfghjkl", "This follows the keys of a keyboard"),
        ("abcdefghijklmnop", "This follows the alphabet or counts up"),
        ("password1234", "This is among the passwords that are tried first"),
        ("example tsalert", "This is based on your name, your address or the name of the service"),
        ("examplepatexample", "This is based on your name"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_with_the_reason(password: str, message: str) -> None:
    with refused(RuleViolation, message, field="password"):
        passwords.check_password(password, passwords.words_of("Pat Example"))


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "kettle-urn-12", "é" * 3 + "vlinder wolk", "kettle urn 12 " * 71]
)
def test_a_long_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    passwords.check_password(password, passwords.words_of("Pat Example"))


def test_words_that_tell_whose_password_it_is() -> None:
    words = passwords.words_of("Pat O'Neill-Short", "pat.short99@example.org")
    assert words == {"pat", "neill", "short", "example", "org", "tsalert", "trading", "standards", "alert"}


def test_a_token_of_an_officer_never_does_more_than_they_may() -> None:
    held = frozenset({Permission.READ_CASE, Permission.SEE_BOARD})
    assert tokens.permissions_of_officer(held, None) == held
    assert tokens.permissions_of_officer(held, ["cases:write", "figures:read"]) == {Permission.READ_CASE}
    assert tokens.permissions_of_officer(held, []) == frozenset()


def test_a_program_does_nothing_that_people_answer_for() -> None:
    assert tokens.permissions_of_program(None) == frozenset()
    allowed = tokens.permissions_of_program(["alerts:write"])
    assert Permission.DRAFT_ALERT in allowed
    assert Permission.APPROVE_ALERT not in allowed


def test_a_token_is_good_for_a_day_to_a_year() -> None:
    for days in (1, 365):
        assert tokens.end_of(days, now=NOW) == NOW + timedelta(days=days)
    for days in (0, 366):
        with refused(RuleViolation, "A token is good for 1 to 365 days", field="days"):
            tokens.end_of(days, now=NOW)


def test_no_program_is_given_what_only_people_do() -> None:
    tokens.check_for_program([Scope.ALERTS_WRITE, Scope.CASES_READ])
    with refused(RuleViolation, "No program can be given this: Everything that I may do", field="scopes"):
        tokens.check_for_program([Scope.CASES_READ, Scope.EVERYTHING, Scope.ADMINISTRATION])


def test_requests_are_counted_by_the_minute() -> None:
    window, left = tokens.window_of(NOW)
    assert left == 50
    assert tokens.window_of(NOW + timedelta(seconds=49)) == (window, 1)
    assert tokens.window_of(NOW + timedelta(seconds=50)) == (window + 1, 60)
    assert window * 60 == int(NOW.timestamp()) - 10
