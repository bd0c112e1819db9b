"""The small poster that carries a partner's code to be scanned."""

from datetime import datetime

from tsalert.documents.codes import draw_code
from tsalert.documents.description import Document, Image, Look, Paragraph

_WIDTH_MM = 70


def poster(address: str, *, partner: str, authority: str, now: datetime) -> Document:
    """Return the poster to hang up: what the alerts are, the code, and the address for those who type."""
    return Document(
        title="Get scam alerts",
        author=f"{authority} Trading Standards",
        made_at=now,
        blocks=(
            Paragraph("Free warnings about scams and rogue traders near you, by email or text.", Look.CENTRED),
            Image(draw_code(address, "png"), f"A code to scan that leads to {address}", _WIDTH_MM),
            Paragraph("Scan the code with your phone's camera, or go to", Look.CENTRED),
            Paragraph(address, Look.CENTRED),
            Paragraph(f"Passed on by {partner}. You can stop at any time.", Look.CENTRED),
        ),
        footer=f"{authority} Trading Standards",
        is_centred=True,
    )
