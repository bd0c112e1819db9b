"""How officers sign in: who needs a second step, and when a desk that nobody uses is covered."""

from datetime import timedelta

from msgspec import Struct

from tsalert.settings_reader import Reader

EVERYBODY, NOBODY = "all", "none"
_DEFAULT_ROLES = "administrator,manager"
_DEFAULT_MINUTES = 15


class SignInSettings(Struct, frozen=True):
    """What differs between installations.

    :param second_step_roles: the roles that need a second step; ``all`` stands for every role.
    :param lock_after: how long nothing is done at a desk until it is covered.
    """

    second_step_roles: frozenset[str] = frozenset(_DEFAULT_ROLES.split(","))
    lock_after: timedelta = timedelta(minutes=_DEFAULT_MINUTES)


def read_sign_in(reader: Reader) -> SignInSettings:
    """Return how officers sign in."""
    words = reader.text("SECOND_STEP_ROLES", _DEFAULT_ROLES).split(",")
    roles = frozenset(filter(None, map(str.strip, words))) - {NOBODY}
    return SignInSettings(roles, timedelta(minutes=reader.number("LOCK_AFTER_MINUTES", _DEFAULT_MINUTES)))
