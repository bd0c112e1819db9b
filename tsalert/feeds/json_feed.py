"""Alerts as a JSON Feed (version 1.1), with what is ours alone under ``_alert``."""

from collections.abc import Sequence
from typing import Any

from tsalert.alerts import markdown
from tsalert.core.clock import as_utc
from tsalert.feeds.atom import html_of, title_of
from tsalert.feeds.rules import Item, Publisher

VERSION = "https://jsonfeed.org/version/1.1"


def make_json_feed(items: Sequence[Item], publisher: Publisher, *, address: str) -> dict[str, Any]:
    """Return the feed as it is written."""
    return {
        "version": VERSION,
        "title": f"Trading Standards alerts from {publisher.authority}",
        "home_page_url": f"{publisher.public_url}/alerts/published",
        "feed_url": address,
        "language": "en-GB",
        "authors": [{"name": publisher.authority}],
        "items": [_item(one, publisher) for one in items],
    }


def _item(item: Item, publisher: Publisher) -> dict[str, Any]:
    page = publisher.page_of(item.reference)
    words = "\n\n".join(filter(None, (*item.first_words, markdown.to_text(item.body), markdown.to_text(item.advice))))
    return {
        "id": page,
        "url": page,
        "title": title_of(item),
        "content_html": html_of(item),
        "content_text": words,
        "date_published": as_utc(item.published_at).isoformat(timespec="seconds"),
        "date_modified": as_utc(item.changed_at).isoformat(timespec="seconds"),
        "tags": [item.topic_title, *(name for _, name in item.wards)],
        "_alert": {
            "reference": item.reference,
            "headline": item.headline,
            "body": item.body,
            "advice": item.advice,
            "state": item.state.value,
            "withdrawn_because": item.withdrawn_because or None,
            "urgency": item.urgency.value,
            "topic": item.topic,
            "wards": [{"code": code, "name": name} for code, name in item.wards],
            "expires_at": as_utc(item.expires_at).isoformat(timespec="seconds"),
            "cap_url": f"{page}/cap.xml",
        },
    }
