"""What is believed of what a provider tells, and what that lets somebody do."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff.rules import RoleName

# Two clocks that are kept by different people differ by less than this.
CLOCKS_DIFFER = timedelta(seconds=60)
_TRUE = (True, "true", "1", 1)
_LONGEST_NAME = 200


class Told(Struct, frozen=True):
    """What a provider tells of somebody.

    :param email: an address that the provider vouches for, in lower case; None where it vouches for none.
    :param roles: what their groups stand for; None where roles are not the provider's to say.
    :param authenticated_at: when they last showed who they are; None where that is not told.
    :param session: what the provider calls their session there.
    """

    subject: str
    email: str | None
    name: str
    roles: frozenset[RoleName] | None
    has_second_factor: bool
    authenticated_at: datetime | None
    session: str | None


class RoleChange(Struct, frozen=True):
    """The roles that the provider's word gives and takes."""

    given: frozenset[RoleName]
    taken: frozenset[RoleName]


def read_told(claims: Mapping[str, Any], settings: SingleSignOnSettings) -> Told:
    """Return what is believed of checked claims.

    :raises RuleViolation: the provider does not say who somebody is for good, or in which groups they are.
    """
    email = _email(claims, settings.email_claim)
    return Told(
        subject=_subject(claims),
        email=email,
        name=_name(claims, email),
        roles=_roles(claims, settings),
        has_second_factor=not settings.second_factors.isdisjoint(_methods(claims)),
        authenticated_at=_instant(claims.get("auth_time")),
        session=_session(claims),
    )


def roles_named(settings: SingleSignOnSettings) -> frozenset[RoleName]:
    """Return the roles that the provider's groups may stand for, which nobody else gives or takes.

    :raises ValueError: one of them is no role.
    """
    return frozenset(RoleName(role) for roles in settings.roles.values() for role in roles)


def change_of(held: Collection[RoleName], told: Collection[RoleName], named: Collection[RoleName]) -> RoleChange:
    """Return what somebody is given and loses, so that of the roles that groups stand for they hold what was told."""
    return RoleChange(frozenset(told) - frozenset(held), (frozenset(held) & frozenset(named)) - frozenset(told))


def was_just_there(told: Told, *, now: datetime, within: timedelta) -> bool:
    """Tell whether somebody showed who they are at the provider just now, which must say when that was."""
    at = told.authenticated_at
    return at is not None and -CLOCKS_DIFFER <= as_utc(now) - at <= within + CLOCKS_DIFFER


def _subject(claims: Mapping[str, Any]) -> str:
    told = claims.get("sub")
    if not isinstance(told, str) or not told.strip() or not told.isprintable():
        # Where it is made of something that not everybody has, all who lack it would be the first of them.
        raise RuleViolation("Your account has no identifier that is its own. Ask your IT team.")
    return told


def _session(claims: Mapping[str, Any]) -> str | None:
    told = str(claims.get("sid") or "")
    return told if told and told.isprintable() else None


def _email(claims: Mapping[str, Any], vouched: str | None) -> str | None:
    # Entra ID says of an address that its domain is the tenant's own by a claim of another name.
    is_verified = any(claims.get(name) in _TRUE for name in ("email_verified", "xms_edov"))
    found = claims.get(vouched or "email")
    believed = vouched is not None or is_verified
    return found.strip().lower() if believed and isinstance(found, str) and "@" in found else None


def _name(claims: Mapping[str, Any], email: str | None) -> str:
    told = claims.get("name")
    name = " ".join(told.split())[:_LONGEST_NAME] if isinstance(told, str) else ""
    return name if name and name.isprintable() else (email or "").partition("@")[0]


def _roles(claims: Mapping[str, Any], settings: SingleSignOnSettings) -> frozenset[RoleName] | None:
    if settings.role_claim is None:
        return None
    if settings.role_claim in (claims.get("_claim_names") or {}):
        # Whoever is in very many groups is told of none of them; that must not pass for being in none.
        raise RuleViolation(
            "Your account is in too many groups for us to be told which. Ask your IT team to send roles instead."
        )
    told = claims.get(settings.role_claim) or ()
    values = [told] if isinstance(told, str) else [each for each in told if isinstance(each, str)]
    return frozenset(RoleName(role) for value in values for role in settings.roles.get(value, ()))


def _methods(claims: Mapping[str, Any]) -> set[str]:
    used = claims.get("amr") or ()
    return {each for each in (*used, claims.get("acr")) if isinstance(each, str)}


def _instant(seconds: Any) -> datetime | None:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds < 10**11
    return datetime.fromtimestamp(seconds, UTC) if is_number else None
