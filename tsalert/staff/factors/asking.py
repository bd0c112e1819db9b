"""What passkeys are asked about: this service, and the officer who holds them. Pure."""

from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict


class Place(Struct, frozen=True):
    """What passkeys are bound to: the host of the service, the origin of its pages, and its name for people."""

    host: str
    origin: str
    name: str

    @property
    def takes_passkeys(self) -> bool:
        """True where browsers keep passkeys: never for a host that is a number."""
        try:
            ip_address(self.host)
        except ValueError:
            return True
        return False


class Holder(Struct, frozen=True):
    """Whose passkey is made, and by which bytes that name nobody their device knows them."""

    handle: bytes
    name: str
    email: str


class NewPasskey(Struct, frozen=True):
    """A passkey whose first answer was right."""

    name: str
    credential: str
    public_key: bytes
    sign_count: int

    def as_columns(self) -> dict[str, Any]:
        """Return what is kept of it, by column."""
        return asdict(self)


def place_of(public_url: str, authority_name: str) -> Place:
    """Return what passkeys of a service at an address are bound to."""
    parts = urlsplit(public_url)
    return Place(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", f"tsalert {authority_name}")


def holder_of(officer_id: int, name: str, email: str) -> Holder:
    """Return an officer as the holder of a passkey."""
    return Holder(sha256(f"officer {officer_id}".encode()).digest(), name, email)
