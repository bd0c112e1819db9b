"""A partner's code to be scanned, and the small poster that carries it."""

from datetime import datetime
from io import BytesIO

import segno

from tsalert.documents.description import Document, Image, Look, Paragraph

_SCALE = 10
_WIDTH_MM = 70


def draw_code(address: str, suffix: str) -> bytes:
    """Return an address as a code to scan, as "png" or "svg"; a quarter of it may be torn or dirty."""
    out = BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind=suffix, scale=_SCALE, border=4)
    return out.getvalue()


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
