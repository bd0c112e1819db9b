"""What is kept of passwords: argon2id, which costs whoever guesses time and memory for each try."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import Flask, current_app

from tsalert.staff.passwords.rules import LONGEST_PASSWORD, check_password, words_of

_NOBODYS = "tsalert_nobodys_password"
_HASHER = "tsalert_password_hasher"


def init_app(app: Flask) -> None:
    """Hash at the cost that the library advises (RFC 9106)."""
    use_hasher(app, PasswordHasher())


def use_hasher(app: Flask, hasher: PasswordHasher) -> None:
    """Hash passwords from now on at a hasher's cost."""
    app.extensions[_HASHER] = hasher
    app.extensions.pop(_NOBODYS, None)


def hash_new(password: str, *, name: str, email: str) -> str:
    """Return what is kept of a password that an officer of this name and address may have.

    :raises RuleViolation: it is easily guessed, or nobody could type it.
    """
    authority: str = current_app.extensions["tsalert_settings"].authority_name
    check_password(password, words_of(name, email, authority))
    return hash_password(password)


def hash_password(password: str) -> str:
    """Return what is kept of a password, whatever it is."""
    hashed: str = _hasher().hash(_as_compared(password))
    return hashed


def is_password(typed: str, hashed: str | None) -> bool:
    """Tell whether a password is the one that was kept; where none was, the answer costs the same work."""
    could_be = len(typed) <= LONGEST_PASSWORD and typed.isprintable()
    try:
        is_right = _hasher().verify(hashed or _nobodys(), _as_compared(typed) if could_be else "")
    except (Argon2Error, InvalidHashError):
        return False
    return is_right and could_be and hashed is not None


def is_outdated(hashed: str) -> bool:
    """Tell whether a password was hashed at another cost than new ones are."""
    return _hasher().check_needs_rehash(hashed)


def _hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions[_HASHER]
    return hasher


def _nobodys() -> str:
    """Return the hash that a password is compared with where there is none."""
    if _NOBODYS not in current_app.extensions:
        current_app.extensions[_NOBODYS] = _hasher().hash("")
    hashed: str = current_app.extensions[_NOBODYS]
    return hashed


def _as_compared(password: str) -> str:
    """Return a password as it is hashed: keyboards write one letter with its accent in two ways."""
    return unicodedata.normalize("NFC", password)
