"""The roles that settings name, which whoever reads settings does not know."""

from collections.abc import Collection, Iterator

from tsalert.config import Settings, SettingsError
from tsalert.sign_in_settings import EVERYBODY
from tsalert.staff.rules import RoleName


def check_named(settings: Settings) -> None:
    """Check that there is each role of which a second step is asked, or for which a group stands.

    :raises SettingsError: naming those that there are not.
    """
    unknown = {name: sorted(set(roles) - set(RoleName)) for name, roles in _named(settings)}
    faults = [f"{name} names no role: {', '.join(roles)}" for name, roles in unknown.items() if roles]
    if faults:
        raise SettingsError("\n".join(faults))


def _named(settings: Settings) -> Iterator[tuple[str, Collection[str]]]:
    yield "TSALERT_SECOND_STEP_ROLES", settings.sign_in.second_step_roles - {EVERYBODY}
    if settings.single_sign_on is not None:
        yield "TSALERT_OIDC_ROLES", [role for roles in settings.single_sign_on.roles.values() for role in roles]
