"""Pages that no provider takes: noticed, told by mail, and shown on every page until they go out again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.delivery.fates import Fate, fates
from tsalert.delivery.ports import Gateway, Message, Unavailable
from tsalert.delivery.rules import Channel
from tsalert.paging import policies, words
from tsalert.paging.models import Outage, PageAttempt, PageRun, of_run
from tsalert.paging.reaching import Addressee, Errand, email_of, link_to, managers_by_email, note, people_for, reach
from tsalert.paging.rules import Verdict, judge
from tsalert.paging.vocabulary import Happening, Purpose
from tsalert.rota import silence
from tsalert.rota.vocabulary import DUTIES

_PHONES = (Channel.SMS, Channel.VOICE)
_AT_ONCE = 200
# Where no policy says otherwise, as for welfare checks of a run that has none.
_DOWN_AFTER = timedelta(seconds=30)
_ASKED_ABOUT = timedelta(minutes=1)


def watch_pages(now: datetime) -> int:
    """Look at each attempt whose fate is open, and tell of those that do not go out; returns how many there were."""
    if not _open_attempts(db.session()):
        return 0
    with transaction() as session:
        attempts = _open_attempts(session)
        runs = _lock_runs(session, attempts)
        known = fates(session, [each.delivery_id for each in attempts])
        for each in attempts:
            _look_at(session, each, known[each.delivery_id], runs.get(each.run_id or 0), now=now)
    return len(attempts)


def ask_providers(now: datetime) -> None:
    """Ask each provider that counts as down, and owes us no page, whether it answers again."""
    down = [Channel(each.channel) for each in open_outages(db.session()) if each.began_at < now - _ASKED_ABOUT]
    owed = {each.channel for each in _open_attempts(db.session())}
    db.session.rollback()  # nothing is held open while somebody else is waited for
    gateways: tuple[Gateway, ...] = current_app.extensions["tsalert_gateways"]
    for channel in down:
        answering = [each for each in gateways if each.channel is channel]
        if channel not in owed and answering and _answers(answering[0], channel, now):
            with transaction() as session:
                _end_outage(session, channel, now=now)


def open_outages(session: Session) -> Sequence[Outage]:
    """Return the outages that have not ended."""
    return session.scalars(select(Outage).where(Outage.ended_at.is_(None)).order_by(Outage.id)).all()


def _open_attempts(session: Session) -> Sequence[PageAttempt]:
    query = select(PageAttempt).where(~PageAttempt.is_settled, PageAttempt.channel.in_(_PHONES))
    return session.scalars(query.order_by(PageAttempt.id).limit(_AT_ONCE)).all()


def _lock_runs(session: Session, attempts: Sequence[PageAttempt]) -> dict[int, PageRun]:
    wanted = {each.run_id for each in attempts if each.run_id is not None}
    query = select(PageRun).where(PageRun.id.in_(wanted)).order_by(PageRun.id).with_for_update()
    return {run.id: run for run in session.scalars(query.execution_options(populate_existing=True))}


def _look_at(session: Session, attempt: PageAttempt, fate: Fate, run: PageRun | None, *, now: datetime) -> None:
    patience = policies.get_policy(session, run.policy_id).down_after if run else _DOWN_AFTER
    verdict = judge(fate.status, waited=now - attempt.made_at, patience=patience)
    attempt.is_settled = verdict.is_final
    if verdict.went_out:
        attempt.trouble_at = None
        _end_outage(session, Channel(attempt.channel), now=now)
    elif verdict.in_trouble and attempt.trouble_at is None:
        attempt.trouble_at = now
        if verdict is not Verdict.REFUSED:
            _begin_outage(session, attempt, fate, now=now)
        elif attempt.channel == Channel.SMS:
            silence.learn_of_refusal(session, attempt.officer_id, now=now)
        if run is not None and run.ended_at is None and run.told_at is None:
            _tell(session, run, now=now)


def _begin_outage(session: Session, attempt: PageAttempt, fate: Fate, *, now: datetime) -> None:
    reason = fate.error or "no answer"
    values = {"channel": attempt.channel, "began_at": attempt.made_at, "reason": reason}
    adding = insert_ignoring_conflicts(session, Outage).values(values).returning(Outage.id)
    outage_id = session.scalar(adding)
    if outage_id is not None:
        audit.record(session, SERVICE, "began", "provider outage", outage_id, now=now, channel=attempt.channel)


def _end_outage(session: Session, channel: Channel, *, now: datetime) -> None:
    for outage in session.scalars(select(Outage).where(Outage.channel == channel, Outage.ended_at.is_(None))):
        outage.ended_at = now
        audit.record(session, SERVICE, "ended", "provider outage", outage.id, now=now, channel=channel.value)


def _tell(session: Session, run: PageRun, *, now: datetime) -> None:
    """Write to whoever was paged, to the backup and the manager, once a run."""
    run.told_at = now
    note(session, run, Happening.PROVIDER_DOWN, now=now)
    errand = Errand(Purpose.TOLD, run.incident_id, f"run {run.id}, told", run_id=run.id)
    content = words.cannot_page(run.reference, link=link_to(run.incident_id))
    for to in _to_tell(session, run, now):
        reach(session, errand, to, lambda _: content, now=now)


def _to_tell(session: Session, run: PageRun, now: datetime) -> list[Addressee]:
    paged = select(PageAttempt.officer_id).where(*of_run(PageAttempt, run), PageAttempt.purpose == Purpose.PAGE)
    standing = {each.officer_id for duty in DUTIES for each in people_for(session, duty, at=now)}
    wanted = sorted(standing | set(session.scalars(paged)))
    found = [Addressee(each, None, Channel.EMAIL, email_of(session, each)) for each in wanted]
    return found or managers_by_email(session)


def _answers(gateway: Gateway, channel: Channel, now: datetime) -> bool:
    """Ask a provider for something harmless; only its answering counts."""
    question = Message(0, 0, channel, "+447700900000", b"")
    try:
        gateway.look_up(question, since=now - _ASKED_ABOUT)
    except Unavailable:
        return False
    return True
