"""Markdown as safe HTML and as plain text, with the address of every link in sight."""

import re
from collections.abc import Iterable
from unicodedata import bidirectional

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from msgspec import Struct, field

_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "code", "pre", "hr"}
_SCHEMES = {"http", "https", "mailto", "tel"}
# Pictures are left out: one fetched from elsewhere would tell its owner who reads the mail, and when.
_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")
_RENDERER = RendererHTML()
# What means something wherever it stands, and what does at the beginning of a line: headings, lists, rules.
_MARKS = re.compile(r"[\\`*_\[\]<>&]")
_FROM_THE_RIGHT = frozenset({"R", "AL"})
_FIRST_MARK = re.compile(r"^(\d*)([#+\-=~.)])", re.MULTILINE)


def from_plain(words: str) -> str:
    """Return Markdown that says plain words as they are, whatever marks stand in them."""
    lines = "\n".join(line.strip() for line in words.splitlines())
    return _FIRST_MARK.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", lines))


def to_html(source: str) -> str:
    """Return HTML in which whatever was not plain Markdown is inert text."""
    html = str(_RENDERER.render(_parse(source), _PARSER.options, {}))
    return nh3.clean(
        html, tags=_TAGS, attributes={"*": {"dir"}, "a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
    )


def to_text(source: str) -> str:
    """Return the same as plain text: paragraphs apart, points marked, links followed by their address."""
    writer = _PlainText()
    for token in _parse(source):
        writer.take(token)
    return writer.text.strip("\n")


def links(source: str) -> list[str]:
    """Return where each link leads, in the order of the text; an address that is only written out is no link."""
    inline = [child for token in _PARSER.parse(source) for child in token.children or ()]
    return [str(child.attrGet("href") or "") for child in inline if child.type == "link_open"]


class _List(Struct):
    """An open list: the number its next point has, or None where points have dashes."""

    number: int | None
    points: int = 0

    def next_mark(self) -> str:
        self.points += 1
        if self.number is None:
            return "- "
        self.number += 1
        return f"{self.number - 1}. "


class _PlainText(Struct):
    """Gathers text from block tokens, in the order in which they come."""

    text: str = ""
    _lists: list[_List] = field(default_factory=list)
    _mark: str = ""
    _is_tight: bool = False

    def take(self, token: Token) -> None:
        """Add what one token brings."""
        if token.type.endswith("_list_open"):
            self._lists.append(_List(int(token.attrGet("start") or 1) if token.tag == "ol" else None))
        elif token.type.endswith("_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            self._mark = self._lists[-1].next_mark()
        elif token.type == "paragraph_open":
            self._is_tight = token.hidden
        elif token.content:
            self._add("".join(map(_words, token.children)) if token.children else token.content)

    def _add(self, words: str) -> None:
        is_first_point = len(self._lists) == 1 and self._lists[0].points == 1
        follows_closely = self._is_tight and bool(self._mark) and not is_first_point
        outer = "  " * max(len(self._lists) - 1, 0)
        inner = outer + " " * len(self._mark) if self._mark else "  " * len(self._lists)
        lead = outer + self._mark if self._mark else inner
        self.text += ("\n" if follows_closely else "\n\n") + lead + words.strip().replace("\n", f"\n{inner}")
        self._mark = ""


def _parse(source: str) -> list[Token]:
    tokens = _PARSER.parse(source)
    for token in tokens:
        if token.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"  # the headline is the page's only first heading
        if token.children:
            token.children = _show_addresses(token.children)
    _set_directions(tokens)
    return tokens


def _set_directions(tokens: Iterable[Token]) -> None:
    """Give each block the direction of its first words, where any are read from the right."""
    directions: list[tuple[Token, str]] = []
    opened: list[Token] = []
    for token in tokens:
        if token.nesting == 1:
            opened.append(token)
        elif token.type == "inline":
            direction = _direction(token.content)
            directions += [(block, direction) for block in opened]
            opened.clear()
    if any(direction == "rtl" for _, direction in directions):
        for block, direction in directions:
            block.attrSet("dir", direction)


def _direction(words: str) -> str:
    """Return from where words are read, by the first letter that says so."""
    letters = (bidirectional(letter) for letter in words)
    first = next((each for each in letters if each == "L" or each in _FROM_THE_RIGHT), "L")
    return "rtl" if first in _FROM_THE_RIGHT else "ltr"


def _show_addresses(children: list[Token]) -> list[Token]:
    """Put each link's address behind its words, unless they are the address already."""
    shown: list[Token] = []
    start, address = 0, ""
    for child in children:
        shown.append(child)
        if child.type == "link_open":
            start, address = len(shown), str(child.attrGet("href") or "")
        elif child.type == "link_close" and "".join(map(_words, shown[start:-1])) != _bare(address):
            shown.append(Token("text", "", 0, content=f" ({_bare(address)})"))
    return shown


def _bare(address: str) -> str:
    return address.removeprefix("mailto:").removeprefix("tel:")


def _words(token: Token) -> str:
    return "\n" if token.type in {"softbreak", "hardbreak"} else token.content
