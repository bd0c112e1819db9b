"""Drawings in SVG: their letters, and themselves as Word takes them, which shows no SVG."""

from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from tsalert.documents import coverage
from tsalert.documents.description import Image
from tsalert.documents.glyphs import named, strangers

_SOURCE = b'#set page(width: int(sys.inputs.width) * 1mm, height: auto, margin: 0mm)\n#image("/drawn.svg", width: 100%)'
_SHARP = 200


def text_of(image: Image) -> str:
    """Return what an SVG is written in, letters among it; other pictures have none."""
    return image.content.decode(errors="replace") if image.suffix == "svg" else ""


def in_words(image: Image, missing: frozenset[str]) -> Image:
    """Return a drawing in which characters that no font has are named."""
    if image.suffix != "svg":
        return image
    return replace(image, content=named(text_of(image), missing).encode())


def as_png(image: Image) -> bytes:
    """Return a picture that Word shows: a PNG or a JPEG as it is, an SVG drawn."""
    from typst import Compiler  # noqa: PLC0415 - most processes never print

    if image.suffix != "svg":
        return image.content
    shown = in_words(image, coverage.missing(strangers(text_of(image)), None))
    with TemporaryDirectory(prefix="tsalert-picture-") as folder:
        (Path(folder) / "drawn.svg").write_bytes(shown.content)
        book, width = coverage.font_book(None), {"width": str(image.width_mm)}
        compiler = Compiler(_SOURCE, root=folder, font_paths=book, ignore_system_fonts=True, sys_inputs=width)
        drawn = compiler.compile(format="png", ppi=_SHARP)
    if not isinstance(drawn, bytes):
        raise TypeError("a picture is one page")
    return drawn
