"""A provider of OpenID Connect, spoken to by Authlib: discovery, code with PKCE, and every check of the ID token."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from tsalert.core.clock import utc_now
from tsalert.settings_reader import is_loopback, split_address
from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff.single_sign_on.ports import ProviderSilent, Refused
from tsalert.staff.single_sign_on.rules import CLOCKS_DIFFER

_NAME = "single_sign_on"
_PATIENCE = (4, 8)  # seconds to connect, and to answer
# What was learned of the provider is asked for anew after this, so that a key it withdrew is soon good for nothing.
_KNOWN_FOR = timedelta(hours=1)
# With a key that both know a token proves nothing, and without a signature less.
_SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
_OPEN_REQUESTS = 3
# What may be named in the log: an answer is an address that anybody can write, with any words for what went wrong.
# Source: RFC 6749 (4.1.2.1, 5.2), OpenID Connect Core 1.0 (3.1.2.6), and the library's own.
_NAMED = frozenset({
    "access_denied", "account_selection_required", "consent_required", "interaction_required", "invalid_client",
    "invalid_grant", "invalid_request", "invalid_request_object", "invalid_request_uri", "invalid_scope",
    "login_required", "mismatching_state", "missing_token", "server_error", "temporarily_unavailable",
    "unauthorized_client", "unsupported_grant_type", "unsupported_response_type",
})  # fmt: skip
_log = logging.getLogger(__name__)


class OpenIdConnect:
    """One provider, as its own discovery document describes it."""

    def __init__(self, settings: SingleSignOnSettings) -> None:
        self.settings = settings
        self._client: FlaskOAuth2App | None = None
        self._learned_at: datetime | None = None
        # At its finest level the library writes secrets of requests into the log.
        logging.getLogger("authlib").setLevel(logging.INFO)

    def ask(self, back: str, *, again: bool) -> ResponseReturnValue:
        """Send the browser to the provider."""
        _forget_old_requests()
        asked: dict[str, Any] = {"prompt": "login", "max_age": 0} if again else {}
        with _told_in_words():
            sent: ResponseReturnValue = self._known().authorize_redirect(back, **asked)
            return sent

    def answered(self) -> Mapping[str, Any]:
        """Return the claims of the ID token that the code of this request was given for."""
        ours = {"iss": {"essential": True, "value": self._issuer()}}
        ours["aud"] = {"essential": True, "value": self.settings.client_id}
        with _told_in_words():
            leeway = int(CLOCKS_DIFFER.total_seconds())
            token = self._known().authorize_access_token(claims_options=ours, leeway=leeway)
            claims: Mapping[str, Any] = token["userinfo"]
            return claims

    def way_out(self, back: str) -> str | None:
        """Return the address of the provider's own sign-out."""
        with _told_in_words():
            client = self._known()
            if "end_session_endpoint" not in client.server_metadata:
                return None
            address: str = client.create_logout_url(back, client_id=self.settings.client_id)["url"]
            return address

    def _issuer(self) -> str:
        with _told_in_words():
            issuer: str = self._known().server_metadata["issuer"]
            return issuer

    def _known(self) -> FlaskOAuth2App:
        """Return the client with what it knows of the provider, learned within the hour."""
        if self._client is None or self._learned_at is None or utc_now() - self._learned_at >= _KNOWN_FOR:
            # A new one takes the place of the old, which other threads may be using.
            client = self._new_client()
            self._learn(client)
            self._client, self._learned_at = client, utc_now()
        return self._client

    def _new_client(self) -> FlaskOAuth2App:
        return FlaskOAuth2App(
            FlaskIntegration(_NAME),
            name=_NAME,
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            server_metadata_url=f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": _PATIENCE,
            },
        )

    def _learn(self, client: FlaskOAuth2App) -> None:
        """Keep of the provider's description what is needed, once it is the provider's own and safe to use."""
        told = client.load_server_metadata()
        if str(told.get("issuer", "")).rstrip("/") != self.settings.issuer.rstrip("/"):
            raise ProviderSilent("Single sign-on is not set up well: its provider calls itself by another name.")
        kept = {name: told[name] for name in (*_ENDPOINTS, "issuer", "_loaded_at") if told.get(name)}
        if not all(map(_is_safe, (kept[name] for name in _ENDPOINTS if name in kept))):
            raise ProviderSilent("Single sign-on is not set up well: its provider has addresses that are not secure.")
        told_of = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        kept["id_token_signing_alg_values_supported"] = sorted(_SIGNED_BY & set(told_of))
        by_header = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        is_by_header = "client_secret_basic" in by_header
        kept["token_endpoint_auth_method"] = "client_secret_basic" if is_by_header else "client_secret_post"
        client.server_metadata = kept


def _is_safe(address: str) -> bool:
    parts = split_address(address)
    return parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)))


def _forget_old_requests() -> None:
    """Keep the last few requests of a browser, in its tabs, since a cookie that grows too large is dropped."""
    waiting = [name for name in session if name.startswith(f"_state_{_NAME}_")]
    for name in waiting[: max(0, len(waiting) + 1 - _OPEN_REQUESTS)]:
        session.pop(name)


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Say in words what went wrong; the log names the kind of failure, never what was sent."""
    try:
        yield
    except (RequestException, json.JSONDecodeError, RuntimeError) as error:
        _log.error("single sign-on: the provider cannot be reached or read: %s", type(error).__name__)
        raise ProviderSilent("Single sign-on cannot be reached at the moment.") from error
    except OAuthError as error:
        _log.warning("single sign-on refused: %s", error.error if error.error in _NAMED else "for another reason")
        raise Refused(_words_for(str(error.error))) from error
    except (JoseError, KeyError, ValueError, TypeError) as error:
        _log.warning("single sign-on refused: %s", type(error).__name__)
        raise Refused("We could not check that it was you who signed in. Start again.") from error


def _words_for(error: str) -> str:
    return {
        "access_denied": "You did not sign in, or your account may not use this service. Ask your IT.",
        "mismatching_state": "That sign-in was begun in another browser, too long ago, or used before. Start again.",
    }.get(error, "You could not be signed in. Start again.")
