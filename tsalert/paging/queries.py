"""Reading what paging did: for the timeline, the incident's page, the API and the warnings above every page."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tsalert.delivery import stopping
from tsalert.delivery.fates import Fate, fates
from tsalert.installation import signs
from tsalert.paging.fate_words import fate_in_words
from tsalert.paging.models import Outage, PageAttempt, PageEvent, PageRun, WelfareWatch
from tsalert.paging.reaching import people_for
from tsalert.paging.vocabulary import Happening, Purpose
from tsalert.paging.welfare import alarmed
from tsalert.rota import queries as rota
from tsalert.rota import silence
from tsalert.rota.vocabulary import DUTIES, Duty
from tsalert.web.filters import moment

# So much later than its time nothing is done while a worker runs; no worker is left to say that none does.
_LATE = timedelta(seconds=60)
# The timetable comes round every second.
_A_MOMENT = timedelta(seconds=5)
_PHONES = ("sms", "voice")
_CHANNELS = {"sms": "by text", "voice": "by call", "email": "by email"}


class Entry(Struct, frozen=True):
    """One line of an incident's timeline."""

    at: datetime
    what: str
    officer_id: int | None
    note: str


class Attempt(Struct, frozen=True):
    """One attempt to reach an officer and what became of it, in words."""

    id: int
    purpose: Purpose
    delivery_id: int
    officer_id: int
    duty: Duty | None
    channel: str
    made_at: datetime
    status: str
    said: str
    pressed: str | None


class Run(Struct, frozen=True):
    """One run of pages with its attempts; what names an officer is their number."""

    id: int
    incident_id: int
    policy_id: int
    started_at: datetime
    round: int
    next_due_at: datetime | None
    acknowledged_by: int | None
    acknowledged_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    attempts: Sequence[Attempt]
    is_overdue: bool

    @property
    def is_open(self) -> bool:
        """True while somebody is paged or has taken it and not set out."""
        return self.ended_at is None


class ToRing(Struct, frozen=True):
    """Somebody to ring by hand."""

    duty: Duty
    name: str
    mobile: str


class Trouble(Struct, frozen=True):
    """What stands above every page while pages fail; the incident is None where it is not about one.

    :param endpoint: a page on which every officer reads more of it.
    """

    text: str
    incident_id: int | None = None
    reference: str | None = None
    endpoint: str | None = None


class Standing(Struct, frozen=True):
    """How an incident's pages stand for one reader."""

    run: Run | None
    to_ring: Sequence[ToRing]
    is_watched_over: bool
    is_alarmed: bool


def standing(session: Session, incident_id: int, officer_id: int | None, *, now: datetime) -> Standing:
    """Return how an incident's pages stand for one reader."""
    runs = runs_of(session, incident_id, now=now)
    return Standing(
        runs[0] if runs else None,
        to_ring(session, incident_id, now=now),
        is_watched_over(session, incident_id, officer_id),
        is_alarmed(session, incident_id),
    )


def runs_of(session: Session, incident_id: int, *, now: datetime) -> list[Run]:
    """Return an incident's runs of pages as they are known now, newest first."""
    query = select(PageRun).where(PageRun.incident_id == incident_id).order_by(PageRun.id.desc())
    attempts = _attempts(session, incident_id, now=now)
    return [
        Run(
            run.id,
            run.incident_id,
            run.policy_id,
            run.started_at,
            run.round,
            run.next_due_at if run.ended_at is None else None,
            run.acknowledged_by,
            run.acknowledged_at,
            run.ended_at,
            run.end_reason,
            [seen for row, seen in attempts if row.run_id == run.id],
            is_overdue=run.ended_at is None and run.next_due_at < now - _A_MOMENT,
        )
        for run in session.scalars(query)
    ]


def holders(session: Session) -> dict[int, int]:
    """Return which officer has taken each incident for which pages are open, by the incident's id."""
    taken = (PageRun.ended_at.is_(None), PageRun.acknowledged_by.is_not(None))
    return dict(session.execute(select(PageRun.incident_id, PageRun.acknowledged_by).where(*taken)).all())  # type: ignore[arg-type]


def entries(session: Session, incident_id: int, *, now: datetime) -> list[Entry]:
    """Return every attempt and happening of an incident, for its timeline, as they are known now."""
    made = [
        Entry(seen.made_at, f"{seen.purpose.label} {_CHANNELS[seen.channel]}", seen.officer_id, seen.said)
        for _, seen in _attempts(session, incident_id, now=now)
    ]
    # That somebody took it stands there as a milestone of the incident.
    others = select(PageEvent).where(PageEvent.incident_id == incident_id, PageEvent.what != Happening.TAKEN)
    happened = [
        Entry(each.at, Happening.of(each.what).label, each.officer_id, each.note or "")
        for each in session.scalars(others.order_by(PageEvent.id))
    ]
    # What happened in the same moment as an attempt is why the attempt was made.
    return happened + made


def is_watched_over(session: Session, incident_id: int, officer_id: int | None) -> bool:
    """Tell whether an officer is on scene and expected to give a sign now and then."""
    mine = (WelfareWatch.incident_id == incident_id, WelfareWatch.officer_id == officer_id)
    return session.scalar(select(WelfareWatch.id).where(*mine, WelfareWatch.ended_at.is_(None))) is not None


def is_alarmed(session: Session, incident_id: int) -> bool:
    """Tell whether an officer at an incident does not answer, and nobody deals with it yet."""
    return session.scalar(select(WelfareWatch.id).where(*alarmed(incident_id)).limit(1)) is not None


def troubles(session: Session, *, now: datetime) -> list[Trouble]:
    """Return what everybody on the staff must know now: about pages, and that nothing else is sent."""
    outages = session.scalars(select(Outage).where(Outage.ended_at.is_(None)).order_by(Outage.id))
    of_providers = [Trouble(_outage_words(each)) for each in outages]
    silent = or_(WelfareWatch.unanswered_at.is_not(None), WelfareWatch.next_due_at < now - _LATE)
    watches = session.scalars(select(WelfareWatch).where(WelfareWatch.ended_at.is_(None), silent))
    of_welfare = [Trouble(_watch_words(each), each.incident_id, each.reference) for each in sorted(watches, key=_by_id)]
    of_runs = [Trouble(_run_words(run, now), run.incident_id, run.reference) for run in _runs_in_trouble(session, now)]
    return (
        _of_worker(session, now) + of_welfare + of_providers + of_runs + _of_silent(session, now) + _of_sending(session)
    )


def _of_sending(session: Session) -> list[Trouble]:
    stop = stopping.current_stop(session)
    if stop is None:
        return []
    since = f"All sending to residents has been stopped since {moment(stop.stopped_at)}"
    return [Trouble(f"{since}, by {stop.stopped_by}: {stop.stop_reason}", endpoint="sending.show_sending")]


def to_ring(session: Session, incident_id: int, *, now: datetime) -> list[ToRing]:
    """Return whom to ring by hand for an incident whose pages fail; nobody where they do not."""
    if not _must_ring(session, incident_id, now):
        return []
    standing = [each for duty in DUTIES for each in people_for(session, duty, at=now)]
    everybody = standing + rota.reachable_managers(session)
    found = {each.officer_id: each for each in reversed(everybody) if each.mobile}
    return [ToRing(each.duty, each.name, each.mobile or "") for each in reversed(found.values())]


def _must_ring(session: Session, incident_id: int, now: datetime) -> bool:
    """Tell whether pages for an incident fail; where no worker runs they will, before the first is late."""
    if incident_id in {run.incident_id for run in _runs_in_trouble(session, now)}:
        return True
    untaken = (PageRun.incident_id == incident_id, PageRun.ended_at.is_(None), PageRun.acknowledged_at.is_(None))
    is_gone = signs.silent_since(session, now=now) is not None
    return is_gone and session.scalar(select(PageRun.id).where(*untaken)) is not None


def _attempts(session: Session, incident_id: int, *, now: datetime) -> list[tuple[PageAttempt, Attempt]]:
    query = select(PageAttempt).where(PageAttempt.incident_id == incident_id)
    rows = session.scalars(query.order_by(PageAttempt.made_at, PageAttempt.id)).all()
    known = fates(session, [row.delivery_id for row in rows])
    return [(row, _seen(row, known[row.delivery_id], now=now)) for row in rows]


def _seen(row: PageAttempt, fate: Fate, *, now: datetime) -> Attempt:
    duty = Duty.of(row.duty) if row.duty else None
    is_answered, waited = row.answered_at is not None, now - (fate.sent_at or row.made_at)
    said = fate_in_words(row.channel, fate, is_answered=is_answered, pressed=row.pressed, waited=waited)
    purpose = Purpose.of(row.purpose)
    return Attempt(
        row.id,
        purpose,
        row.delivery_id,
        row.officer_id,
        duty,
        row.channel,
        row.made_at,
        fate.status.value,
        said,
        row.pressed,
    )


def _runs_in_trouble(session: Session, now: datetime) -> Sequence[PageRun]:
    late = now - _LATE
    runs = session.scalars(select(PageRun).where(PageRun.ended_at.is_(None))).all()
    untaken = {run.incident_id: run.id for run in runs if run.acknowledged_at is None}
    waits = and_(~PageAttempt.is_settled, PageAttempt.channel.in_(_PHONES), PageAttempt.made_at < late)
    unsent = or_(PageAttempt.trouble_at.is_not(None), waits)
    of_these = (PageAttempt.incident_id.in_(untaken), PageAttempt.run_id.in_(untaken.values()))
    stuck = set(session.scalars(select(PageAttempt.run_id).where(*of_these, unsent))) if untaken else set()

    def is_in_trouble(run: PageRun) -> bool:
        is_bad = run.unreachable_at is not None or run.unanswered_at is not None or run.id in stuck
        return (run.acknowledged_at is None and is_bad) or run.next_due_at < late

    return sorted(filter(is_in_trouble, runs), key=_by_id)


def _by_id(row: PageRun | WelfareWatch) -> int:
    """Tell where a row stands among those that go on: a database that sorts them itself reads all that ever were."""
    return row.id


def worker_words(since: datetime) -> str:
    """Say that no worker runs any more."""
    return f"The worker has not been heard of since {moment(since)}: nobody is paged and nothing is sent."


def _of_worker(session: Session, now: datetime) -> list[Trouble]:
    since = signs.silent_since(session, now=now)
    return [] if since is None else [Trouble(worker_words(since))]


def _of_silent(session: Session, now: datetime) -> list[Trouble]:
    """Say which officers on duty get no texts, because STOP came from their mobile."""
    silent = silence.silent_officers(session)
    standing = {each.officer_id for each in rota.on_duty(session, at=now)} if silent else set()
    words = "Texts do not reach {}, who is on duty and texted STOP. Pages ring them; they must text START."
    return [Trouble(words.format(each.name)) for each in silent if each.officer_id in standing]


def _outage_words(outage: Outage) -> str:
    what = "Text messages" if outage.channel == "sms" else "Calls"
    return f"{what} to officers do not go out: {outage.reason}"


def _watch_words(watch: WelfareWatch) -> str:
    if watch.unanswered_at is not None:
        return "An officer does not answer and nobody deals with it. Find out whether they are safe at"
    return "The worker does not run, so nobody watches over an officer. Find out whether they are safe at"


def _run_words(run: PageRun, now: datetime) -> str:
    if run.next_due_at < now - _LATE:
        return "The worker does not run, so nobody is paged. Ring by hand for"
    if run.unreachable_at is not None:
        return "Nobody on duty and no manager can be paged for"
    if run.unanswered_at is not None:
        return "Everybody was paged and nobody has taken"
    return "A page did not go out. Ring by hand for"
