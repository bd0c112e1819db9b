"""A report's text as safe HTML in the look of the pages: nothing of it is ever taken for HTML. Pure."""

from markupsafe import Markup, escape

from tsalert.documents.description import Block, Heading, Passage, Points, Span
from tsalert.quarterly.writing.markdown import parts_of

_SIZES = {2: "l", 3: "m"}


def html_of(text: str, level: int) -> Markup:
    """Return HTML whose highest headings are of that level."""
    return Markup("\n").join(_html(block) for block in parts_of(text, level))


def _html(block: Block) -> Markup:
    match block:
        case Heading(words, level):
            size = _SIZES.get(level, "s")
            return Markup('<h{0} class="govuk-heading-{1}">{2}</h{0}>').format(level, size, _lines(words))
        case Points(points, is_numbered, first):
            items = Markup("").join(Markup("<li>{}</li>").format(_words(point)) for point in points)
            if is_numbered:
                return Markup('<ol class="govuk-list govuk-list--number" start="{}">{}</ol>').format(first, items)
            return Markup('<ul class="govuk-list govuk-list--bullet">{}</ul>').format(items)
        case Passage(spans):
            return Markup('<p class="govuk-body">{}</p>').format(_words(spans))
    raise TypeError(f"no text is made of {type(block).__name__}")


def _words(spans: tuple[Span, ...]) -> Markup:
    return Markup("").join(map(_span, spans))


def _span(span: Span) -> Markup:
    shown = _lines(span.text)
    if span.is_strong:
        shown = Markup("<strong>{}</strong>").format(shown)
    if span.is_emphasised:
        shown = Markup("<em>{}</em>").format(shown)
    if span.address:
        shown = Markup('<a class="govuk-link" href="{}" rel="noopener noreferrer">{}</a>').format(span.address, shown)
    return shown


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
