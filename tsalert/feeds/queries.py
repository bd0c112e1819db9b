"""Published alerts as feeds hold them, newest first."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.alerts import queries as alerts
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Kind, Urgency
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.feeds.rules import Earlier, Item, Narrowing, State, fits
from tsalert.places.queries import ward_names
from tsalert.subscribers import queries as subscribers

# So many of the newest are looked through for those that are wanted.
_LOOKED_AT = 500


def newest(session: Session, wanted: Narrowing, *, most: int, now: datetime) -> list[Item]:
    """Return the newest published alerts that are wanted.

    :raises RuleViolation: there is no such topic or ward.
    """
    _require_known(session, wanted)
    published = alerts.published(session, limit=_LOOKED_AT)
    return _items(session, [one for one in published if fits(one.topic, one.wards, wanted)][:most], now)


def get_item(session: Session, reference: str, *, now: datetime) -> Item:
    """Return one published alert.

    :raises NotFound: none was published under this reference.
    """
    found = alerts.find_published(session, reference)
    if found is None:
        raise NotFound("We have sent no alert with this number.")
    return _items(session, [found], now)[0]


def mark_of(items: Sequence[Item], *besides: object) -> str:
    """Return what changes whenever a feed does.

    :param besides: what it shows or is narrowed to besides its items.
    """
    # The words of an alert never change once it is sent; the names of its wards and topic do.
    told = [replace(one, body="", advice="") for one in items]
    return sha256(repr((told, besides)).encode()).hexdigest()


def _require_known(session: Session, wanted: Narrowing) -> None:
    if wanted.topic is not None and wanted.topic not in dict(subscribers.topics(session)):
        raise RuleViolation("There is no such topic.", field="topic")
    if wanted.ward is not None and wanted.ward.casefold() not in alerts.known_wards(session):
        raise RuleViolation("There is no such ward.", field="ward")


def _items(session: Session, found: Sequence[Alert], now: datetime) -> list[Item]:
    withdrawn, earlier = alerts.withdrawn_at(session, found), alerts.originals_of(session, found)
    titles, names = dict(subscribers.topics(session)), ward_names(session)
    states = {one.id: _state(one, is_withdrawn=one.id in withdrawn, now=now) for one in found}
    return [
        Item(
            reference=one.reference,
            kind=Kind(one.kind),
            replies_to=_earlier(earlier.get(one.in_reply_to or 0)),
            urgency=Urgency(one.urgency),
            topic=one.topic,
            topic_title=titles.get(one.topic, one.topic),
            wards=tuple((ward, names.get(ward, ward)) for ward in one.wards),
            headline=one.headline,
            body=one.body_markdown,
            advice=one.advice,
            published_at=_published_at(one),
            changed_at=withdrawn.get(one.id) or _changed_at(one, states[one.id]),
            expires_at=one.expires_at,
            state=states[one.id],
            withdrawn_because=one.withdrawn_because or "",
        )
        for one in found
    ]


def _state(alert: Alert, *, is_withdrawn: bool, now: datetime) -> State:
    if is_withdrawn:
        return State.WITHDRAWN
    return State.ENDED if alert.expires_at <= now else State.CURRENT


def _changed_at(alert: Alert, state: State) -> datetime:
    """Return when what is told of an alert changed last; one that applies again has changed after it had ended."""
    return alert.expires_at if state is State.ENDED else max(_published_at(alert), alert.changed_at)


def _earlier(alert: Alert | None) -> Earlier | None:
    return Earlier(alert.reference, _published_at(alert), Kind(alert.kind)) if alert and alert.published_at else None


def _published_at(alert: Alert) -> datetime:
    assert alert.published_at is not None  # only published ones are read here
    return alert.published_at
