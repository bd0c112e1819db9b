"""The Markdown that a report's text may use: paragraphs, sub-headings, lists, bold, emphasis and https links. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct, field
from msgspec.structs import replace

from tsalert.core.errors import RuleViolation
from tsalert.documents.cleaning import clean
from tsalert.documents.description import DEEPEST, Block, Heading, Passage, Points, Span

LONGEST = 20_000
_TAKEN = "It takes paragraphs, sub-headings, lists, **bold**, *emphasis* and [links](https://www.gov.uk)."
_REFUSED = {
    "html_block": "HTML",
    "html_inline": "HTML",
    "image": "pictures",
    "table_open": "tables; those of a report come from its figures",
    "fence": "code",
    "code_inline": "code",
    "blockquote_open": "indented quotations",
    "hr": "lines across the page",
}
_EXCERPT = 40
# Half of a pair of codes that stand for one sign.
_HALF = re.compile(r"[\ud800-\udfff]")
_SECURE = "https://"


class _Taken(MarkdownIt):
    """Reads what a report takes; anything else stays the text that it is."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return url.startswith(_SECURE)


class _Meant(MarkdownIt):
    """Reads what a writer may have meant, for the words to refuse it with."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return bool(url)


_PARSER = _Taken("zero").enable(
    ["heading", "lheading", "list", "emphasis", "link", "autolink", "newline", "escape", "entity"]
)
# Indented lines are how some begin a paragraph, not code.
_MEANT = _Meant("commonmark", {"html": True}).enable("table").disable(["code", "reference"])


def check(text: str, *, field: str | None = None) -> None:
    """Refuse text that a report cannot show as its writer meant it.

    :raises RuleViolation: it is too long, or has HTML, pictures, tables, code or links that are not https.
    """
    if len(text) > LONGEST:
        raise RuleViolation(f"Use {LONGEST:,} characters or fewer; these are {len(text):,}.", field=field)
    if _HALF.search(text):
        raise RuleViolation("Take out the characters that cannot be written, such as half a picture sign.", field=field)
    tokens = _MEANT.parse(clean(text))
    inside = 0
    for token in (*tokens, *(child for each in tokens for child in each.children or ())):
        inside += token.nesting if token.type.endswith(("list_open", "list_close")) else 0
        fault = "lists within lists" if inside > 1 else _REFUSED.get(token.type)
        if fault:
            raise RuleViolation(f"A report takes no {fault}{_near(token)}. {_TAKEN}", field=field)
        address = str(token.attrGet("href") or "") if token.type == "link_open" else _SECURE
        if not address.startswith(_SECURE):
            raise RuleViolation(f"A link of a report leads to an https:// address; {address} is none.", field=field)


def blocks_of(text: str, level: int) -> tuple[Block, ...]:
    """Return the parts of a document that say it; its highest headings are of that level.

    Each link is followed by its address, since paper leads nowhere. What the subset lacks is shown as it was typed.
    """
    return tuple(_shown_on_paper(block) for block in _parse(text, level, DEEPEST))


def parts_of(text: str, level: int) -> tuple[Block, ...]:
    """Return the same for a screen: links lead, and headings go deeper."""
    return tuple(_parse(text, level, 6))


def plain(text: str) -> str:
    """Return the words alone, a line for each paragraph and point."""
    return "\n".join("".join(span.text for span in spans) for block in _parse(text, 1, 6) for spans in _spans_in(block))


def _near(token: Token) -> str:
    excerpt = " ".join(token.content.split())[:_EXCERPT]
    return f" (near {excerpt})" if excerpt else ""


def _parse(text: str, level: int, deepest: int) -> list[Block]:
    reader = _Reader(level, deepest)
    for token in _PARSER.parse(clean(text)):
        reader.take(token)
    return reader.blocks


class _List(Struct):
    is_numbered: bool
    first: int
    points: list[tuple[Span, ...]] = field(default_factory=list)
    is_new_point: bool = True

    def add(self, spans: tuple[Span, ...]) -> None:
        if self.is_new_point or not self.points:
            self.points.append(spans)
        else:
            self.points[-1] = (*self.points[-1], Span("\n"), *spans)
        self.is_new_point = False


class _Reader(Struct):
    """Gathers parts from tokens, in the order in which they come."""

    level: int
    deepest: int
    blocks: list[Block] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _above: list[int] = field(default_factory=list)
    _heading: int = 0

    def take(self, token: Token) -> None:
        """Add what one token brings."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._flush()
                self._lists.append(_List(token.tag == "ol", int(token.attrGet("start") or 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._flush()
                self._lists.pop()
            case "list_item_open":
                self._lists[-1].is_new_point = True
            case "heading_open":
                self._heading = int(token.tag[1])
            case "inline":
                self._say(_spans(token.children or ()))

    def _say(self, spans: tuple[Span, ...]) -> None:
        heading, self._heading = self._heading, 0
        if not "".join(span.text for span in spans).strip():
            return
        if self._lists:
            self._lists[-1].add(spans)
        elif heading:
            self.blocks.append(Heading("".join(span.text for span in spans), self._level_of(heading)))
        else:
            self.blocks.append(Passage(spans))

    def _level_of(self, heading: int) -> int:
        """Return the level of a heading: one below what it stands under, so that none is skipped."""
        self._above = [*(above for above in self._above if above < heading), heading]
        return min(self.level + len(self._above) - 1, self.deepest)

    def _flush(self) -> None:
        """Add the points so far; a list that goes on after another within it counts on."""
        if self._lists and self._lists[-1].points:
            current = self._lists[-1]
            self.blocks.append(Points(tuple(current.points), current.is_numbered, current.first))
            current.first += len(current.points)
            current.points = []


def _spans(children: Sequence[Token]) -> tuple[Span, ...]:
    """Return stretches of text, those that look alike joined."""
    looks = groupby(_stretches(children), key=lambda span: replace(span, text=""))
    joined = (replace(look, text="".join(span.text for span in spans)) for look, spans in looks)
    return tuple(span for span in joined if span.text)


def _stretches(children: Iterable[Token]) -> Iterator[Span]:
    look, strong, emphasised = Span(""), 0, 0
    for child in children:
        strong += child.nesting * (child.tag == "strong")
        emphasised += child.nesting * (child.tag == "em")
        if child.type in {"link_open", "link_close"}:
            look = Span("", address=str(child.attrGet("href") or ""))
        look = replace(look, is_strong=strong > 0, is_emphasised=emphasised > 0)
        yield replace(look, text=_WORDS.get(child.type, child.content))


_WORDS = {"softbreak": " ", "hardbreak": "\n"}


def _shown_on_paper(block: Block) -> Block:
    match block:
        case Passage(spans):
            return Passage(_with_addresses(spans))
        case Points(points):
            return replace(block, points=tuple(map(_with_addresses, points)))
    return block


def _with_addresses(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Put each address behind the words that lead there, unless they are the address."""
    shown: list[Span] = []
    for address, linked in groupby(spans, key=lambda span: span.address):
        words = list(linked)
        shown += words
        if address and "".join(span.text for span in words) != address:
            shown.append(Span(f" ({address})"))
    return tuple(shown)


def _spans_in(block: Block) -> tuple[tuple[Span, ...], ...]:
    match block:
        case Heading(text):
            return ((Span(text),),)
        case Passage(spans):
            return (spans,)
        case Points(points):
            return points
    return ()
