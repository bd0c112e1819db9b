"""Keys of authenticator apps: made, sealed under the service's own key, and their codes compared (RFC 6238).

Whoever copies the database has sealed keys. They are sealed under a key that is worked out from TSALERT_SECRET_KEY;
under an old one of TSALERT_OLD_SECRET_KEYS they can still be read.
"""

import hmac
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from flask import current_app

from tsalert.core.errors import RuleViolation

# Half a minute before and after: one step that a telephone's clock may be wrong by.
_DRIFT = 30
_WRONG = "That code is not right. Enter the six digits that your app shows now."
_USED = "That code was used already. Wait for the next one."


def new_key() -> str:
    """Return a fresh key, sealed."""
    sealed: str = _codes().new().to_json()
    return sealed


def setup_address(sealed_key: str, account: str) -> str:
    """Return the ``otpauth:`` address that an app reads from a code to scan."""
    address: str = _codes().from_json(sealed_key).to_uri(label=account)
    return address


def key_to_type(sealed_key: str) -> str:
    """Return the key for those who cannot scan, in groups of letters and digits."""
    shown: str = _codes().from_json(sealed_key).pretty_key(sep=" ")
    return shown


def match_code(sealed_key: str, code: str, *, now: datetime, last_count: int | None = None) -> int:
    """Return the half-minute that a code belongs to.

    :param last_count: that of the last code accepted; no code of it or before it is again.
    :raises RuleViolation: it is none of now, or was used; the field is ``code``.
    """
    from passlib.exc import TokenError, UsedTokenError  # noqa: PLC0415 - as below

    try:
        match = (
            _codes()
            .from_json(sealed_key)
            .match(code, time=int(now.timestamp()), window=_DRIFT, last_counter=last_count)
        )
    except UsedTokenError as error:
        raise RuleViolation(_USED, field="code") from error
    except TokenError as error:
        raise RuleViolation(_WRONG, field="code") from error
    return int(match.counter)


def _codes() -> Any:
    """Return the library's class of keys, bound to the service's own key."""
    settings = current_app.extensions["tsalert_settings"]
    return _codes_of(settings.authority_name, (settings.secret_key, *settings.old_secret_keys))


@lru_cache
def _codes_of(authority: str, secrets: tuple[str, ...]) -> Any:
    # It brings cryptography with it, which is large; only processes that see a code pay for it in memory.
    from passlib.totp import TOTP, AppWallet  # noqa: PLC0415

    keys = [hmac.new(secret.encode(), b"authenticator apps", sha256).hexdigest() for secret in secrets]
    # A key is found again by a name that does not depend on the order in which they are listed.
    named = {sha256(key.encode()).hexdigest()[:16]: key for key in reversed(keys)}
    issuer = f"tsalert {authority}".replace(":", " ")
    return TOTP.using(wallet=AppWallet(named, default_tag=list(named)[-1]), issuer=issuer)
