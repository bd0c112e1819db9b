"""By which key an authority is known, how a key is read out by telephone, and how what it signed is taken apart. Pure.

A key is an Ed25519 key. What is signed travels as a JWS in its compact form (RFC 7515), so that the very bytes that
were signed arrive and nobody needs to write JSON in the same way twice.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word
from tsalert.webhooks.rules import read_target

ALGORITHM: Final = "Ed25519"
KEYS_PATH = "/.well-known/tsalert-authority"
# The library that checks signatures takes no longer ones.
LONGEST_SIGNED = 128_000
LONGEST_CONTENT = 90_000
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_HEX = re.compile(r"[0-9a-f]{32}")
_BETWEEN = re.compile(r"[\s:.-]+")
_NO_SIGNED_TEXT = "This is nothing that an authority signed. Take the whole file, as it was made."


class Standing(Word):
    """What one of our keys is good for."""

    CURRENT = "current", "Signs"
    FORMER = "former", "Signs no more"
    REVOKED = "revoked", "Revoked"


class NewAuthority(Struct, frozen=True):
    """An authority to link.

    :param url: the address of its service, without a path; it names the authority in whatever it signs.
    :param key: its public key as it is written; None to ask at the address.
    :param fingerprint: as it was read out by telephone.
    """

    name: str
    url: str
    fingerprint: str
    key: str | None = None


class PublishedKey(Struct, frozen=True):
    """A public key as its authority publishes it."""

    public: str
    is_revoked: bool = False


def read_base(url: str) -> str:
    """Return the address of a service as it is kept: scheme, name and port, and no slash behind them.

    :raises RuleViolation: it is none, or names a page; the field is ``url``.
    """
    target = read_target(url.strip())
    if target.path != "/":
        raise RuleViolation("Enter the address of the service only, like https://alerts.example.org", field="url")
    usual = 443 if target.scheme == "https" else 80
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{target.scheme}://{host.lower()}" + ("" if target.port == usual else f":{target.port}")


def is_invented(url: str) -> bool:
    """Tell whether an address is one of the names that are nobody's (RFC 2606), such as those of a demonstration."""
    return url.endswith(".example")


def read_key(text: str) -> str:
    """Return a public key as it is kept.

    :raises RuleViolation: it is none; the field is ``key``.
    """
    written = text.strip()
    if not _KEY.fullmatch(written):
        raise RuleViolation("This is no key. It is one word of 43 letters, digits, - and _.", field="key")
    return _base64(_bytes(written))


def name_of(public: str) -> str:
    """Return the name of a key in what it signs: its thumbprint (RFC 7638)."""
    return _base64(_thumbprint(public))


def fingerprint_of(public: str) -> str:
    """Return what is read out of a key by telephone: eight groups of four digits and letters from a to f."""
    words = _thumbprint(public).hex()[:32]
    return " ".join(words[at : at + 4] for at in range(0, 32, 4))


def find_compared(typed: str, offered: Sequence[str]) -> str:
    """Return the key whose fingerprint was read out.

    The right fingerprint is not told, or nobody would ring.

    :raises RuleViolation: none of the keys has it, or it is no fingerprint; the field is ``fingerprint``.
    """
    said = _BETWEEN.sub("", typed).lower()
    if not _HEX.fullmatch(said):
        raise RuleViolation("Enter eight groups of four digits and letters from a to f.", field="fingerprint")
    for public in offered:
        if hmac.compare_digest(said, fingerprint_of(public).replace(" ", "")):
            return public
    raise RuleViolation(
        "This is not the fingerprint of their key. Ring them on a number that you know and compare again.",
        field="fingerprint",
    )


def seed_of(installation_key: str, salt: str) -> bytes:
    """Return the private half of one of our keys; it is kept nowhere, only what it is made from."""
    return hmac.new(installation_key.encode(), f"linked:{salt}".encode(), sha256).digest()


def describe_key(public: str, *, is_revoked: bool) -> dict[str, Any]:
    """Return a public key as it is published (RFC 8037), and whether it is to be trusted no more."""
    told = {"kty": "OKP", "crv": ALGORITHM, "x": public, "kid": name_of(public), "alg": ALGORITHM, "use": "sig"}
    return {**told, "revoked": is_revoked}


def read_published(body: bytes) -> list[PublishedKey]:
    """Return the keys that an authority publishes; what is no key of our kind is passed over.

    :raises RuleViolation: it is no such list.
    """
    listed = read_object(body).get("keys")
    if not isinstance(listed, list):
        raise RuleViolation("It publishes no keys.")
    found = [each for each in listed if isinstance(each, dict) and each.get("crv") == ALGORITHM]
    return [
        PublishedKey(read_key(each["x"]), each.get("revoked") is True)
        for each in found
        if isinstance(each.get("x"), str) and _KEY.fullmatch(each["x"])
    ]


def read_object(body: bytes | str) -> dict[str, Any]:
    """Return a JSON object.

    :raises RuleViolation: it is none, is nested without end, or holds numbers that JSON has not.
    """
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RuleViolation("This cannot be read: it is no JSON, or is nested too deeply.") from error
    if not isinstance(found, dict):
        raise RuleViolation("This cannot be read: it is no JSON object.")
    return found


def read_signer(signed: str) -> str:
    """Return the name of the key by which something says that it is signed; nothing is proved by that.

    :raises RuleViolation: it is nothing signed, is too long, or is signed in another way than ours.
    """
    if len(signed) > LONGEST_SIGNED:
        raise RuleViolation("This is too long to have been made by a service like ours.")
    head, *rest = signed.split(".")
    if len(rest) != 2 or not all((head, *rest)) or not signed.isascii():
        raise RuleViolation(_NO_SIGNED_TEXT)
    try:
        said = read_object(_bytes(head))
    except NotBase64 as error:
        raise RuleViolation(_NO_SIGNED_TEXT) from error
    name = said.get("kid")
    if set(said) != {"alg", "kid"} or said["alg"] != ALGORITHM or not isinstance(name, str):
        raise RuleViolation("This is signed in a way that we do not take.")
    return name


def _thumbprint(public: str) -> bytes:
    return sha256(f'{{"crv":"{ALGORITHM}","kty":"OKP","x":"{public}"}}'.encode()).digest()


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _no_number(name: str) -> float:
    raise ValueError(name)
