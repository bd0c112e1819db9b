"""The small poster that carries a partner's code to be scanned."""

from datetime import datetime

from msgspec import Struct

from tsalert.documents.codes import draw_code
from tsalert.documents.description import Document, Image, Look, Paragraph
from tsalert.web.filters import telephone

_WIDTH_MM = 70


class Invitation(Struct, frozen=True):
    """Who invites, and every way to join that counts for them.

    :param ring: the number at which officers put people on the list; "" where there is none.
    :param texted: the number to which JOIN is texted; None where there is none.
    """

    address: str
    code: str
    partner: str
    authority: str
    ring: str = ""
    texted: str | None = None


def poster(told: Invitation, *, now: datetime) -> Document:
    """Return the poster to hang up: what the alerts are, the code, and how to join for those who type, text or ring."""
    return Document(
        title="Get scam alerts",
        author=f"{told.authority} Trading Standards",
        made_at=now,
        blocks=(
            Paragraph("Free warnings about scams and rogue traders near you, by email, text or call.", Look.CENTRED),
            Image(draw_code(told.address, "png"), f"A code to scan that leads to {told.address}", _WIDTH_MM),
            Paragraph("Scan the code with your phone's camera, or go to", Look.CENTRED),
            Paragraph(told.address, Look.CENTRED),
            *(Paragraph(way, Look.CENTRED) for way in _without_internet(told)),
            Paragraph(f"Passed on by {told.partner}. You can stop at any time.", Look.CENTRED),
        ),
        footer=f"{told.authority} Trading Standards",
        is_centred=True,
    )


def _without_internet(told: Invitation) -> list[str]:
    ways = [f"text JOIN {told.code} to {telephone(told.texted)}"] if told.texted else []
    ways += [f"ring {telephone(told.ring)} and say the code {told.code}"] if told.ring else []
    return [f"No internet? You can {' or '.join(ways)}."] if ways else []
