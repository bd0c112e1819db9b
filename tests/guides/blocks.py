"""Reading the documents as their readers do: what to type, what to look at, what to press."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parent.parent.parent
GUIDES = ROOT / "docs" / "guides"
_FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"!\[([^]]*)\]\(([^)]+)\)")
_PRESSED = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_ANYTHING = "…"


class Step(Struct, frozen=True):
    """A command of a document, and what the document shows beneath it; ``…`` there stands for anything."""

    command: str
    shown: str

    def is_answered_by(self, output: str) -> bool:
        """Tell whether a command printed what is shown; where nothing is shown, nothing is printed."""
        pattern = ".*".join(re.escape(part) for part in self.shown.strip().split(_ANYTHING))
        return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


class Picture(Struct, frozen=True):
    """A picture of a document, with what it says to whoever cannot see it."""

    words: str
    path: Path


def documents() -> list[Path]:
    """Return every document for readers."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(path: Path, language: str) -> list[str]:
    """Return the fenced blocks of a document in one language, in their order, without their indent."""
    found = _FENCED.findall(path.read_text(encoding="utf-8"))
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, named, text in found if named == language]


def prose(path: Path) -> str:
    """Return a document without its fenced blocks."""
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def steps(path: Path) -> Iterator[Step]:
    """Yield what a document's ``console`` blocks type, each with what they show of its output."""
    for text in blocks(path, "console"):
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            first, *rest = part.splitlines()
            typed = [line[2:] if line.startswith("> ") else line[1:] for line in rest if line.startswith(">")]
            shown = [line for line in rest if not line.startswith(">")]
            yield Step("\n".join([first, *typed]), "\n".join(shown))


def pictures(path: Path) -> list[Picture]:
    """Return the pictures that a document shows."""
    found = _PICTURE.findall(prose(path))
    return [Picture(words, (path.parent / target).resolve()) for words, target in found]


def pressed(path: Path) -> set[str]:
    """Return the words in bold, which are those that stand on pages."""
    return {re.sub(r"\s+", " ", words) for words in _PRESSED.findall(_PICTURE.sub("", prose(path)))}
