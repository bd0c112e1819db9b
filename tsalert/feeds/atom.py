"""Alerts as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from xml.etree import ElementTree as ET

from tsalert.alerts import markdown
from tsalert.core.clock import as_utc
from tsalert.feeds.rules import Item, Publisher, State, xml_text

_NAMESPACE = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"


def write_atom(items: Sequence[Item], publisher: Publisher, *, address: str, now: datetime) -> bytes:
    """Return the feed; its entries keep the address at which each alert is checked as their identity.

    :param address: where this feed is read, with what it is narrowed to.
    """
    feed = ET.Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "en-GB"})
    _add(feed, "id", address)
    _add(feed, "title", f"Trading Standards alerts from {publisher.authority}")
    _add(feed, "updated", _written(max((one.changed_at for one in items), default=now)))
    _add(_add(feed, "author"), "name", publisher.authority)
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=f"{publisher.public_url}/alerts/published")
    for one in items:
        _entry(feed, one, publisher)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def title_of(item: Item) -> str:
    """Return an alert's headline, with what has become of it."""
    return item.headline if item.state is State.CURRENT else f"{item.state.label}: {item.headline}"


def html_of(item: Item) -> str:
    """Return an alert's words as HTML that is safe to show, after why it was withdrawn and which alert it continues."""
    first = "".join(f"<p><strong>{escape(said)}</strong></p>\n" for said in item.first_words)
    advice = f"<h2>What to do</h2>\n{markdown.to_html(item.advice)}" if item.advice else ""
    return f"{first}{markdown.to_html(item.body)}{advice}"


def _entry(feed: ET.Element, item: Item, publisher: Publisher) -> None:
    entry = _add(feed, "entry")
    page = publisher.page_of(item.reference)
    _add(entry, "id", page)
    _add(entry, "title", title_of(item))
    _add(entry, "published", _written(item.published_at))
    _add(entry, "updated", _written(item.changed_at))
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    _add(entry, "link", rel="related", type=CAP_TYPE, href=f"{page}/cap.xml")
    _add(entry, "category", term=item.topic, label=item.topic_title)
    for code, name in item.wards:
        _add(entry, "category", scheme=f"{publisher.public_url}/wards", term=code, label=name)
    _add(entry, "content", html_of(item), type="html")


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = None if text is None else xml_text(text)
    return element


def _written(instant: datetime) -> str:
    return as_utc(instant).isoformat(timespec="seconds")
