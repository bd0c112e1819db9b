"""A document as it is kept: canonical JSON that gives the same document, and the same digest, years later."""

import base64
import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec.structs import asdict

from tsalert.documents.description import KINDS, Block, Document, Look, Span

_NAMES = {kind.__name__.lower(): kind for kind in KINDS}


def as_data(document: Document) -> dict[str, Any]:
    """Return a document as JSON holds it."""
    data = asdict(document)
    blocks = [_block_data(block) for block in document.blocks]
    return data | {"made_at": document.made_at.isoformat(), "blocks": blocks}


def freeze(document: Document) -> str:
    """Return a document as one line of canonical JSON."""
    return json.dumps(as_data(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(frozen: str) -> str:
    """Return the SHA-256 of a frozen document."""
    return sha256(frozen.encode()).hexdigest()


def thaw(frozen: str) -> Document:
    """Return the document that was frozen."""
    data = json.loads(frozen)
    blocks = tuple(_block(block) for block in data.pop("blocks"))
    return Document(**data | {"made_at": datetime.fromisoformat(data["made_at"]), "blocks": blocks})


def _block_data(block: Block) -> dict[str, Any]:
    data = {name: _held(part) for name, part in asdict(block).items()}
    return {"kind": type(block).__name__.lower()} | data


def _held(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Span):
        return asdict(value)
    return tuple(map(_held, value)) if isinstance(value, tuple) else value


def _block(data: dict[str, Any]) -> Block:
    values = {name: _tuples(value) for name, value in data.items() if name != "kind"}
    if "content" in values:
        values["content"] = base64.b64decode(values["content"])
    if "look" in values:
        values["look"] = Look(values["look"])
    return _NAMES[data["kind"]](**values)


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return Span(**value)
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
