"""Which characters the fonts of a PDF show: all that are asked for are drawn at once, boxes are told by their shape.

Most fonts lie inside the printer, so that their tables cannot be read; to print each character by itself is slow.
"""

import json
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typst import Fonts

# For scripts that residents' names are written in and the printer has no letters of; nothing of them is ever run.
PACKAGES = ("justmytype_intl_cjk", "justmytype_intl_south_asia")
BUILT = Path(__file__).parent.parent / "static" / "vendor" / "fonts"
FAMILIES = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
# The last code for private use: no font that anybody writes letters in has it, so it is drawn as the box.
_IN_NO_FONT = "\U0010fffd"
_DRAWN = re.compile(rb'<use [^>]*href="#(\w+)"')
_SOURCE = b"""
#set page(width: 100mm, height: auto, margin: 0mm)
#set text(font: json(bytes(sys.inputs.families)), lang: "en")
#for sign in json(bytes(sys.inputs.signs)) { box("|"); box(sign) }
"""
_seen: dict[Path | None, dict[str, bool]] = {}


def missing(signs: Collection[str], fonts: Path | None) -> frozenset[str]:
    """Return those characters that no font has."""
    seen = _seen.setdefault(fonts, {})
    asked = sorted(sign for sign in set(signs) if sign not in seen)
    if asked:
        seen.update(_tell(asked, fonts))
    return frozenset(sign for sign in signs if not seen[sign])


@lru_cache(maxsize=4)
def font_book(folder: Path | None) -> "Fonts":
    """Return the printer's fonts, those that are installed beside it, and those of a folder."""
    from typst import Fonts  # noqa: PLC0415 - most processes never print

    return Fonts(include_system_fonts=False, font_paths=[*_installed(), *([folder] if folder else [])])


def _installed() -> Iterator[Path]:
    """Yield where the packages of fonts lie; a PDF names in words what only a missing one could show."""
    if BUILT.is_dir():
        yield BUILT
    for package in PACKAGES:
        found = find_spec(package)
        for place in (found.submodule_search_locations or ()) if found else ():
            yield Path(place)


def _tell(signs: list[str], fonts: Path | None) -> dict[str, bool]:
    """Tell of each character whether it is shown; one that is drawn as the mark itself is, and is told by itself."""
    shown = list(_are_shown(signs, fonts))
    if len(shown) == len(signs):
        return dict(zip(signs, shown, strict=True))
    if len(signs) == 1:
        return {signs[0]: True}
    half = len(signs) // 2
    return _tell(signs[:half], fonts) | _tell(signs[half:], fonts)


def _are_shown(signs: list[str], fonts: Path | None) -> Iterator[bool]:
    from typst import Compiler  # noqa: PLC0415 - as above

    inputs = {"signs": json.dumps([_IN_NO_FONT, *signs]), "families": json.dumps(FAMILIES)}
    compiler = Compiler(_SOURCE, font_paths=font_book(fonts), ignore_system_fonts=True, sys_inputs=inputs)
    drawn = compiler.compile(format="svg")
    # A page has no end here, so there is but one.
    shapes = _DRAWN.findall(drawn if isinstance(drawn, bytes) else b"".join(drawn or ()))
    mark, box = shapes[:2]
    for is_mark, group in groupby(shapes[2:], key=lambda shape: shape == mark):
        found = list(group)
        if is_mark:
            # Marks that follow one another stand before signs that draw nothing, such as spaces.
            yield from (True for _ in found[1:])
        else:
            yield box not in found
    if shapes[-1] == mark:
        yield True
