"""Who may do what, and when an account locks."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from tsalert.core.actors import Actor, Via
from tsalert.core.actors import Permission as P
from tsalert.core.errors import RuleViolation
from tsalert.core.reasons import read_reason
from tsalert.core.words import Word


class RoleName(StrEnum):
    """The roles an officer may hold; ``lone_sender`` is added to another one."""

    DUTY_OFFICER = "duty_officer"
    CASE_OFFICER = "case_officer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    LONE_SENDER = "lone_sender"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    DATA_PROTECTION_OFFICER = "data_protection_officer"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return self.value.replace("_", " ").capitalize()


class Standing(Word):
    """Whether somebody works here."""

    ACTIVE = "active", "Active"
    INVITED = "invited", "Invited, has not signed in yet"
    SUSPENDED = "suspended", "Suspended"
    ENDED = "ended", "Left"


_READING = {P.SEE_BOARD, P.READ_CALL, P.READ_CASE, P.READ_FIGURES, P.READ_ALERT, P.OPEN_RESTRICTED}
_OFFICER = _READING | {
    P.LOG_CALL, P.RUN_INCIDENT, P.WORK_CASE, P.RECORD_INTERVENTION, P.DRAFT_ALERT, P.APPROVE_ALERT, P.READ_SUBSCRIBERS,
    P.HOLD_RECORD,
}  # fmt: skip
_RUNNING = {P.MANAGE_ROTA, P.MANAGE_RESPONSE}
_KEEPING = {P.RUN_RETENTION, P.ANSWER_ACCESS}

PERMISSIONS: dict[RoleName, frozenset[P]] = {
    RoleName.DUTY_OFFICER: frozenset(_OFFICER | {P.STOP_SENDING}),
    RoleName.CASE_OFFICER: frozenset(_OFFICER | {P.MANAGE_SUBSCRIBERS, P.EXPORT, P.WRITE_REPORT}),
    RoleName.MANAGER: frozenset(
        _OFFICER
        | {P.MANAGE_RATES, P.SIGN_RUN, P.MANAGE_SUBSCRIBERS, P.REVIEW_OVERRIDE, P.REVIEW_ODDITIES}
        | {P.STOP_SENDING, P.RAISE_SPENDING, P.SEE_STATUS}
        | {P.READ_SENSITIVE, P.GRANT_ACCESS, P.MANAGE_INDICATORS, P.EXPORT, P.WRITE_REPORT, P.SIGN_REPORT}
        | {P.MANAGE_TEMPLATES}
        | _RUNNING
        | _KEEPING
    ),
    RoleName.ADMINISTRATOR: frozenset(
        {P.SEE_BOARD, P.MANAGE_STAFF, P.SEE_STATUS, P.CONNECT_PROGRAMS, P.READ_SUBSCRIBERS, P.MANAGE_SUBSCRIBERS}
        | _RUNNING
    ),
    RoleName.LONE_SENDER: frozenset({P.OVERRIDE_APPROVAL}),
    RoleName.SAFEGUARDING_LEAD: frozenset(_READING | {P.WORK_CASE, P.READ_SENSITIVE}),
    RoleName.DATA_PROTECTION_OFFICER: frozenset(
        {P.SEE_BOARD, P.HOLD_RECORD, P.APPROVE_RETENTION, P.OPEN_RESTRICTED} | _KEEPING
    ),
}

# Without them nobody could plan the rota, review an alert or say who else may do so.
_NEVER_EMPTY = frozenset({RoleName.MANAGER, RoleName.ADMINISTRATOR})

WATCHED_SPAN = timedelta(minutes=15)
FAILURES_BY_ACCOUNT = 5
FAILURES_BY_NETWORK = 50
TOKEN_LIFE = timedelta(days=90)


def permissions_of(roles: list[str]) -> frozenset[P]:
    """Return everything that a set of roles allows."""
    return frozenset().union(*(PERMISSIONS[RoleName(role)] for role in roles))


def roles_left_empty(given_up: Collection[str], held_by_others: Collection[str]) -> list[str]:
    """Return those of the roles given up that somebody must hold, and that nobody else holds."""
    return sorted((_NEVER_EMPTY & set(given_up)) - set(held_by_others))


def standing_of(*, is_active: bool, has_left: bool, has_way_in: bool) -> Standing:
    """Return how an account stands; whoever has neither a password nor single sign-on was invited and never came."""
    if not is_active:
        return Standing.ENDED if has_left else Standing.SUSPENDED
    return Standing.ACTIVE if has_way_in else Standing.INVITED


def reason_of(reason: str | None, by: Actor) -> str | None:
    """Return why access changes, as it is kept; whoever works at the server or the directory may leave it out.

    :raises RuleViolation: it is missing, too short or too long.
    """
    if reason or by.via in {Via.PAGE, Via.API}:
        return read_reason(reason or "")
    return None


def require_another(by: Actor, officer_id: int) -> None:
    """Refuse a role that somebody gives themselves.

    :raises RuleViolation: the officer is the one who gives it.
    """
    if by.officer_id == officer_id:
        raise RuleViolation("Nobody can give roles to themselves. Ask another administrator.", field="role")


def is_blocked(*, failures_by_account: int, failures_by_network: int) -> bool:
    """Tell whether signing in must wait, given the failures of the last 15 minutes."""
    return failures_by_account >= FAILURES_BY_ACCOUNT or failures_by_network >= FAILURES_BY_NETWORK


def read_shortcut(key: str) -> str:
    """Return the key of an officer's shortcut as it is kept; empty switches the shortcut off.

    :raises RuleViolation: it is no letter or digit, which alone no browser needs for itself.
    """
    kept = key.strip().lower()
    if kept and not (len(kept) == 1 and kept.isascii() and kept.isalnum()):
        raise RuleViolation("Give one letter or digit, or leave it empty.", field="key")
    return kept
