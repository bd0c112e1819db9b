"""A document as PDF/UA-1: tagged, with title and language, in fonts that come with the printer."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from tsalert.core.clock import in_london
from tsalert.documents import coverage, pictures
from tsalert.documents.cleaning import clean
from tsalert.documents.description import Document, Image, Look, Paragraph, Table, mapped, weights
from tsalert.documents.glyphs import named, note, refused_text, strangers
from tsalert.documents.keeping import as_data
from tsalert.documents.letting_go import let_go

_SOURCE = Path(__file__).with_name("document.typ").read_bytes()
# Every PDF may look otherwise once this changes.
LOOK = sha256(_SOURCE).hexdigest()
_TRIES = 40
_LONG = 100_000  # bytes of a PDF that took enough memory to be worth letting go of


class Unprintable(Exception):
    """The printer warned of something or refused the document: a mistake of ours, not of the reader."""


def write_pdf(document: Document, *, fonts: Path | None = None, has_word_file: bool = False) -> bytes:
    """Return a document as a tagged PDF; characters that no font has are named in words, and a note says so.

    :param fonts: a folder of further fonts, for scripts that the printer's own lack.
    :param has_word_file: True where whoever is given the PDF may have it as Word, too, which has every character.
    """
    from typst import TypstError  # noqa: PLC0415 - most processes never print

    cleaned = mapped(document, clean)
    missing = unprintable(cleaned, fonts=fonts)
    for _ in range(_TRIES):
        try:
            return _print(_in_words(cleaned, missing, has_word_file=has_word_file), fonts)
        except TypstError as error:
            found = strangers(refused_text(error.message)) or set(refused_text(error.message))
            if not found:
                raise Unprintable(error.message) from error
            missing |= found
    raise Unprintable("the document has too many kinds of characters that cannot be shown")


def unprintable(document: Document, *, fonts: Path | None = None) -> frozenset[str]:
    """Return the characters of a document that its PDF can only name."""
    return coverage.missing(strangers("".join(_texts(mapped(document, clean)))), fonts)


def _in_words(document: Document, missing: frozenset[str], *, has_word_file: bool) -> Document:
    if not missing:
        return document
    said = _redrawn(mapped(document, lambda text: named(text, missing)), missing)
    last = Paragraph(note(_texts(document), missing, has_word_file=has_word_file), Look.SMALL)
    return replace(said, blocks=(*said.blocks, last))


def _redrawn(document: Document, missing: frozenset[str]) -> Document:
    """Return a document whose drawings name what they cannot show."""
    blocks = (pictures.in_words(block, missing) if isinstance(block, Image) else block for block in document.blocks)
    return replace(document, blocks=tuple(blocks))


def _print(document: Document, fonts: Path | None) -> bytes:
    with TemporaryDirectory(prefix="tsalert-pdf-") as folder:
        data = _for_printing(document, Path(folder))
        inputs = {"document": json.dumps(data), "families": json.dumps(coverage.FAMILIES)}
        return _compile(inputs, fonts, folder)


def _for_printing(document: Document, folder: Path) -> dict[str, Any]:
    """Return the document as the template reads it, with its pictures in a folder."""
    data = as_data(document)
    day = in_london(document.made_at)
    data |= {"day": [day.year, day.month, day.day], "made_at": ""}
    language, _, region = document.language.partition("-")
    data |= {"language": language, "region": region}
    for place, (block, written) in enumerate(zip(document.blocks, data["blocks"], strict=True)):
        if isinstance(block, Table):
            written["weights"] = weights(block)
        if isinstance(block, Image):
            written["content"] = f"/{place}.{block.suffix}"
            (folder / f"{place}.{block.suffix}").write_bytes(block.content)
    return data


def _compile(inputs: dict[str, str], fonts: Path | None, root: str) -> bytes:
    from typst import Compiler  # noqa: PLC0415 - as above

    book = coverage.font_book(fonts)
    compiler = Compiler(_SOURCE, root=root, font_paths=book, ignore_system_fonts=True, sys_inputs=inputs)
    written, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=["ua-1"])
    if warnings or not isinstance(written, bytes):
        raise Unprintable("; ".join(warning.message for warning in warnings))
    if len(written) > _LONG:
        let_go()
    return written


def _texts(document: Document) -> Iterator[str]:
    """Yield every text of a document."""
    found: list[str] = []

    def note_down(text: str) -> str:
        found.append(text)
        return text

    mapped(document, note_down)
    yield from found
    yield from (pictures.text_of(block) for block in document.blocks if isinstance(block, Image))
