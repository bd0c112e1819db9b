"""Pictures as Word takes them: it shows no SVG, so that one is drawn."""

from pathlib import Path
from tempfile import TemporaryDirectory

from typst import Compiler

from tsalert.documents.description import Image

_SOURCE = b'#set page(width: 160mm, height: auto, margin: 0mm)\n#image("/drawn.svg", width: 100%)'
_SHARP = 200


def as_png(image: Image) -> bytes:
    """Return a picture that Word shows: a PNG or a JPEG as it is, an SVG drawn."""
    if image.suffix != "svg":
        return image.content
    with TemporaryDirectory(prefix="tsalert-picture-") as folder:
        (Path(folder) / "drawn.svg").write_bytes(image.content)
        drawn = Compiler(_SOURCE, root=folder, ignore_system_fonts=True).compile(format="png", ppi=_SHARP)
    if not isinstance(drawn, bytes):
        raise TypeError("a picture is one page")
    return drawn
