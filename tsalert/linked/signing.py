"""Signing in the name of this installation, and telling which linked authority signed something."""

from typing import Any

from flask import current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.linked import queries, rules
from tsalert.linked.rules import ALGORITHM


class Signed(Struct, frozen=True):
    """What an authority signed: its bytes, and by which key of whom."""

    content: bytes
    authority_id: int
    key_id: int


def own_address() -> str:
    """Return the address by which other authorities know us."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return rules.read_base(settings.public_url)


def new_public(salt: str) -> str:
    """Return the public half of the key that a salt makes."""
    public: str = _own_key(salt).as_dict(private=False)["x"]
    return public


def sign(session: Session, content: bytes) -> str:
    """Sign with the key that signs now; a step that only reads.

    :raises Unavailable: we have no key.
    """
    from joserfc import jws  # noqa: PLC0415 - it brings cryptography with it, and most processes sign nothing

    key = queries.current_key(session)
    head = {"alg": ALGORITHM, "kid": key.name}
    return jws.serialize_compact(head, content, _own_key(key.salt), algorithms=[ALGORITHM])


def open_signed(session: Session, signed: str) -> Signed:
    """Return what a linked authority signed, once that is proved; a step that only reads.

    :raises RuleViolation: it is nothing signed, or was changed since.
    :raises NotAllowed: nobody linked signs with this key, or it was revoked.
    """
    key = queries.find_key(session, rules.read_signer(signed))
    if key is None:
        raise NotAllowed("Nobody we have linked signs with this key. Ring us, and compare keys first.")
    require_trusted(session, key.id)
    return Signed(_proved(signed, key.public), key.authority_id, key.id)


def require_trusted(session: Session, key_id: int) -> None:
    """Refuse a key that was revoked; whoever asks while its authority is locked is told the last word.

    :raises NotAllowed: it was, or its link has ended.
    """
    if not queries.is_trusted(session, key_id):
        raise NotAllowed("The key that signed this was revoked. Nothing that it signs is taken any more.")


def _proved(signed: str, public: str) -> bytes:
    from joserfc import jws  # noqa: PLC0415 - as above
    from joserfc.errors import JoseError  # noqa: PLC0415 - as above
    from joserfc.jwk import OKPKey  # noqa: PLC0415 - as above

    key = OKPKey.import_key({"kty": "OKP", "crv": ALGORITHM, "x": public})
    try:
        content: bytes = jws.deserialize_compact(signed, key, algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError) as error:
        raise RuleViolation("The signature does not match: this was changed after it was signed.") from error
    return content


def _own_key(salt: str) -> Any:
    from joserfc.jwk import OKPKey  # noqa: PLC0415 - as above

    settings: Settings = current_app.extensions["tsalert_settings"]
    seed = rules.seed_of(settings.address_key, salt)
    return OKPKey.import_key(OKPKey.binding.from_private_bytes(ALGORITHM, seed))
