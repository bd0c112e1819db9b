"""The files that a report is handed over as: what each is called, its kind, and its content."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import current_app
from msgspec import Struct

from tsalert.core.words import Word
from tsalert.documents.answers import PDF, WORD
from tsalert.documents.pdf import write_pdf
from tsalert.quarterly.content import Report, TitleBlock
from tsalert.quarterly.vocabulary import Edition, Status
from tsalert.quarterly.writing.data import for_readers, json_of
from tsalert.quarterly.writing.document import document_of
from tsalert.quarterly.writing.page import page_of

_STYLE = Path(__file__).with_name("standalone.css")


class Format(Word):
    """A kind of file."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel, the tables alone"
    HTML = "html", "One web page to keep"
    JSON = "json", "JSON, for other programs"


CONTENT_TYPES = {
    Format.PDF: PDF,
    Format.DOCX: WORD,
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.HTML: "text/html; charset=utf-8",
    Format.JSON: "application/json",
}


class Making(Struct, frozen=True):
    """What a file is made with, apart from the report.

    :param made_at: when; a published report has the day of its publication instead, so that its file stays the same.
    """

    made_at: datetime
    fonts: Path | None = None
    template: Path | None = None


def name_of(head: TitleBlock, kind: Format) -> str:
    """Return what the file is called, such as ``board-report-2022-23-Q1-public.pdf``."""
    quarter = head.period.replace("/", "-").replace(" ", "-")
    revision = f"-revision-{head.revision}" if head.revision > 1 else ""
    draft = "" if head.status is Status.PUBLISHED else "-draft"
    return f"board-report-{quarter}-{head.edition.value}{revision}{draft}.{kind.value}"


def content_of(report: Report, kind: Format, making: Making) -> bytes:
    """Return a report as a file of a kind.

    :raises Unavailable: the council's Word template cannot be read or lacks styles, all of which are named.
    """
    return _WRITERS[kind](for_readers(report), making)


def _pdf(report: Report, making: Making) -> bytes:
    # The public is given no Word file.
    has_word_file = report.head.edition is not Edition.PUBLIC
    document = document_of(report, made_at=_day(report, making))
    return write_pdf(document, fonts=making.fonts, has_word_file=has_word_file)


def _word(report: Report, making: Making) -> bytes:
    from tsalert.documents.word import write_word  # noqa: PLC0415 - most processes never write one

    return write_word(document_of(report, made_at=_day(report, making)), template=making.template)


def _excel(report: Report, making: Making) -> bytes:
    from tsalert.quarterly.writing.workbook import write_workbook  # noqa: PLC0415 - as above

    return write_workbook(report, made_at=_day(report, making))


def _html(report: Report, _making: Making) -> bytes:
    style = _STYLE.read_text(encoding="utf-8")
    # No request stands behind a file: the template is drawn without what pages know of their reader.
    template = current_app.jinja_env.get_template("quarterly/standalone.html")
    return template.render(page=page_of(report), head=report.head, style=style).encode()


def _json(report: Report, _making: Making) -> bytes:
    return f"{json_of(report)}\n".encode()


def _day(report: Report, making: Making) -> datetime | None:
    return None if report.head.status is Status.PUBLISHED else making.made_at


_WRITERS: dict[Format, Callable[[Report, Making], bytes]] = {
    Format.PDF: _pdf,
    Format.DOCX: _word,
    Format.XLSX: _excel,
    Format.HTML: _html,
    Format.JSON: _json,
}
