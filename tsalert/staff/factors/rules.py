"""Who needs a second step, and what is typed for one."""

import re
from collections.abc import Collection
from datetime import timedelta

from tsalert.core.errors import RuleViolation

# How long whoever gave their password may take for the second step.
PATIENCE = timedelta(minutes=10)
RECOVERY_CODES = 10
# Some 79 bits, which nobody tries one by one, in characters that are not taken for each other.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH, _GROUP = 16, 4
_EVERYBODY = "all"
_OF_APP = re.compile(r"[0-9]{6}")
_BETWEEN = re.compile(r"[\s-]+")


def needs_second_step(held: Collection[str], required: Collection[str]) -> bool:
    """Tell whether somebody of these roles must have a second step.

    :param required: the roles of which it is asked; ``all`` stands for every role.
    """
    return bool(held) and (_EVERYBODY in required or not set(required).isdisjoint(held))


def read_code(typed: str) -> str:
    """Return a code as it is compared: of an app or for recovery, without the spaces between its groups."""
    return _BETWEEN.sub("", typed).lower()


def is_of_app(code: str) -> bool:
    """Tell whether a code could come from an authenticator app: anything else is one for recovery."""
    return _OF_APP.fullmatch(code) is not None


def in_groups(code: str) -> str:
    """Return a recovery code as somebody copies it: four groups of four characters."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def refuse_last(*, others: int, is_needed: bool) -> None:
    """Refuse to take away the only second step of somebody who needs one.

    :param others: how many would be left.
    :raises RuleViolation: it is the last.
    """
    if is_needed and not others:
        raise RuleViolation("Your role needs a second step. Set up another one before you take this one away.")


def require_two(*, witness_id: int, lost_by: int, administrator_id: int | None) -> None:
    """Refuse to take a second step away on the word of one person alone, or of whoever lost it.

    :param administrator_id: None where it is done by command.
    :raises RuleViolation: the officer, the administrator and the witness are not three people.
    """
    if lost_by == administrator_id:
        raise RuleViolation("Ask another administrator to take your own second step away.")
    if witness_id in {lost_by, administrator_id}:
        raise RuleViolation("Choose a second person: neither yourself nor the officer who lost it.", field="witness_id")
