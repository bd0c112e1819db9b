"""Reading alerts: for officers, for approvers, for reviewers, and for anybody who was sent one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tsalert.alerts import editions, steps
from tsalert.alerts.audience import choosing
from tsalert.alerts.models import Alert, AlertEdition, AlertReview, AlertWriter
from tsalert.alerts.rules import Kind, Urgency
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.scheduling.rules import ScheduleState
from tsalert.alerts.steps import Status, Step, next_status
from tsalert.by_id import get_by_id
from tsalert.core.errors import NotFound
from tsalert.core.periods import Period
from tsalert.delivery import queries as delivery
from tsalert.delivery.progress import Progress
from tsalert.delivery.queries import DeliveryRow
from tsalert.keysets import Order, Page, read_page
from tsalert.places.queries import ward_names
from tsalert.staff.queries import officer_names
from tsalert.subscribers import queries as subscribers

PAGE = 25
# A correction goes to those who got the alert; everybody else reads on the alert's own page that it was withdrawn.
_LISTED = (Alert.published_at.is_not(None), Alert.kind != Kind.CANCEL)
# Neither held nor withdrawn.
_OUT = frozenset({Status.SENDING, Status.COMPLETED, Status.FAILED})
_NEWEST = (Alert.published_at.desc(), Alert.id.desc())


class AlertLine(Struct, frozen=True):
    """One alert in a list."""

    id: int
    reference: str
    headline: str
    status: Status
    status_words: str
    is_urgent: bool
    author: str
    changed_at: datetime


def get_alert(session: Session, alert_id: int, *, lock: bool = False) -> Alert:
    """Return one alert, locked for a use case that decides on it.

    :raises NotFound: there is none.
    """
    return get_by_id(session, Alert, alert_id, "There is no such alert.", lock=lock)


def lock_for(session: Session, alert_id: int, step: Step) -> Alert:
    """Lock an alert that a step is possible for; the step itself is the caller's.

    :raises NotFound: there is none.
    :raises Conflict: the step is not possible now.
    """
    alert = get_alert(session, alert_id, lock=True)
    next_status(standing(session, alert), step)
    return alert


def headlines_of(session: Session, alert_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return reference and headline of some alerts."""
    query = select(Alert.id, Alert.reference, Alert.headline).where(Alert.id.in_(alert_ids))
    return {number: (reference, headline) for number, reference, headline in session.execute(query)}


def list_alerts(session: Session, *, after: int | None = None) -> Page[AlertLine]:
    """Return a page of alerts, newest first."""
    page = read_page(session, select(Alert), Order(Alert.id), after=after, size=PAGE)
    return page.all_told_by(lambda rows: lines(session, rows))


def waiting(session: Session) -> list[AlertLine]:
    """Return the alerts that wait for approval, the longest waiting first."""
    query = select(Alert).where(Alert.status == Status.PENDING_APPROVAL).order_by(Alert.submitted_at, Alert.id)
    return lines(session, session.scalars(query).all())


def lines(session: Session, alerts: Sequence[Alert]) -> list[AlertLine]:
    """Return alerts as lines of a list, in the same order."""
    names = officer_names(session)
    standings = standings_of(session, alerts)
    return [
        AlertLine(
            id=alert.id,
            reference=alert.reference,
            headline=alert.headline,
            status=standings[alert.id],
            status_words=steps.STATUS_WORDS[standings[alert.id]],
            is_urgent=alert.urgency == Urgency.URGENT,
            author=names[alert.author_id],
            changed_at=alert.changed_at,
        )
        for alert in alerts
    ]


def standing(session: Session, alert: Alert) -> Status:
    """Return where one alert stands."""
    return standings_of(session, [alert])[alert.id]


def is_out(session: Session, alert: Alert) -> bool:
    """Tell whether an alert is being sent or was; one that is held or was withdrawn is not out."""
    return standing(session, alert) in _OUT


def standings_of(
    session: Session, alerts: Iterable[Alert], found: Mapping[int, Progress] | None = None
) -> dict[int, Status]:
    """Return where each alert stands, by id.

    :param found: how far those have come that were sent, where that is known; it is read by default.
    """
    alerts = list(alerts)
    if found is None:
        found = editions.progress_of_all(session, [alert.id for alert in alerts if alert.published_at is not None])
    waits = [alert.id for alert in alerts if alert.published_at is None and alert.status == Status.APPROVED]
    states = schedules.states_of(session, waits)
    return {alert.id: _standing(alert, found.get(alert.id), states.get(alert.id)) for alert in alerts}


def progress(session: Session, alert: Alert) -> Progress | None:
    """Return how far an alert's messages of all editions have come; None before it is approved."""
    return editions.progress_of_all(session, [alert.id]).get(alert.id)


def standing_and_progress(session: Session, alert: Alert) -> tuple[Status, Progress | None]:
    """Return where one alert stands and how far its messages have come, read once."""
    found = editions.progress_of_all(session, [alert.id])
    return standings_of(session, [alert], found)[alert.id], found.get(alert.id)


def mailings_of(session: Session, alert_id: int) -> list[int]:
    """Return the numbers of the mailings that an alert went out as, those that sent it again last.

    :raises NotFound: there is no such alert, or it has not been sent.
    """
    mailings = editions.all_mailings_of(session, get_alert(session, alert_id).id)
    if not mailings:
        raise NotFound("This alert has not been sent.")
    return mailings


def reference_of_mailing(session: Session, mailing_id: int) -> str | None:
    """Return the reference of the alert that went out as a mailing; None for one that is no alert."""
    edition = select(AlertEdition.alert_id).where(AlertEdition.mailing_id == mailing_id).scalar_subquery()
    return session.scalar(select(Alert.reference).where(Alert.id == edition))


def in_doubt(session: Session, alert_id: int, *, after: int | None = None) -> Page[DeliveryRow]:
    """Return a page of an alert's messages of which nobody knows whether they were sent; addresses are masked.

    :raises NotFound: there is no such alert, or it has not been sent.
    """
    return delivery.doubts_of(session, mailings_of(session, alert_id), after=after)


def reach(session: Session, alert: Alert) -> dict[str, int]:
    """Return how many would get an alert if it were approved now, by channel."""
    if alert.in_reply_to is not None:
        people = editions.audience(alert).subquery("people")
        counted = select(people.c.channel, func.count()).group_by(people.c.channel)
        counts = {str(channel): count for channel, count in session.execute(counted)}
        return {channel: counts.get(channel, 0) for channel in alert.channels}
    return subscribers.audience_size(
        session,
        wards=alert.wards,
        topic=alert.topic,
        channels=alert.channels,
        urgent=alert.urgency == Urgency.URGENT,
        choice=choosing.choice_of(alert),
    )


def ward_choices(session: Session) -> list[tuple[str, str]]:
    """Return (ward as it is stored, name) of every ward that a subscriber lives in, by name."""
    names = ward_names(session)
    return sorted(((ward, names.get(ward, ward)) for ward in subscribers.wards(session)), key=lambda choice: choice[1])


def known_wards(session: Session) -> dict[str, str]:
    """Return what is stored for every ward's code and name, both in lower case."""
    directory = {key.casefold(): code for code, name in ward_names(session).items() for key in (name, code)}
    return directory | {ward.casefold(): ward for ward in subscribers.wards(session)}


def writers(session: Session, alert_id: int) -> set[int]:
    """Return the officers who wrote any of an alert."""
    return set(session.scalars(select(AlertWriter.officer_id).where(AlertWriter.alert_id == alert_id)))


def find_review(session: Session, alert_id: int) -> AlertReview | None:
    """Return the review of an alert that was sent alone, or None."""
    return session.scalar(select(AlertReview).where(AlertReview.alert_id == alert_id))


def current(session: Session, *, now: datetime, where: Sequence[ColumnElement[bool]] = ()) -> list[Alert]:
    """Return the alerts that were sent and have not expired, newest first, without corrections."""
    query = select(Alert).where(*_LISTED, Alert.expires_at > now, *where)
    return list(session.scalars(query.order_by(*_NEWEST)))


def published_since(session: Session, since: datetime) -> list[tuple[int, str, int]]:
    """Return (alert id, reference, mailing id) of the alerts that were sent since an instant and stand, oldest first.

    The mailing is of the ordinary edition, which is made last and alone has words for telephones.
    """
    columns = select(Alert.id, Alert.reference, func.max(AlertEdition.mailing_id))
    first = (AlertEdition.alert_id == Alert.id) & (AlertEdition.round == 0)
    sent = columns.join(AlertEdition, first).where(Alert.published_at >= since, Alert.withdrawn_because.is_(None))
    rows = session.execute(sent.group_by(Alert.id).order_by(Alert.published_at, Alert.id))
    return [(alert_id, reference, mailing_id) for alert_id, reference, mailing_id in rows]


def count_published(session: Session, period: Period) -> int:
    """Count the alerts that were sent in a period, without corrections."""
    when = (Alert.kind != Kind.CANCEL, Alert.published_at >= period.starts_at, Alert.published_at < period.ends_at)
    return session.scalar(select(func.count()).select_from(Alert).where(*when)) or 0


def past(
    session: Session,
    *,
    now: datetime,
    after: str | None = None,
    size: int = PAGE,
    where: Sequence[ColumnElement[bool]] = (),
) -> Page[Alert]:
    """Return a page of the alerts that were sent and have expired, newest first."""
    query = select(Alert).where(*_LISTED, Alert.expires_at <= now, *where)
    return read_page(session, query, Order(Alert.id, (Alert.published_at,)), after=after, size=size)


def published(session: Session, *, limit: int) -> list[Alert]:
    """Return the newest of the alerts that were sent."""
    query = select(Alert).where(*_LISTED)
    return list(session.scalars(query.order_by(*_NEWEST).limit(limit)))


def originals_of(session: Session, alerts: Iterable[Alert]) -> dict[int, Alert]:
    """Return the alerts that these update or end, by id."""
    ids = {one.in_reply_to for one in alerts if one.in_reply_to is not None}
    return {one.id: one for one in session.scalars(select(Alert).where(Alert.id.in_(ids)))} if ids else {}


def withdrawn_at(session: Session, alerts: Iterable[Alert]) -> dict[int, datetime]:
    """Return when those of some alerts were withdrawn that had begun to go out, by id."""
    found = editions.progress_of_all(session, [one.id for one in alerts])
    stopped = {key: each.completed_at for key, each in found.items() if each.state == Status.CANCELLED}
    return {key: at for key, at in stopped.items() if at is not None}


def find_published(session: Session, reference: str) -> Alert | None:
    """Return the sent alert with a reference; one that was never sent is nobody's business yet."""
    return session.scalar(select(Alert).where(Alert.reference == reference, Alert.published_at.is_not(None)))


def _standing(alert: Alert, found: Progress | None, schedule: ScheduleState | None) -> Status:
    stored = Status(alert.status)
    if found is None:
        return steps.standing(stored, None, total=0, accepted=0, schedule=schedule)
    return steps.standing(stored, found.state, total=found.total, accepted=found.sent)
