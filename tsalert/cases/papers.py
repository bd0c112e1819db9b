"""A pack as a document, to be printed or written as Word."""

from datetime import datetime

from flask import current_app

from tsalert.cases.sections import Pack, Section
from tsalert.config import Settings
from tsalert.documents.description import Block, Document, Facts, Heading, Paragraph

FORMATS = ("pdf", "docx")


def pack_document(title: str, pack: Pack, *, reference: str, made_at: datetime) -> Document:
    """Return a pack as a document."""
    blocks = tuple(block for section in pack for block in _section(section))
    return Document(title, authority(), made_at, blocks, footer=f"{reference} · Official, sensitive")


def authority() -> str:
    """Return the name of the service that a document comes from."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.authority_name


def _section(section: Section) -> list[Block]:
    """Return a section: what has a name as facts, what has none as paragraphs, in their order."""
    blocks: list[Block] = [Heading(section.heading)]
    pairs: list[tuple[str, str]] = []
    for label, words in section.lines:
        if label:
            pairs.append((label, words))
            continue
        blocks += [*([Facts(tuple(pairs))] if pairs else []), Paragraph(words)]
        pairs = []
    return [*blocks, *([Facts(tuple(pairs))] if pairs else [])]
