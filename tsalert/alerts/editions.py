"""Reading the editions of alerts: who gets which, and how far all of them together have come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from tsalert.alerts.audience import choosing
from tsalert.alerts.models import Alert, AlertEdition
from tsalert.alerts.rules import Channel, Edition, Kind, Urgency
from tsalert.delivery import queries as delivery
from tsalert.delivery import recipients
from tsalert.delivery.progress import Progress, together
from tsalert.delivery.rules import Channel as DeliveryChannel
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers import reading
from tsalert.subscribers.preferences.moved import moved_with
from tsalert.subscribers.wanting import wanting_addresses

AT_ONCE = 5000
_CHOSEN_BY = {Edition.PARTNER: reading.read_by_partners, Edition.LARGE_PRINT: reading.read_in_large_print}


class Delivered(Struct, frozen=True):
    """Whom a message of an alert went to, and as which edition."""

    alert_id: int
    edition: Edition
    endpoint_id: int


def audience(alert: Alert, among: Select[int] | None = None) -> Select[int, str]:
    """Return the query of (endpoint id, channel) of everybody who is to get an alert in any edition.

    What continues an alert goes to exactly those who got it and have not left since; who still waits for it when it
    ends gets neither.

    :param among: a query of the endpoints that alone are meant.
    """
    if alert.in_reply_to is not None:
        return who_got(alert.in_reply_to, alert.channels, among, has_left=alert.kind == Kind.ALL_CLEAR)
    return subscribers.audience(channels=alert.channels, among=among, **_asked_for(alert))


def meant(alert: Alert, edition: Edition, served: Collection[int]) -> Select[int]:
    """Return the query of the endpoints that one edition of an alert is meant for, if they may be written to.

    The ordinary edition is for whoever got no other, so that nobody is left out or written to twice
    even while somebody changes what they asked for.

    :param served: the mailings of the alert's editions that come before this one in ``Edition``.
    """
    among = None if edition is Edition.ORDINARY else _CHOSEN_BY[edition]()
    if alert.in_reply_to is not None:
        wanted = audience(alert, among).subquery("wanted")
    else:
        wanted = wanting_addresses(among=among, **_asked_for(alert)).subquery("wanted")
    query = select(wanted.c[0])
    return query.where(~recipients.was_sent(served, wanted.c[0])) if served else query


def channels_of_edition(alert: Alert, edition: Edition) -> set[str]:
    """Return the channels by which one edition of an alert goes: only mail has other editions."""
    return {*alert.channels} if edition is Edition.ORDINARY else {*alert.channels} & {Channel.EMAIL}


def who_got(
    original: int, channels: Collection[str], among: Select[int] | None = None, *, has_left: bool = False
) -> Select[int, str]:
    """Return the query of (endpoint id, channel) of those who got an alert at once, or may have, and can be reached.

    Whoever has moved to another address since is reached there.

    :param among: a query of the endpoints that alone are meant.
    :param has_left: leave out those to whom it has not left yet.
    """
    mailings = mailing_ids_of(original)
    reachable = delivery.reachable_endpoints().subquery("reachable")
    query = select(reachable.c.id, reachable.c.channel).where(reachable.c.channel.in_([*channels]))
    if among is not None:
        query = query.where(reachable.c.id.in_(among))
    here = delivery.was_taken(mailings, reachable.c.id, has_left=has_left)
    moved = query.where(~here, reachable.c.id.in_(moved_with(mailings)))
    got = union_all(query.where(here), moved).subquery("got")
    return select(got.c.id, got.c.channel)


def readers_among(session: Session, people: Mapping[int, str], edition: Edition) -> list[int]:
    """Return the endpoints among some, given with their channels, that get one edition of an alert."""
    if edition is Edition.ORDINARY:
        return [*people]
    chosen = _CHOSEN_BY[edition]().subquery("chosen")
    mails = [number for number, channel in people.items() if channel == Channel.EMAIL]
    batches = (mails[start : start + AT_ONCE] for start in range(0, len(mails), AT_ONCE))
    found = (session.scalars(select(chosen.c.endpoint_id).where(chosen.c.endpoint_id.in_(ids))) for ids in batches)
    return [*{number for each in found for number in each}]


def is_anybody(session: Session, people: Select[int, str]) -> bool:
    """Tell whether a query of people finds any."""
    return session.execute(people.limit(1)).first() is not None


def edition_sizes(session: Session, alert: Alert, reach: int) -> dict[Edition, int]:
    """Return how many would get each edition of an alert if it were approved now, given how many in all."""
    partners, large_print = (_mails(alert, edition) for edition in (Edition.PARTNER, Edition.LARGE_PRINT))
    read_by_partners = large_print.where(large_print.selected_columns.id.in_(reading.read_by_partners()))
    by_partners = _count(session, partners)
    in_large_print = _count(session, large_print) - _count(session, read_by_partners)
    return {
        Edition.PARTNER: by_partners,
        Edition.LARGE_PRINT: in_large_print,
        Edition.ORDINARY: reach - by_partners - in_large_print,
    }


def mailings_of(session: Session, alert_id: int) -> dict[Edition, int]:
    """Return the mailing of each edition that an alert first went out in, in the order in which they were made."""
    first = (AlertEdition.alert_id == alert_id, AlertEdition.round == 0)
    query = select(AlertEdition.edition, AlertEdition.mailing_id).where(*first).order_by(AlertEdition.mailing_id)
    return {Edition(edition): number for edition, number in session.execute(query)}


def all_mailings_of(session: Session, alert_id: int) -> list[int]:
    """Return every mailing of an alert in the order in which they were made, those that sent it again too."""
    return list(session.scalars(mailing_ids_of(alert_id).order_by(AlertEdition.mailing_id)))


def mailing_ids_of(alert_id: int) -> Select[int]:
    """Return the query of every mailing of an alert, those that sent it again too."""
    return select(AlertEdition.mailing_id).where(AlertEdition.alert_id == alert_id)


def channels_of(session: Session, alert: Alert) -> tuple[Channel, ...]:
    """Return the channels that an alert goes out by, and those by which it was sent again to some."""
    later = select(AlertEdition.mailing_id).where(AlertEdition.alert_id == alert.id, AlertEdition.round > 0)
    found = delivery.progress_of_all(session, session.scalars(later).all())
    used = {*alert.channels, *(channel for each in found.values() for channel in each.by_channel)}
    return tuple(channel for channel in Channel if channel in used)


def progress_of_all(session: Session, alert_ids: Iterable[int]) -> dict[int, Progress]:
    """Return how far each of some alerts has come, all its editions together; none for what was not sent."""
    wanted = [*alert_ids]
    if not wanted:
        return {}
    query = select(AlertEdition.alert_id, AlertEdition.mailing_id).where(AlertEdition.alert_id.in_(wanted))
    rows = session.execute(query).all()
    found = delivery.progress_of_all(session, [mailing_id for _, mailing_id in rows])
    of_alert: defaultdict[int, list[Progress]] = defaultdict(list)
    for alert_id, mailing_id in rows:
        of_alert[alert_id].append(found[mailing_id])
    return {alert_id: together(editions) for alert_id, editions in of_alert.items()}


def sent_sizes(session: Session, alert_id: int) -> dict[Edition, int]:
    """Return how many were to get each edition of an alert that was sent."""
    mailings = mailings_of(session, alert_id)
    found = delivery.progress_of_all(session, [*mailings.values()])
    return {edition: found[mailing_id].total for edition, mailing_id in mailings.items()}


def find_delivered(session: Session, delivery_id: int) -> Delivered | None:
    """Return which alert a message belongs to, or None where it belongs to none."""
    recipient = recipients.find_recipient(session, delivery_id)
    if recipient is None:
        return None
    mailing_id, endpoint_id = recipient
    query = select(AlertEdition.alert_id, AlertEdition.edition).where(AlertEdition.mailing_id == mailing_id)
    row = session.execute(query).one_or_none()
    return None if row is None else Delivered(row[0], Edition(row[1]), endpoint_id)


def _asked_for(alert: Alert) -> dict[str, Any]:
    """Return what somebody must have asked for to get an alert, for the query of those who did."""
    is_urgent = alert.urgency == Urgency.URGENT
    return {"wards": alert.wards, "topic": alert.topic, "urgent": is_urgent, "choice": choosing.choice_of(alert)}


def _mails(alert: Alert, edition: Edition) -> Select[int, str]:
    """Return the query of (endpoint id, channel) of those who would get another edition than the ordinary one."""
    wanted = audience(alert, _CHOSEN_BY[edition]()).subquery("wanted")
    # An expression, lest SQLite pass every address of mail instead of looking up the few that an edition is for.
    return select(wanted.c.id, wanted.c.channel).where(func.coalesce(wanted.c.channel, "") == Channel.EMAIL)


def _count(session: Session, people: Select[int, str]) -> int:
    return session.scalar(select(func.count()).select_from(people.subquery("people"))) or 0


def latest_texted(session: Session, mobile: str, *, since: datetime) -> str | None:
    """Return the reference of the latest alert that went to a mobile by text since an instant, if one did."""
    endpoint = delivery.find_endpoint(session, DeliveryChannel.SMS, mobile)
    if endpoint is None:
        return None
    mailings = select(AlertEdition.mailing_id).where(AlertEdition.alert_id == Alert.id).correlate(Alert)
    came = delivery.was_taken(mailings, literal(endpoint.id))
    query = select(Alert.reference).where(Alert.published_at > since, came)
    return session.scalar(query.order_by(Alert.published_at.desc(), Alert.id.desc()).limit(1))
