"""Taking settings one by one: whatever is wrong with any of them is told at once."""

import re
import shlex
import shutil
from collections.abc import Mapping
from decimal import Decimal
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct, field

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY_LENGTH = 32
_PENCE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")
_CALLING_CODE = re.compile(r"[1-9][0-9]{0,2}")
_DEAREST = 1000


class Reader(Struct):
    """Takes settings one by one and remembers what was wrong with them."""

    values: Mapping[str, str]
    faults: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """Return a setting without the space around it."""
        return self.values.get(f"TSALERT_{name}", "").strip() or default

    def required(self, name: str) -> str:
        """Return a setting that must be there."""
        value = self.text(name)
        if not value:
            self.fault(name, "is not set")
        return value

    def secret(self, name: str) -> str:
        """Return a secret that is long enough."""
        value = self.required(name)
        if value and len(value) < _KEY_LENGTH:
            self.fault(name, f"must have at least {_KEY_LENGTH} characters")
        return value

    def fault(self, name: str, problem: str) -> None:
        """Remember what is wrong with a setting."""
        self.faults.append(f"TSALERT_{name} {problem}")

    def address(self, name: str) -> str:
        """Return an email address, or nothing."""
        value = self.text(name)
        if value and not is_address(value):
            self.fault(name, "must be an email address like records@example.gov.uk")
        return value

    def number(self, name: str, default: int) -> int:
        """Return a number from 1 to 10000."""
        text = self.text(name, str(default))
        if not text.isdecimal() or not 1 <= int(text) <= 10_000:
            self.fault(name, "must be a number from 1 to 10000")
            return default
        return int(text)

    def proxies(self, name: str) -> int:
        """Return how many proxies stand in front of the service."""
        text = self.text(name, "0")
        if not text.isdecimal() or int(text) > 9:
            self.fault(name, "must be the number of proxies in front of the service, 0 to 9")
            return 0
        return int(text)

    def connections(self, name: str, text: str) -> int:
        """Return how many connections a setting asks for, 1 to 64."""
        if not text.isdecimal() or not 1 <= int(text) <= 64:
            self.fault(name, "must ask for 1 to 64 connections")
            return 1
        return int(text)

    def calling_codes(self, name: str) -> frozenset[int]:
        """Return the calling codes of countries, such as 44 and 353."""
        words = [word.strip().removeprefix("+") for word in self.text(name).split(",") if word.strip()]
        if not all(_CALLING_CODE.fullmatch(word) for word in words):
            self.fault(name, "must be calling codes of countries, such as 44,353")
            return frozenset()
        return frozenset(map(int, words))

    def pence(self, name: str, default: str) -> Decimal:
        """Return a price in pence, from 0 to 1000."""
        text = self.text(name, default)
        if not _PENCE.fullmatch(text) or Decimal(text) > _DEAREST:
            self.fault(name, "must be a price in pence such as 2.4, at most 1000")
            return Decimal(default)
        return Decimal(text)

    def word_file(self, name: str) -> Path | None:
        """Return a Word file that is there, or none."""
        path = Path(self.text(name)).absolute()
        if self.text(name) and not (path.suffix == ".docx" and path.is_file()):
            self.fault(name, "must be a file that ends in .docx and is there")
        return path if self.text(name) else None

    def folder(self, name: str) -> Path | None:
        """Return a folder that is there, or none."""
        path = Path(self.text(name)).absolute()
        if self.text(name) and not path.is_dir():
            self.fault(name, "must be a folder that is there")
        return path if self.text(name) else None

    def command(self, name: str) -> tuple[str, ...]:
        """Return the words of a command that can be run, or none."""
        try:
            words = tuple(shlex.split(self.text(name)))
        except ValueError:
            words = ("",)
        if words and not shutil.which(words[0]):
            self.fault(name, "does not begin with a program that can be run")
        return words


def is_address(value: str, name: str = "") -> bool:
    """Tell whether mail could be sent to an address, or from it under a name."""
    try:
        return "@" in value and bool(Address(display_name=name, addr_spec=value).domain)
    except (ValueError, IndexError, MessageError):
        return False


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name means this machine alone."""
    return host in _LOOPBACK


def split_address(url: str) -> SplitResult | None:
    """Take a web address apart; None where it cannot be one (a port of letters, a broken bracket)."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
