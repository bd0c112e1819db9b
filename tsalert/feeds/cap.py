"""One alert as a message of the Common Alerting Protocol (OASIS CAP 1.2)."""

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from tsalert.alerts import markdown
from tsalert.alerts.rules import Kind, Urgency
from tsalert.core.clock import as_utc
from tsalert.feeds.rules import Earlier, Item, Publisher, xml_text
from tsalert.subscribers.rules import topics_reached

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
# A geocode says by its name whose codes it holds: these are the Office for National Statistics' own.
GEOCODE = "ONS"
_MESSAGE_TYPES = {Kind.ALERT: "Alert", Kind.UPDATE: "Update", Kind.CANCEL: "Cancel", Kind.ALL_CLEAR: "Update"}
# What threatens somebody's safety at their door or in their home; everything else is a matter of security.
_SAFETY = frozenset({"doorstep-crime", "product-safety"})
_ON_WATCH = frozenset({"financial-abuse"})


def write_cap(item: Item, publisher: Publisher) -> bytes:
    """Return the message; that of a withdrawn alert cancels the one that was sent before."""
    root = ET.Element("alert", {"xmlns": NAMESPACE})
    identity = _identity(item.reference, publisher)
    _add(root, "identifier", f"{identity}.withdrawn" if item.is_withdrawn else identity)
    _add(root, "sender", publisher.sender)
    _add(root, "sent", _written(item.changed_at if item.is_withdrawn else item.published_at))
    _add(root, "status", "Exercise" if publisher.is_demo else "Actual")
    _add(root, "msgType", "Cancel" if item.is_withdrawn else _MESSAGE_TYPES[item.kind])
    _add(root, "scope", "Public")
    if item.withdrawal:
        _add(root, "note", item.withdrawal)
    before = Earlier(item.reference, item.published_at) if item.is_withdrawn else item.replies_to
    if before:
        sent = _written(before.published_at)
        _add(root, "references", f"{publisher.sender},{_identity(before.reference, publisher)},{sent}")
    _add_info(root, item, publisher)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add_info(root: ET.Element, item: Item, publisher: Publisher) -> None:
    info = _add(root, "info")
    is_urgent = item.urgency is Urgency.URGENT
    _add(info, "language", "en-GB")
    _add(info, "category", "Safety" if item.topic in _SAFETY else "Security")
    _add(info, "event", "Trading Standards alert" if topics_reached(item.topic) is None else item.topic_title)
    _add(info, "responseType", _response(item))
    _add(info, "urgency", "Immediate" if is_urgent else "Expected")
    _add(info, "severity", "Severe" if is_urgent else "Moderate")
    _add(info, "certainty", "Observed")
    _add(info, "effective", _written(item.published_at))
    _add(info, "expires", _written(item.expires_at))
    _add(info, "senderName", publisher.authority)
    _add(info, "headline", f"{item.state.label}: {item.headline}" if item.is_withdrawn else item.headline)
    _add(info, "description", "\n\n".join((*item.first_words, markdown.to_text(item.body))))
    if item.advice:
        _add(info, "instruction", markdown.to_text(item.advice))
    _add(info, "web", publisher.page_of(item.reference))
    if publisher.telephone:
        _add(info, "contact", publisher.telephone)
    _add_area(info, item, publisher)


def _add_area(info: ET.Element, item: Item, publisher: Publisher) -> None:
    area = _add(info, "area")
    _add(area, "areaDesc", ", ".join(name for _, name in item.wards) or publisher.authority)
    codes = [code for code, name in item.wards if code != name] or [publisher.area_code]
    for code in filter(None, codes):
        geocode = _add(area, "geocode")
        _add(geocode, "valueName", GEOCODE)
        _add(geocode, "value", code)


def _response(item: Item) -> str:
    if item.kind in {Kind.ALL_CLEAR, Kind.CANCEL} or item.is_withdrawn:
        return "AllClear"
    return "Monitor" if item.topic in _ON_WATCH else "Avoid"


def _identity(reference: str, publisher: Publisher) -> str:
    """Return what names a message in the whole world; it may hold no space, comma or bracket."""
    return f"{urlsplit(publisher.public_url).hostname}.{reference}"


def _written(instant: datetime) -> str:
    """Return an instant as CAP wants it: whole seconds, and UTC as -00:00, never as Z or +00:00."""
    return f"{as_utc(instant):%Y-%m-%dT%H:%M:%S}-00:00"


def _add(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = None if text is None else xml_text(text)
    return element
