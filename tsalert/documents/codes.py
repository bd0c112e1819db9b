"""Addresses as codes to scan."""

from io import BytesIO

import segno

_SCALE = 10


def draw_code(address: str, suffix: str) -> bytes:
    """Return an address as a code to scan, as "png" or "svg"; a quarter of it may be torn or dirty."""
    out = BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind=suffix, scale=_SCALE, border=4)
    return out.getvalue()
