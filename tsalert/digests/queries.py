"""What a digest may tell of, what the next ones hold, and those that went out."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from tsalert.alerts import editions, following
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Kind
from tsalert.alerts.steps import Status
from tsalert.core.clock import as_utc
from tsalert.delivery import queries as delivery
from tsalert.delivery.progress import Progress, together
from tsalert.delivery.recipients import find_recipient
from tsalert.delivery.rules import MailingState
from tsalert.delivery.rules import Status as Delivered
from tsalert.digests import readers
from tsalert.digests.models import DigestItem, DigestMailing, DigestRun
from tsalert.digests.rules import DIGESTS, MOST_ITEMS, Period, Tells, next_period
from tsalert.digests.wording import Line
from tsalert.keysets import Order, Page, read_page
from tsalert.subscribers.rules import Frequency

_PAGE = 25
_HELD_BACK = {Status.PAUSED, Status.CANCELLED}


class Sent(Struct, frozen=True):
    """One digest that was made; ``progress`` is None where nobody had anything to hear of."""

    id: int
    frequency: Frequency
    day: date
    made_at: datetime
    references: tuple[str, ...]
    progress: Progress | None


class Coming(Struct, frozen=True):
    """A digest that is still to come."""

    frequency: Frequency
    leaves_at: datetime
    references: tuple[str, ...]
    readers: int


class Carried(Struct, frozen=True):
    """How many the mails of one frequency told of an alert and of its withdrawal, and how many the next would."""

    frequency: Frequency
    told: int
    told_withdrawn: int
    leaves_at: datetime
    waiting: int


class Heard(Struct, frozen=True):
    """Whom a message of a digest went to, and which alerts were new in it."""

    endpoint_id: int
    alert_ids: frozenset[int]


def find_heard(session: Session, delivery_id: int) -> Heard | None:
    """Return what a message told whom as new, or None where it is no digest's."""
    recipient = find_recipient(session, delivery_id)
    if recipient is None:
        return None
    mailing_id, endpoint_id = recipient
    query = select(DigestItem.alert_id).where(DigestItem.mailing_id == mailing_id, DigestItem.tells == Tells.NEW)
    told = frozenset(session.scalars(query))
    return Heard(endpoint_id, told) if told else None


def was_made(session: Session, period: Period) -> bool:
    """Tell whether a morning's digest has been made."""
    mine = (DigestRun.frequency == period.frequency, DigestRun.day == period.day)
    return session.scalar(select(DigestRun.id).where(*mine)) is not None


def told_wrongly(session: Session, period: Period) -> list[int]:
    """Return the mailings of a morning that still wait to leave and tell as new what was held, withdrawn or is over.

    So do those that tell of the end of what was withdrawn.
    """
    mine = select(DigestMailing.mailing_id).join(DigestRun, DigestRun.id == DigestMailing.run_id)
    mine = mine.where(DigestRun.frequency == period.frequency, DigestRun.day == period.day)
    found = delivery.progress_of_all(session, session.scalars(mine).all())
    off = MailingState.CANCELLED
    waiting = [mailing_id for mailing_id, progress in found.items() if progress.pending and progress.state != off]
    if not waiting:
        return []
    told = select(DigestItem.mailing_id, DigestItem.alert_id).where(DigestItem.tells == Tells.NEW)
    rows = session.execute(told.where(DigestItem.mailing_id.in_(waiting))).all()
    alert_ids = {alert_id for _, alert_id in rows}
    states = editions.progress_of_all(session, alert_ids)
    wrong = {alert_id for alert_id, progress in states.items() if progress.state in _HELD_BACK}
    wrong |= _over(session, alert_ids) | _ending_withdrawn(session, alert_ids)
    return sorted({mailing_id for mailing_id, alert_id in rows if alert_id in wrong})


def _over(session: Session, alert_ids: Collection[int]) -> set[int]:
    """Return those of some alerts and updates that an all-clear has ended."""
    warns = (Alert.id.in_(alert_ids), Alert.kind != Kind.ALL_CLEAR)
    all_clear = aliased(Alert)
    ended_by = (
        all_clear.in_reply_to == func.coalesce(Alert.in_reply_to, Alert.id),
        all_clear.kind == Kind.ALL_CLEAR,
        all_clear.published_at.is_not(None),
        all_clear.withdrawn_because.is_(None),
    )
    return set(session.scalars(select(Alert.id).where(*warns, exists().where(*ended_by))))


def _ending_withdrawn(session: Session, alert_ids: Collection[int]) -> set[int]:
    """Return those of some all-clears that end an alert which was withdrawn."""
    original = aliased(Alert)
    ends = (Alert.id.in_(alert_ids), Alert.kind == Kind.ALL_CLEAR, original.withdrawn_because.is_not(None))
    return set(session.scalars(select(Alert.id).join(original, original.id == Alert.in_reply_to).where(*ends)))


def lines(session: Session, period: Period, *, now: datetime) -> list[Line]:
    """Return what a digest may tell of: the newest alerts first, then those to take back."""
    # Once it is sent, an alert changes only by being held, let go on, or withdrawn.
    lately = (Alert.changed_at >= period.starts_at, Alert.published_at < period.ends_at)
    found = session.scalars(select(Alert).where(*lately).order_by(Alert.published_at.desc(), Alert.id.desc())).all()
    progress = editions.progress_of_all(session, [one.id for one in found])
    states = {key: each.state for key, each in progress.items()}
    # A correction is no news here: what such mails told of is taken back below.
    sent = [one for one in found if one.kind != Kind.CANCEL and states.get(one.id) not in _HELD_BACK]
    stands = [one for one in sent if one.expires_at > as_utc(now) and following.find_withdrawn(one) is None]
    new = [Line(one, Tells.NEW) for one in stands]
    told = _told(session, [one.id for one in found])
    # What had ended is taken back all the same: what was told was wrong.
    taken_back = [
        Line(one, Tells.WITHDRAWN) for one in found if states.get(one.id) == Status.CANCELLED and one.id in told
    ]
    # What was told wrongly comes before what is new, where a mail cannot hold all.
    return [*new[: max(0, MOST_ITEMS - len(taken_back))], *taken_back[:MOST_ITEMS]]


def list_sent(session: Session, *, after: int | None = None) -> Page[Sent]:
    """Return a page of the digests that were made, newest first."""
    page = read_page(session, select(DigestRun), Order(DigestRun.id), after=after, size=_PAGE)
    return Page(_sent(session, page.items), page.next)


def _sent(session: Session, runs: Sequence[DigestRun]) -> list[Sent]:
    ids = [run.id for run in runs]
    mailings, references = _mailings(session, ids), _references(session, ids)
    found = delivery.progress_of_all(session, [number for each in mailings.values() for number in each])
    # Whose mail was called off got another one of the same morning.
    went = {number: each.without(Delivered.CANCELLED) for number, each in found.items()}
    return [
        Sent(
            id=run.id,
            frequency=Frequency(run.frequency),
            day=run.day,
            made_at=run.made_at,
            references=tuple(references[run.id]),
            progress=together([went[number] for number in mailings[run.id]]) if mailings[run.id] else None,
        )
        for run in runs
    ]


def coming(session: Session, *, now: datetime) -> list[Coming]:
    """Return the next digest of each frequency as it would be made of what is known now."""
    found = []
    for frequency in DIGESTS:
        period = next_period(frequency, now)
        items = lines(session, period, now=period.ends_at)
        number, told = readers.outlook(session, items, frequency, now=now) if items else (0, [])
        references = tuple(one.alert.reference for one in told)
        found.append(Coming(frequency, period.ends_at, references, number))
    return found


def of_alert(session: Session, alert: Alert, *, now: datetime) -> list[Carried]:
    """Return for each frequency what its mails told of one alert, and what the next would tell as things stand."""
    query = select(DigestRun.frequency, DigestItem.tells, DigestItem.mailing_id)
    query = query.join(DigestMailing, DigestMailing.mailing_id == DigestItem.mailing_id)
    query = query.join(DigestRun, DigestRun.id == DigestMailing.run_id).where(DigestItem.alert_id == alert.id)
    rows = session.execute(query).all()
    sizes = delivery.progress_of_all(session, [mailing_id for _, _, mailing_id in rows])
    told: Counter[tuple[str, str]] = Counter()
    for frequency, tells, mailing_id in rows:
        told[frequency, tells] += sizes[mailing_id].taken
    return [
        Carried(
            often, told[often, Tells.NEW], told[often, Tells.WITHDRAWN], *_still_to_tell(session, alert, often, now)
        )
        for often in DIGESTS
    ]


def _still_to_tell(session: Session, alert: Alert, frequency: Frequency, now: datetime) -> tuple[datetime, int]:
    """Return when the next mail leaves, and how many it tells of an alert or of its withdrawal."""
    period = next_period(frequency, now)
    mine = [line for line in lines(session, period, now=period.ends_at) if line.alert.id == alert.id]
    return period.ends_at, readers.count(session, mine, frequency, now=now) if mine else 0


def _mailings(session: Session, run_ids: Collection[int]) -> defaultdict[int, list[int]]:
    query = select(DigestMailing.run_id, DigestMailing.mailing_id).where(DigestMailing.run_id.in_(run_ids))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for run_id, mailing_id in session.execute(query):
        found[run_id].append(mailing_id)
    return found


def _references(session: Session, run_ids: Collection[int]) -> defaultdict[int, list[str]]:
    query = select(DigestMailing.run_id, Alert.reference).distinct().where(DigestMailing.run_id.in_(run_ids))
    query = query.join(DigestItem, DigestItem.mailing_id == DigestMailing.mailing_id)
    query = query.join(Alert, Alert.id == DigestItem.alert_id).order_by(Alert.reference)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for run_id, reference in session.execute(query):
        found[run_id].append(reference)
    return found


def _told(session: Session, alert_ids: Collection[int]) -> set[int]:
    """Return those of some alerts of which any digest told as new."""
    new = (DigestItem.alert_id.in_(alert_ids), DigestItem.tells == Tells.NEW)
    return set(session.scalars(select(DigestItem.alert_id).where(*new).distinct()))
