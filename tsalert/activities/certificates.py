"""What is handed to somebody who rang: a certificate, the citation of a medal, or a letter of thanks."""

from datetime import datetime

from tsalert.activities.recognition_queries import RecognitionView
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.core.words import write_day
from tsalert.documents.description import Block, Document, Look, Paragraph, Signature

_TITLES = {
    RecognitionKind.CERTIFICATE: "Certificate of recognition",
    RecognitionKind.MEDAL: "Citation for a medal",
    RecognitionKind.LETTER: "Letter of thanks",
}
_OPENINGS = {
    RecognitionKind.CERTIFICATE: "This certificate is presented to",
    RecognitionKind.MEDAL: "This medal is presented to",
}


def certificate_of(recognition: RecognitionView, authority: str, *, signed_by: str, now: datetime) -> Document:
    """Return the document that goes with a recognition; it names nobody but the one who is thanked.

    :param signed_by: the officer who decided it.
    """
    kind = recognition.kind
    return Document(
        title=_TITLES[kind],
        author=f"{authority} Trading Standards",
        made_at=now,
        blocks=_letter(recognition, authority, signed_by)
        if kind is RecognitionKind.LETTER
        else _card(recognition, authority, signed_by),
        footer=f"{authority} Trading Standards",
        is_centred=kind is not RecognitionKind.LETTER,
        is_landscape=kind is not RecognitionKind.LETTER,
    )


def _card(recognition: RecognitionView, authority: str, signed_by: str) -> tuple[Block, ...]:
    row = recognition.row
    return (
        Paragraph(_OPENINGS[recognition.kind], Look.CENTRED),
        Paragraph(row.name, Look.DISPLAY),
        Paragraph(row.words, Look.CENTRED),
        Paragraph(f"With the thanks of {authority} Trading Standards.", Look.CENTRED),
        Paragraph(write_day(row.presented_on or row.decided_on), Look.CENTRED),
        Signature((signed_by, f"{authority} Trading Standards")),
    )


def _letter(recognition: RecognitionView, authority: str, signed_by: str) -> tuple[Block, ...]:
    row = recognition.row
    return (
        Paragraph(write_day(row.presented_on or row.decided_on)),
        Paragraph(f"Dear {row.name},"),
        Paragraph("Thank you for your call."),
        Paragraph(row.words),
        Paragraph("A call like yours is often the only way in which we hear of what happens at somebody's door. Please "
                  "ring again whenever something does not look right."),
        Signature((signed_by, f"{authority} Trading Standards")),
    )  # fmt: skip
