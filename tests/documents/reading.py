"""Reads PDFs back: what a screen reader finds, and the words on the pages."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(content))


def tags(file: pikepdf.Pdf) -> list[str]:
    """Return the tags of a PDF in reading order."""
    return list(_walk(file.Root.StructTreeRoot.K))


def alternatives(file: pikepdf.Pdf) -> list[str]:
    return [str(element.Alt) for element in _elements(file.Root.StructTreeRoot.K) if "/Alt" in element]


def words(content: bytes) -> str:
    """Return the text of a PDF, each glyph read through the map that its font carries."""
    return "".join(_page_words(page) for page in opened(content).pages)


def _walk(node: Any) -> Iterator[str]:
    for element in _elements(node):
        yield str(element.S)[1:]


def _elements(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for part in node:
            yield from _elements(part)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _elements(node.K)


def _page_words(page: pikepdf.Page) -> str:
    maps = {name: _unicode(font) for name, font in page.Resources.get("/Font", pikepdf.Dictionary()).items()}
    said, map_of = [], dict[int, str]()
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "Tf":
            map_of = maps[str(operands[0])]
        elif name in {"Tj", "TJ"}:
            pieces = operands[0] if name == "TJ" else [operands[0]]
            said += [_decoded(bytes(piece), map_of) for piece in pieces if isinstance(piece, pikepdf.String)]
        elif name in {"BMC", "BDC"}:
            said.append("\n")
    return "".join(said)


def _decoded(codes: bytes, map_of: dict[int, str]) -> str:
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return "".join(map_of.get(high * 256 + low, "?") for high, low in pairs)


def _unicode(font: Any) -> dict[int, str]:
    """Return the text of each glyph, from the bfchar lines of a font's map."""
    found = dict[int, str]()
    for line in font.ToUnicode.read_bytes().decode("latin-1").splitlines():
        parts = line.strip().split()
        if len(parts) == 2 and all(part.startswith("<") and part.endswith(">") for part in parts):
            found[int(parts[0][1:-1], 16)] = bytes.fromhex(parts[1][1:-1]).decode("utf-16-be")
    return found
