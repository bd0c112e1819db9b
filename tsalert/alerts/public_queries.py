"""What anybody may read of alerts: those that were sent, found by words, ward and topic."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from tsalert.alerts import queries
from tsalert.alerts.models import Alert, AlertEdition
from tsalert.alerts.rules import read_reference
from tsalert.alerts.steps import Status
from tsalert.delivery import queries as delivery
from tsalert.places.queries import ward_mark, ward_names
from tsalert.subscribers.queries import topic_mark, topics

_WORDS = (Alert.headline, Alert.body_markdown, Alert.advice, Alert.sms_text, Alert.reference)
_MOST_WORDS = 8
EVERY_TOPIC = "all"  # what goes to the readers of each
_SENT = Alert.published_at.is_not(None)
_NEXT_END = func.min(Alert.expires_at).filter(Alert.expires_at > bindparam("now", type_=Alert.expires_at.type))
# Put together once: every reader asks for it.
_STAMP = select(
    func.count(),
    func.max(Alert.published_at),
    func.max(Alert.changed_at),
    _NEXT_END,
    delivery.count_cancelled(select(AlertEdition.mailing_id)),
    ward_mark(),
    topic_mark(),
).where(_SENT)


class Wanted(Struct, frozen=True):
    """What somebody looks for among the alerts that were sent; nothing given, nothing narrowed."""

    words: str = ""
    ward: str = ""
    topic: str = ""

    @property
    def is_anything(self) -> bool:
        """True where the list is narrowed."""
        return bool(self.words or self.ward or self.topic)


class PublicLine(Struct, frozen=True):
    """One alert in a public list."""

    id: int
    reference: str
    headline: str
    published_at: datetime
    is_urgent: bool
    is_withdrawn: bool


class PublicPage(Struct, frozen=True):
    """A page of the alerts that were sent; ``older`` is where the next one begins."""

    current: Sequence[PublicLine]
    past: Sequence[PublicLine]
    older: str | None


def find(session: Session, wanted: Wanted, *, now: datetime, after: str | None = None) -> PublicPage:
    """Return the alerts that apply and match, then a page of those that have ended."""
    narrowed = _narrowed(session, wanted)
    current = [] if after else queries.current(session, now=now, where=narrowed)
    past = queries.past(session, now=now, after=after, where=narrowed)
    lines = _lines(session, [*current, *past.items])
    return PublicPage(lines[: len(current)], lines[len(current) :], past.next)


def stamp(session: Session, *, now: datetime) -> tuple[object, ...]:
    """Return what changes whenever a public page about alerts does, in one statement and without reading an alert.

    That is: one is sent or written anew, one expires, one is cancelled, or a ward or topic gets another name.
    """
    return tuple(session.execute(_STAMP, {"now": now}).one())


def current_lines(session: Session, *, now: datetime) -> list[PublicLine]:
    """Return the alerts that apply, newest first, those that were withdrawn left out."""
    return [line for line in _lines(session, queries.current(session, now=now)) if not line.is_withdrawn]


def related(session: Session, alert: Alert) -> tuple[list[PublicLine], list[PublicLine]]:
    """Return the sent alert that one continues, and those that continue it."""
    sent = select(Alert).where(_SENT).order_by(Alert.published_at.desc(), Alert.id.desc())
    before = session.scalars(sent.where(Alert.id == alert.in_reply_to)).all() if alert.in_reply_to else []
    later = session.scalars(sent.where(Alert.in_reply_to == alert.id)).all()
    return _lines(session, before), _lines(session, later)


def find_first(session: Session, references: Sequence[str]) -> Alert | None:
    """Return the first of some numbers that is a sent alert's."""
    found = (queries.find_published(session, reference) for reference in references)
    return next((alert for alert in found if alert is not None), None)


def _lines(session: Session, alerts: Iterable[Alert]) -> list[PublicLine]:
    alerts = list(alerts)
    standings = queries.standings_of(session, alerts) if alerts else {}
    return [
        PublicLine(
            alert.id,
            alert.reference,
            alert.headline,
            alert.published_at or alert.created_at,
            alert.urgency == "urgent",
            standings[alert.id] is Status.CANCELLED,
        )
        for alert in alerts
    ]


def _narrowed(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions of what is looked for; each word must stand somewhere."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.topic:
        conditions.append(Alert.topic.in_((wanted.topic, EVERY_TOPIC)))
    if wanted.ward:
        name = ward_names(session).get(wanted.ward, wanted.ward)
        conditions.append(or_(_whole_area(), _in_ward(wanted.ward), _in_ward(name)))
    if wanted.words:
        conditions.append(_with_words(session, wanted.words))
    return conditions


def _with_words(session: Session, typed: str) -> ColumnElement[bool]:
    words, wards, known_topics = typed.split()[:_MOST_WORDS], ward_names(session), topics(session)
    holds = and_(*(_with_word(word, wards, known_topics) for word in words))
    reference = read_reference(typed)
    return or_(Alert.reference == reference, holds) if reference else holds


def _with_word(word: str, wards: dict[str, str], known_topics: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    folded = word.casefold()
    in_text = [func.lower(column).contains(word.lower(), autoescape=True) for column in _WORDS]
    stored = [key for code, name in wards.items() if folded in name.casefold() for key in (code, name)]
    named = [slug for slug, label in known_topics if folded in label.casefold()]
    return or_(*in_text, *(_in_ward(ward) for ward in stored), Alert.topic.in_(named))


def _in_ward(ward: str) -> ColumnElement[bool]:
    return cast(Alert.wards, Text).contains(json.dumps(ward), autoescape=True)


def _whole_area() -> ColumnElement[bool]:
    return cast(Alert.wards, Text) == "[]"
