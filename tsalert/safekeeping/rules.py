"""What a backup says of itself, and how it proves that it is whole, unchanged and of this installation."""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Self

from msgspec import Struct, to_builtins

from tsalert.core.errors import RuleViolation
from tsalert.safekeeping.lines import Kind

PRODUCT, FORMAT = "tsalert", 1
_DAMAGED = "The backup is damaged: {}. Nothing was changed."


class Column(Struct, frozen=True):
    """One column of a table, and what kind of value it holds."""

    name: str
    kind: Kind


class Outline(Struct, frozen=True):
    """One table: its columns, those by which its rows are put in order, and the last number that was given out.

    :param last_number: None where the database gives out none, or does not remember it.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    last_number: int | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of its columns, in their order."""
        return tuple(column.kind for column in self.columns)


class Head(Struct, frozen=True):
    """What stands at the beginning of a backup. No secret is in it.

    :param schema: the number of the last migration that its tables went through.
    :param made_for: the public address of the installation, for people to read.
    :param key_check: tells one address key from another without giving it away.
    :param trail_length: how many entries the trail had, and ``trail_seal`` the seal of the last one.
    """

    schema: str
    database: str
    made_at: str
    made_for: str
    key_check: str
    trail_length: int
    trail_seal: str
    tables: tuple[Outline, ...]

    def write(self) -> bytes:
        """Return it as it stands in the file."""
        return _as_json({"product": PRODUCT, "format": FORMAT, **to_builtins(self)})

    @classmethod
    def read(cls, written: bytes) -> Self:
        """Return what was written.

        :raises RuleViolation: it is no backup of tsalert, or of a later one.
        """
        told = _from_json(written)
        if told.pop("product", None) != PRODUCT:
            raise RuleViolation("This is not a backup that tsalert made. Nothing was changed.")
        if told.pop("format", None) != FORMAT:
            raise RuleViolation("This backup was made by a newer tsalert. Update this one first. Nothing was changed.")
        try:
            tables = tuple(_outline(each) for each in told.pop("tables"))
            return cls(**told, tables=tables)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged("its beginning cannot be read") from error


class Count(Struct, frozen=True):
    """How much there is of something, and the digest of all of it in order."""

    number: int
    sha256: str


NOTHING = Count(0, sha256().hexdigest())


class Tally:
    """Counts a table's lines as they pass, and takes the digest of all of them in order."""

    def __init__(self) -> None:
        self._number, self._digest = 0, sha256()

    def add(self, piece: bytes) -> int:
        """Take whole lines in; returns how many they are."""
        number = piece.count(b"\n")
        self._number += number
        self._digest.update(piece)
        return number

    @property
    def count(self) -> Count:
        """What passed so far."""
        return Count(self._number, self._digest.hexdigest())


class Manifest(Struct, frozen=True):
    """What stands at the end of a backup: what must be in it.

    :param head: the digest of its beginning.
    :param files: how many files, and the digest of the list of their names and digests.
    :param file_bytes: how large all files are together.
    """

    head: str
    tables: Mapping[str, Count]
    files: Count
    file_bytes: int

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(count.number for count in self.tables.values())

    def write(self, address_key: str) -> bytes:
        """Return it as it stands in the file, sealed."""
        body = to_builtins(self)
        return _as_json({"manifest": body, "seal": _seal(body, address_key)})

    @classmethod
    def read(cls, written: bytes, address_key: str) -> Self:
        """Return what was written.

        :raises RuleViolation: somebody changed it.
        """
        told = _from_json(written)
        body: Any = told.get("manifest")
        seal = told.get("seal")
        if not isinstance(seal, str) or not hmac.compare_digest(seal.encode(), _seal(body, address_key).encode()):
            raise damaged("its seal does not fit, so that somebody may have changed it")
        tables = {name: Count(**count) for name, count in body["tables"].items()}
        return cls(body["head"], tables, Count(**body["files"]), body["file_bytes"])


def damaged(what: str) -> RuleViolation:
    """Return the refusal of a backup in which something is not as it was made."""
    return RuleViolation(_DAMAGED.format(what))


def _seal(body: Any, address_key: str) -> str:
    return hmac.new(address_key.encode(), b"tsalert backup\0" + _as_json(body), sha256).hexdigest()


def _outline(told: dict[str, Any]) -> Outline:
    columns = tuple(Column(each["name"], Kind(each["kind"])) for each in told["columns"])
    return Outline(told["name"], columns, tuple(told["key"]), told["last_number"])


def _as_json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode()


def _from_json(written: bytes) -> dict[str, Any]:
    try:
        told = json.loads(written)
    except ValueError as error:
        raise damaged("what it says of itself cannot be read") from error
    if not isinstance(told, dict):
        raise damaged("what it says of itself cannot be read")
    return told
