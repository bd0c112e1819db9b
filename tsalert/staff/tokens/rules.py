"""What a token may do, how long it is good for, and how much it may ask for. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tsalert.core.actors import Permission as P
from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word

LONGEST_LIFE_DAYS = 365
USUAL_LIFE_DAYS = 90
QUOTA, WINDOW_SECONDS = 600, 60
# Each process takes so many at a time, so that reading writes to the database once in twenty requests.
BLOCK = 20


class Scope(Word):
    """A part of what can be done; a token names those for which it is good."""

    EVERYTHING = "everything", "Everything that I may do"
    RESPONSE_READ = "response:read", "Read the board, the rota, calls and incidents"
    RESPONSE_WRITE = "response:write", "Log calls, run incidents, change rota, paging and grades"
    CASES_READ = "cases:read", "Read cases"
    CASES_WRITE = "cases:write", "Open and work on cases"
    FIGURES_READ = "figures:read", "Read savings, figures and reports"
    FIGURES_WRITE = "figures:write", "Record interventions, keep rates and runs, write reports"
    ALERTS_READ = "alerts:read", "Read alerts"
    ALERTS_WRITE = "alerts:write", "Write, approve, send and stop alerts"
    SUBSCRIBERS_READ = "subscribers:read", "Read the subscriber list"
    SUBSCRIBERS_WRITE = "subscribers:write", "Change the subscriber list"
    OVERSIGHT = "oversight", "Restricted records, exports, oddities, retention, subject access, how the service runs"
    ADMINISTRATION = "administration", "Accounts, tokens, webhooks and linked authorities"


_READING = {
    Scope.RESPONSE_READ: {P.SEE_BOARD, P.READ_CALL},
    Scope.CASES_READ: {P.READ_CASE},
    Scope.FIGURES_READ: {P.READ_FIGURES},
    Scope.ALERTS_READ: {P.READ_ALERT},
    Scope.SUBSCRIBERS_READ: {P.READ_SUBSCRIBERS},
}
ALLOWED: dict[Scope, frozenset[P]] = {
    **{scope: frozenset(allowed) for scope, allowed in _READING.items()},
    Scope.EVERYTHING: frozenset(P),
    Scope.RESPONSE_WRITE: frozenset(
        _READING[Scope.RESPONSE_READ] | {P.LOG_CALL, P.RUN_INCIDENT, P.MANAGE_ROTA, P.MANAGE_RESPONSE}
    ),
    Scope.CASES_WRITE: frozenset(_READING[Scope.CASES_READ] | {P.WORK_CASE}),
    Scope.FIGURES_WRITE: frozenset(
        _READING[Scope.FIGURES_READ]
        | {P.RECORD_INTERVENTION, P.MANAGE_RATES, P.SIGN_RUN, P.MANAGE_INDICATORS, P.WRITE_REPORT, P.SIGN_REPORT}
    ),
    Scope.ALERTS_WRITE: frozenset(
        _READING[Scope.ALERTS_READ]
        | {P.DRAFT_ALERT, P.APPROVE_ALERT, P.OVERRIDE_APPROVAL, P.REVIEW_OVERRIDE, P.MANAGE_TEMPLATES}
        | {P.RAISE_SPENDING, P.STOP_SENDING}
    ),
    Scope.SUBSCRIBERS_WRITE: frozenset(_READING[Scope.SUBSCRIBERS_READ] | {P.MANAGE_SUBSCRIBERS}),
    Scope.OVERSIGHT: frozenset(
        {P.READ_SENSITIVE, P.GRANT_ACCESS, P.OPEN_RESTRICTED, P.REVIEW_ODDITIES, P.EXPORT, P.HOLD_RECORD, P.SEE_STATUS}
        | {P.RUN_RETENTION, P.APPROVE_RETENTION, P.ANSWER_ACCESS}
    ),
    Scope.ADMINISTRATION: frozenset({P.MANAGE_STAFF, P.CONNECT_PROGRAMS}),
}
# What a person answers for with their name; no program does it by an account of its own.
_ONLY_PEOPLE = frozenset({
    P.APPROVE_ALERT, P.OVERRIDE_APPROVAL, P.REVIEW_OVERRIDE, P.RAISE_SPENDING, P.SIGN_RUN, P.SIGN_REPORT,
    P.READ_SENSITIVE, P.GRANT_ACCESS, P.OPEN_RESTRICTED, P.REVIEW_ODDITIES, P.HOLD_RECORD, P.RUN_RETENTION,
    P.APPROVE_RETENTION, P.ANSWER_ACCESS, P.MANAGE_STAFF, P.CONNECT_PROGRAMS,
})  # fmt: skip
FOR_PROGRAMS = tuple(scope for scope in Scope if scope is not Scope.EVERYTHING and ALLOWED[scope] - _ONLY_PEOPLE)


def permissions_of_officer(held: frozenset[P], scopes: Collection[str] | None) -> frozenset[P]:
    """Return what a token of an officer may do: never more than they may themselves.

    :param scopes: None for a token that is good for everything.
    """
    return held if scopes is None else held & _allowed(scopes)


def permissions_of_program(scopes: Collection[str] | None) -> frozenset[P]:
    """Return what a token of a program may do: what it names, but nothing that only people do."""
    return _allowed(scopes or ()) - _ONLY_PEOPLE


def end_of(days: int, *, now: datetime) -> datetime:
    """Return until when a token is good.

    :raises RuleViolation: it would be good for more than a year, or for no day at all.
    """
    if not 1 <= days <= LONGEST_LIFE_DAYS:
        raise RuleViolation(f"A token is good for 1 to {LONGEST_LIFE_DAYS} days.", field="days")
    return as_utc(now) + timedelta(days=days)


def check_for_program(scopes: Collection[Scope]) -> None:
    """Refuse to give a program what only people do.

    :raises RuleViolation: naming it; the field is ``scopes``.
    """
    beyond = [scope.label for scope in scopes if scope not in FOR_PROGRAMS]
    if beyond:
        raise RuleViolation(f"No program can be given this: {beyond[0]}.", field="scopes")


def window_of(now: datetime) -> tuple[int, int]:
    """Return the number of the span in which requests are counted together, and the seconds that are left of it."""
    window, passed = divmod(int(now.timestamp()), WINDOW_SECONDS)
    return window, WINDOW_SECONDS - passed


def _allowed(scopes: Collection[str]) -> frozenset[P]:
    return frozenset().union(*(ALLOWED[Scope.of(scope)] for scope in scopes))
