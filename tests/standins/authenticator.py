"""A device that keeps passkeys and answers as a browser does, with real keys (WebAuthn, "none" attestation)."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct, field

_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


class Authenticator(Struct):
    """One key for one service.

    :param asks_holder: whether it asks for a finger, face or code.
    :param counts: whether it counts how often it has signed; those that are kept on several devices do not.
    """

    origin: str
    asks_holder: bool = True
    counts: bool = True
    count: int = 0
    credential: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str) -> str:
        """Answer the question for a new passkey."""
        asked = json.loads(options)
        data = self._data(asked["rp"]["id"], _NEW) + bytes(16) + len(self.credential).to_bytes(2, "big")
        data += self.credential + cbor2.dumps(self._public())
        kept = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._told("webauthn.create", asked, attestationObject=encoded(kept))

    def answer(self, options: str) -> str:
        """Answer the question who it is."""
        asked = json.loads(options)
        self.count += self.counts
        data = self._data(asked["rpId"], 0)
        signed = self.key.sign(data + sha256(self._client("webauthn.get", asked)).digest(), ec.ECDSA(SHA256()))
        return self._told("webauthn.get", asked, authenticatorData=encoded(data), signature=encoded(signed))

    def _data(self, host: str, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.asks_holder else 0)
        return sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public(self) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _told(self, kind: str, asked: dict[str, Any], **response: str) -> str:
        name = encoded(self.credential)
        response |= {"clientDataJSON": encoded(self._client(kind, asked))}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def encoded(held: bytes) -> str:
    """Return bytes as browsers write them."""
    return urlsafe_b64encode(held).rstrip(b"=").decode()
