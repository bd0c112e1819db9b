"""What is believed of a provider's word."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff.rules import RoleName
from tsalert.staff.single_sign_on.rules import Told, change_of, read_told, roles_named, was_just_there

ROLES = st.frozensets(st.sampled_from(RoleName))


def settings(**changes: Any) -> SingleSignOnSettings:
    return SingleSignOnSettings(issuer="https://x.example.org", client_id="c", client_secret="s", **changes)


@pytest.mark.parametrize(
    ("claims", "claim", "believed"),
    [
        ({"email": "A@x.org", "email_verified": True}, None, "a@x.org"),
        ({"email": "a@x.org", "email_verified": "false"}, None, None),
        ({"email": "a@x.org", "xms_edov": 1}, None, "a@x.org"),
        ({"preferred_username": "a@x.org"}, "preferred_username", "a@x.org"),
        ({"preferred_username": "a@x.org"}, None, None),
        ({"email": ["a@x.org"], "email_verified": True}, None, None),
        ({"upn": "no address"}, "upn", None),
    ],
)
def test_an_address_counts_where_somebody_vouches_for_it(
    claims: dict[str, Any], claim: str | None, believed: str | None
) -> None:
    assert read_told({"sub": "1", **claims}, settings(email_claim=claim)).email == believed


@pytest.mark.parametrize(
    ("claims", "has"),
    [({"amr": ["pwd", "mfa"]}, True), ({"acr": "mfa"}, True), ({"amr": ["pwd"]}, False), ({"amr": [{}]}, False)],
)
def test_a_second_factor_is_believed_by_the_names_that_were_set(claims: dict[str, Any], *, has: bool) -> None:
    told = {"sub": "1", **claims}
    assert read_told(told, settings(second_factors=frozenset({"mfa"}))).has_second_factor is has
    assert not read_told(told, settings()).has_second_factor


@pytest.mark.parametrize("seconds", [True, "now", -1, 1e300, None, float("nan")])
def test_a_time_that_is_none_is_not_believed(seconds: object) -> None:
    assert read_told({"sub": "1", "auth_time": seconds}, settings()).authenticated_at is None


@given(held=ROLES, told=ROLES, named=ROLES)
def test_groups_settle_the_roles_that_they_stand_for_and_no_others(
    held: frozenset[RoleName], told: frozenset[RoleName], named: frozenset[RoleName]
) -> None:
    told &= named
    change = change_of(held, told, named)
    after = (held | change.given) - change.taken
    assert after & named == told
    assert after - named == held - named


NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
GROUPS = {"g1": ("duty_officer", "manager"), "g2": ("manager",)}


def told(*, at: datetime | None = None, **claims: Any) -> Told:
    believed = {"sub": "7", "auth_time": at.timestamp() if at else None}
    return read_told(believed | claims, settings(role_claim="groups", roles=GROUPS))


def test_all_that_a_provider_tells_is_read() -> None:
    found = told(at=NOW, name=" Pat  Example ", email="p@x.org", email_verified=True, sid=5, groups=["g1", 3, "else"])
    roles = frozenset({RoleName.DUTY_OFFICER, RoleName.MANAGER})
    assert found == Told("7", "p@x.org", "Pat Example", roles, False, NOW, "5")  # noqa: FBT003 - in their order
    nothing = told()
    assert nothing == Told("7", None, "", frozenset(), False, None, None)  # noqa: FBT003 - in their order


@pytest.mark.parametrize("sub", ["", " ", None, 5, ["4711"], "a\0b", "\ud800"])
def test_whoever_has_no_name_of_their_own_at_the_provider_is_nobody(sub: object) -> None:
    """Two who are both called nothing would be one officer."""
    with refused(RuleViolation, "Your account has no identifier"):
        read_told({"sub": sub, "email": "p@x.org", "email_verified": True}, settings())


def test_whoever_has_no_name_that_can_be_shown_is_called_by_their_address() -> None:
    for name in (None, "", 5, "a\x00b"):
        assert told(name=name, email="pat@x.org", email_verified="true").name == "pat"
    assert told(name="x" * 300).name == "x" * 200


def test_a_session_whose_name_no_database_keeps_has_none() -> None:
    assert [told(sid=sid).session for sid in ("", None, "a\0b", "s-1")] == [None, None, None, "s-1"]


def test_roles_are_those_of_the_groups_or_not_the_providers_to_say() -> None:
    assert told(groups="g2").roles == frozenset({RoleName.MANAGER})
    assert read_told({"sub": "1", "groups": ["g1"]}, settings()).roles is None
    assert roles_named(settings(roles=GROUPS)) == {RoleName.DUTY_OFFICER, RoleName.MANAGER}
    with refused(RuleViolation, "Your account is in too many groups"):
        told(_claim_names={"groups": "src1"})
    assert told(_claim_names={"else": "src1"}, groups="g2").roles == frozenset({RoleName.MANAGER})


@pytest.mark.parametrize(("seconds", "is_just"), [(-61, False), (-60, True), (0, True), (360, True), (361, False)])
def test_whoever_was_there_minutes_ago_need_not_go_again(seconds: int, *, is_just: bool) -> None:
    within = timedelta(minutes=5)
    assert was_just_there(told(at=NOW - timedelta(seconds=seconds)), now=NOW, within=within) is is_just
    assert not was_just_there(told(), now=NOW, within=within)
