"""Where officers sign in by OpenID Connect, and what is believed of what is told there."""

from collections.abc import Mapping

from msgspec import field

from tsalert.core.confidential import Confidential
from tsalert.settings_reader import Reader, is_address, is_loopback, split_address

# Entra ID's addresses for accounts of any organisation, or of none.
_ANYBODYS = frozenset({"common", "organizations", "consumers"})


class SingleSignOnSettings(Confidential, frozen=True):
    """One provider of identities.

    :param name: what officers call it, such as ``your council account``.
    :param email_claim: the claim whose address the provider vouches for; None takes ``email`` where it is verified.
    :param role_claim: the claim whose values stand for roles, by ``roles``; None leaves roles to administrators.
    :param second_factors: values of ``amr`` or ``acr`` that show a second factor; empty believes none.
    :param passwords_for: those who alone may still sign in with a password; empty for everybody.
    """

    SECRET = frozenset({"client_secret"})

    issuer: str
    client_id: str
    client_secret: str
    name: str = "your council account"
    email_claim: str | None = None
    role_claim: str | None = None
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    second_factors: frozenset[str] = frozenset()
    passwords_for: frozenset[str] = frozenset()


def read_single_sign_on(reader: Reader) -> SingleSignOnSettings | None:
    """Return the provider, if one is set."""
    if not reader.text("OIDC_ISSUER"):
        return None
    return SingleSignOnSettings(
        issuer=_issuer(reader),
        client_id=reader.required("OIDC_CLIENT_ID"),
        client_secret=reader.required("OIDC_CLIENT_SECRET"),
        name=reader.text("OIDC_NAME", "your council account"),
        email_claim=reader.text("OIDC_EMAIL_CLAIM") or None,
        role_claim=reader.text("OIDC_ROLE_CLAIM") or None,
        roles=_roles(reader),
        second_factors=frozenset(_words(reader.text("OIDC_SECOND_FACTORS"))),
        passwords_for=_passwords_for(reader),
    )


def _issuer(reader: Reader) -> str:
    url = reader.text("OIDC_ISSUER")
    parts = split_address(url)
    if parts is None or not parts.hostname or parts.query or parts.fragment:
        reader.fault("OIDC_ISSUER", "must be a web address like https://login.example.gov.uk")
    elif parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        reader.fault("OIDC_ISSUER", "must begin with https:// (http:// is for 127.0.0.1 only)")
    elif parts.hostname == "login.microsoftonline.com" and _ANYBODYS & set(parts.path.split("/")):
        reader.fault("OIDC_ISSUER", "must name your own tenant, or anybody with a Microsoft account could try")
    return url


def _roles(reader: Reader) -> dict[str, frozenset[str]]:
    """Return the roles for which each value of the claim stands."""
    claim, pairs = reader.text("OIDC_ROLE_CLAIM"), _words(reader.text("OIDC_ROLES"))
    if bool(claim) != bool(pairs):
        reader.fault("OIDC_ROLES", "and TSALERT_OIDC_ROLE_CLAIM must be set together")
    found: dict[str, frozenset[str]] = {}
    for pair in pairs:
        value, sign, role = pair.rpartition("=")
        if not (value.strip() and sign and role.strip()):
            reader.fault("OIDC_ROLES", "must be pairs such as TS-Duty=duty_officer, separated by commas")
            return {}
        found[value.strip()] = found.get(value.strip(), frozenset()) | {role.strip()}
    return found


def _passwords_for(reader: Reader) -> frozenset[str]:
    found = frozenset(each.lower() for each in _words(reader.text("OIDC_PASSWORDS_FOR")))
    if not all(map(is_address, found)):
        reader.fault("OIDC_PASSWORDS_FOR", "must be email addresses, separated by commas")
    return found


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
