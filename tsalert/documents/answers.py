"""Answers that are documents to keep: PDF for readers, Word for those who go on writing."""

from flask import Response, current_app

from tsalert.config import Settings
from tsalert.documents.description import Document
from tsalert.documents.pdf import write_pdf

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document_response(name: str, document: Document, ending: str) -> Response:
    """Answer with a document that is given as ``pdf`` and as ``docx``; the name has no ending."""
    if ending == "docx":
        return _word_response(name, document)
    return _answer(f"{name}.pdf", write_pdf(document, fonts=_settings().document_fonts, has_word_file=True), PDF)


def pdf_response(name: str, document: Document) -> Response:
    """Answer with a document that is given as PDF alone; the name has no ending."""
    return _answer(f"{name}.pdf", pdf_of(document), PDF)


def pdf_of(document: Document) -> bytes:
    """Return a document that is given as PDF alone, in the installation's fonts."""
    return write_pdf(document, fonts=_settings().document_fonts)


def _word_response(name: str, document: Document) -> Response:
    """Answer with a Word file in the council's template."""
    from tsalert.documents.word import write_word  # noqa: PLC0415 - most processes never write one

    return _answer(f"{name}.docx", write_word(document, template=_settings().word_template), WORD)


def _answer(name: str, content: bytes, content_type: str) -> Response:
    answer = Response(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings
