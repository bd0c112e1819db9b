"""Beginning an alert of ours with the words of another authority."""

from datetime import datetime
from uuid import uuid4

from msgspec import Struct

from tsalert.alerts.unsaved import service as unsaved
from tsalert.alerts.unsaved.rules import Copy
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.db import transaction
from tsalert.nearby import queries, rules
from tsalert.nearby.rules import Words
from tsalert.subscribers.queries import topics


class Begun(Struct, frozen=True):
    """What was begun: the key of the officer's unsaved form, and what stands in it."""

    copy: str
    authority: str
    fields: dict[str, str]


def use(nearby_id: int, *, actor: Actor, now: datetime) -> Begun:
    """Begin an alert with the words of theirs, as a form of this officer that is not saved yet.

    It is nothing but typed for them: our own detector, audience and approval still lie ahead.

    :raises NotFound: there is no such alert.
    :raises Conflict: they have withdrawn it.
    """
    actor.require(Permission.DRAFT_ALERT)
    with transaction() as session:
        row = queries.get_row(session, nearby_id, lock=True)
        found = queries.get_alert(session, nearby_id, now=now)
        rules.require_usable(found.state)
        words = Words(row.headline, row.body, row.advice, row.topic, row.urgency)
        fields = rules.begin_with(words, found.authority, topics=dict(topics(session)))
        key = uuid4().hex
        unsaved.put(session, Copy(key, {name: [text] for name, text in fields.items()}), actor=actor, now=now)
        row.used_at, row.used_by = now, actor.officer_id
        audit.record(session, actor, "used", "nearby alert", row.id, now=now, reference=row.reference)
        return Begun(key, found.authority, fields)
