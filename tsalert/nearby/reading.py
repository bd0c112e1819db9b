"""Reading the feeds of linked authorities: asked for what changed, no transaction open, kept as they are now."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.linked import queries as linked
from tsalert.linked.looking import fault_of, read_from
from tsalert.linked.models import LinkedAuthority
from tsalert.nearby.models import NearbyAlert, NearbyFeed
from tsalert.nearby.rules import FEED_PATH, KEPT_FOR, LONGEST_FEED
from tsalert.webhooks.calling import Reply


def read_feeds(now: datetime) -> int:
    """Read what every linked authority has alerted of; returns how many feeds had changed. Again does no harm."""
    session = db.session()
    marks = dict(session.execute(select(NearbyFeed.authority_id, NearbyFeed.mark)).all())
    known = [(authority_id, url, marks.get(authority_id)) for authority_id, url in linked.to_ask(session)]
    db.session.rollback()  # nothing is held open while somebody else is waited for
    return sum(_read(authority_id, url, mark, now) for authority_id, url, mark in known)


def forget_old(now: datetime) -> int:
    """Delete alerts of others that are older than a year; returns how many."""
    old = delete(NearbyAlert).where(NearbyAlert.published_at < as_utc(now) - KEPT_FOR)
    with transaction() as session:
        return len(session.scalars(old.returning(NearbyAlert.id)).all())


def _read(authority_id: int, url: str, mark: str | None, now: datetime) -> bool:
    from tsalert.nearby.feed import read_feed  # noqa: PLC0415 - it brings marshmallow with it, and most have no neighbour

    reply = read_from(url, FEED_PATH, most=LONGEST_FEED, mark=mark)
    fault, items = fault_of(reply), None
    if fault is None and reply.answer.status != HTTPStatus.NOT_MODIFIED:
        try:
            items = read_feed(reply.body)
        except RuleViolation as refusal:
            fault = refusal.message
    with transaction() as session:
        _note(session, authority_id, reply, fault, now)
        for item in items or []:
            if item["date_published"] < as_utc(now) - KEPT_FOR:
                continue  # it was deleted, or will be at once
            _keep(session, authority_id, url, item, now)
    return items is not None


def _note(session: Session, authority_id: int, reply: Reply, fault: str | None, now: datetime) -> None:
    feed = session.get(NearbyFeed, authority_id)
    if feed is None:
        feed = NearbyFeed(authority_id=authority_id, mark=None, read_at=None, fault=None)
        session.add(feed)
    feed.fault = fault
    if fault is None:
        feed.read_at, feed.mark = now, reply.mark or feed.mark


def _keep(session: Session, authority_id: int, url: str, item: dict[str, Any], now: datetime) -> None:
    facts = item["facts"]
    row = session.scalar(_kept_of(url, item["id"]))
    if row is None:
        row = NearbyAlert(key=item["id"])
        session.add(row)
    row.authority_id = authority_id  # linked again, an authority finds its alerts as they were, and who used them
    for name in ("reference", "headline", "body", "advice", "topic", "urgency", "withdrawn_because", "expires_at"):
        setattr(row, name, facts[name])
    page = item["url"] or ""
    row.url = page if page.startswith(f"{url}/") else None  # a link leads to their own pages or nowhere
    row.wards = [ward["name"] for ward in facts["wards"]]
    row.is_withdrawn = facts["state"] == "withdrawn"
    row.published_at, row.read_at = item["date_published"], now


def _kept_of(url: str, key: str) -> Select[NearbyAlert]:
    """Return the query for what is kept of one alert: the newest, where the authority was linked more than once."""
    kept = select(NearbyAlert).join(LinkedAuthority, LinkedAuthority.id == NearbyAlert.authority_id)
    return kept.where(LinkedAuthority.url == url, NearbyAlert.key == key).order_by(NearbyAlert.id.desc()).limit(1)
