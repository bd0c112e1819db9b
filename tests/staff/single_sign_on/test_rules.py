"""What is believed of a provider's word."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff.rules import RoleName
from tsalert.staff.single_sign_on.rules import change_of, read_told

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
