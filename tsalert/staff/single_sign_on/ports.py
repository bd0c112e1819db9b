"""What the program needs of a provider of identities."""

from collections.abc import Mapping
from typing import Any, Protocol

from flask.typing import ResponseReturnValue

from tsalert.core.errors import NotAllowed, Unavailable
from tsalert.single_sign_on_settings import SingleSignOnSettings


class ProviderSilent(Unavailable):
    """The provider cannot be reached, or answers what nobody can read."""


class Refused(NotAllowed):
    """Somebody is not let in; the message says why, and what they can do."""


class IdentityProvider(Protocol):
    """Where officers sign in."""

    settings: SingleSignOnSettings

    def ask(self, back: str, *, again: bool) -> ResponseReturnValue:
        """Send the browser to the provider, to come back to an address of ours.

        :param again: have the provider ask who it is, though it knows them.
        :raises ProviderSilent: it cannot be reached.
        """
        ...

    def answered(self) -> Mapping[str, Any]:
        """Return what the provider tells of whoever came back with this request, once every proof held.

        :raises ProviderSilent: it cannot be reached.
        :raises Refused: a proof failed, or the provider let them go without signing in.
        """
        ...

    def way_out(self, back: str) -> str | None:
        """Return the address at which one signs out there, leading back to an address of ours; None if it has none.

        :raises ProviderSilent: it cannot be reached.
        """
        ...
