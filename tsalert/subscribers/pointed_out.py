"""Whom an officer means by a line of typing: a subscriber's number, a partner's name or code, or an address."""

import re
from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.delivery import queries as delivery
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.models import Partner, Subscriber, SubscriberEndpoint
from tsalert.subscribers.oneness import who_is
from tsalert.subscribers.rules import Kind

# Fewer digits than any telephone has, or after a hash; a name may follow.
_NUMBER = re.compile(r"(?:#(?=\d{1,9}(?:\s|$))|(?=[1-9]\d{0,7}$))(\d+)", re.ASCII)


def find_pointed_out(session: Session, typed: str) -> list[int]:
    """Return the subscribers whom a line means: one, or all who read the address in it.

    :raises RuleViolation: it means nobody on the list, or partners of one name.
    """
    line = typed.strip()
    found = _by_number(session, line) or _by_partner(session, line) or _by_address(session, line)
    if not found:
        raise RuleViolation(
            f"Nobody on the list is meant by “{line[:60]}”. Write a partner's name or code, an address or a number."
        )
    return found


def names_of(session: Session, subscriber_ids: Collection[int]) -> dict[int, str]:
    """Return how some subscribers are called before officers: partners by name, people by their number alone."""
    query = select(Subscriber.id, Subscriber.kind, Subscriber.name).where(Subscriber.id.in_(subscriber_ids))
    called = {number: name if kind == Kind.PARTNER else None for number, kind, name in session.execute(query)}
    return {number: called.get(number) or f"Subscriber {number}" for number in subscriber_ids}


def lines_of(session: Session, subscriber_ids: Collection[int]) -> list[str]:
    """Return a line for each of some subscribers that means them, as ``#12 Bickley Library`` or ``#13``."""
    query = select(Subscriber.id, Subscriber.name).where(Subscriber.id.in_(subscriber_ids))
    partners = dict(session.execute(query.where(Subscriber.kind == Kind.PARTNER)).all())
    return [f"#{number} {partners.get(number) or ''}".strip() for number in sorted(subscriber_ids)]


def _by_number(session: Session, line: str) -> list[int]:
    """Return whom a number stands for, even if they were erased: what was kept before stays as it was."""
    number = _NUMBER.match(line)
    if number is None:
        return []
    meant = who_is(session, int(number[1]))
    return list(session.scalars(select(Subscriber.id).where(Subscriber.id == meant)))


def _by_partner(session: Session, line: str) -> list[int]:
    is_partner = Subscriber.kind == Kind.PARTNER
    coded = select(Partner.subscriber_id).where(Partner.code == (line.upper() if line.isalnum() else ""))
    found = _listed(session, is_partner & Subscriber.id.in_(coded))
    found = found or _listed(session, is_partner & (func.lower(Subscriber.name) == line.lower()))
    if len(found) > 1:
        raise RuleViolation(f"Several partners are called “{line[:60]}”. Write the code of the one that is meant.")
    return found


def _by_address(session: Session, line: str) -> list[int]:
    try:
        end = delivery.find_endpoint(session, *read_contact(line))
    except RuleViolation:
        return []
    readers = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == (end.id if end else 0))
    return _listed(session, Subscriber.id.in_(readers))


def _listed(session: Session, where: ColumnElement[bool]) -> list[int]:
    query = select(Subscriber.id).where(where, Subscriber.erased_at.is_(None)).order_by(Subscriber.id)
    return list(session.scalars(query))
