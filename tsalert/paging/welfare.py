"""Watching over officers on scene: asked when they are silent, and after missed answers others are rung.

The alarm rings those whom the policy names, one after the other, and then ends: every manager is written to, and a
warning stands above every page until somebody deals with it or the officer gives a sign.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tsalert.core.one_by_one import one_by_one
from tsalert.db import db, transaction
from tsalert.delivery.rules import Channel
from tsalert.paging import policies, rows, words
from tsalert.paging.codes import code_of
from tsalert.paging.models import PagingPolicy, WelfareWatch
from tsalert.paging.reaching import (
    Addressee,
    Errand,
    addressee,
    can_reply,
    link_to,
    managers_by_email,
    note,
    people_for,
    reach,
    rung_not_texted,
)
from tsalert.paging.vocabulary import Happening, Purpose
from tsalert.rota import queries as rota
from tsalert.rota.vocabulary import Duty


class OnScene(Struct, frozen=True):
    """Who is where; the reference is all that a check says of the place."""

    incident_id: int
    officer_id: int
    reference: str


def watch_over(session: Session, there: OnScene, *, now: datetime) -> None:
    """Begin to watch over an officer who has arrived; a step."""
    version = policies.policy_in_force(session, at=now)
    if version is None or give_sign(session, there.incident_id, there.officer_id, now=now):
        return
    session.add(
        WelfareWatch(
            incident_id=there.incident_id,
            officer_id=there.officer_id,
            policy_id=version.id,
            reference=there.reference,
            began_at=now,
            sign_at=now,
            checks=0,
            misses=0,
            next_due_at=now + version.policy.welfare_after,
            touched_at=now,
        )
    )
    session.flush()


def give_sign(session: Session, incident_id: int, officer_id: int, *, now: datetime) -> bool:
    """Note that an officer on scene gave a sign, which begins their time anew; False where nobody watches. A step."""
    watch = rows.lock_watch(session, incident_id, officer_id)
    if watch is None:
        return False
    policy = policies.get_policy(session, watch.policy_id)
    watch.sign_at, watch.asked_at, watch.misses, watch.alarm_taken_by = now, None, 0, None
    watch.unanswered_at = None
    watch.next_due_at, watch.touched_at = now + policy.welfare_after, now
    return True


def note_safe(session: Session, incident_id: int, officer_id: int, *, now: datetime) -> bool:
    """Note that an officer said they are safe; False where nobody watches over them. A step."""
    watch = rows.lock_watch(session, incident_id, officer_id)
    if watch is None:
        return False
    note(session, watch, Happening.SAFE, now=now, officer_id=officer_id)
    return give_sign(session, incident_id, officer_id, now=now)


def end_watch(session: Session, incident_id: int, officer_id: int, *, now: datetime) -> None:
    """Stop watching over an officer who has left; a step."""
    watch = rows.lock_watch(session, incident_id, officer_id)
    if watch is not None:
        watch.ended_at = now


def end_watches(session: Session, incident_id: int, *, now: datetime) -> None:
    """Stop watching over everybody at an incident that is closed; a step."""
    still = (WelfareWatch.incident_id == incident_id, WelfareWatch.ended_at.is_(None))
    for watch in session.scalars(select(WelfareWatch).where(*still).with_for_update()):
        watch.ended_at = now


def take_alarm_at(session: Session, incident_id: int, officer_id: int, *, now: datetime) -> bool:
    """Let somebody deal with every officer at an incident who does not answer; False where there is none. A step."""
    watches = session.scalars(select(WelfareWatch.id).where(*alarmed(incident_id)).order_by(WelfareWatch.id)).all()
    return sum(_take_alarm(session, watch_id, officer_id, now=now) for watch_id in watches) > 0


def alarmed(incident_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that somebody at an incident does not answer, and nobody deals with it."""
    is_silent = (
        WelfareWatch.misses
        >= select(PagingPolicy.welfare_misses)
        .where(PagingPolicy.id == WelfareWatch.policy_id)
        .correlate(WelfareWatch)
        .scalar_subquery()
    )
    return WelfareWatch.incident_id == incident_id, WelfareWatch.ended_at.is_(None), is_silent


def check_welfare(now: datetime) -> int:
    """Ask, or raise the alarm, about each officer whose time has come; returns how many there were.

    Each is a transaction of its own: one that fails leaves nobody else unwatched.
    """
    return one_by_one(rows.due_watches(db.session(), now=now), partial(_look_after, now=now))


def _take_alarm(session: Session, watch_id: int, officer_id: int, *, now: datetime) -> bool:
    watch = rows.lock_watch_by_id(session, watch_id)
    if watch is None or watch.asked_at is None:
        return False
    policy = policies.get_policy(session, watch.policy_id)
    watch.alarm_taken_by, watch.asked_at, watch.misses, watch.unanswered_at = officer_id, None, 0, None
    watch.next_due_at, watch.touched_at = now + policy.welfare_after, now
    note(session, watch, Happening.ALARM_TAKEN, now=now, officer_id=officer_id)
    return True


def _look_after(watch_id: int, *, now: datetime) -> bool:
    with transaction() as session:
        watch = rows.lock_watch_by_id(session, watch_id)
        if watch is not None:
            _check(session, watch, now=now)
        return watch is not None


def _check(session: Session, watch: WelfareWatch, *, now: datetime) -> None:
    policy = policies.get_policy(session, watch.policy_id)
    if now < watch.touched_at - rows.CLOCK_SKEW:
        watch.next_due_at -= watch.touched_at - now
        watch.touched_at = now
        note(session, watch, Happening.CLOCK_WENT_BACK, now=now)
    if now < watch.next_due_at:
        return
    if watch.asked_at is not None:
        watch.misses += 1
        note(session, watch, Happening.MISSED, now=now, officer_id=watch.officer_id)
    watch.checks += 1
    watch.asked_at, watch.touched_at = watch.asked_at or now, now
    watch.next_due_at = now + policy.welfare_answer
    if watch.misses < policy.welfare_misses:
        _ask(session, watch, now=now)
    elif (duty := policy.rung(watch.misses)) is not None:
        _alarm(session, watch, duty, now=now)
    else:
        _give_up(session, watch, now=now)


def _ask(session: Session, watch: WelfareWatch, *, now: datetime) -> None:
    mobile = rota.mobile_of(session, watch.officer_id)
    if mobile is None:
        return
    code = code_of(session, watch.incident_id, watch.officer_id, reference=watch.reference, now=now)
    content = words.welfare_check(watch.reference, code, can_reply=can_reply())
    channel = Channel.VOICE if watch.officer_id in rung_not_texted(session) else Channel.SMS
    to = Addressee(watch.officer_id, None, channel, mobile)
    reach(session, _errand(watch, Purpose.WELFARE), to, lambda _: content, now=now)


def _alarm(session: Session, watch: WelfareWatch, duty: Duty, *, now: datetime) -> None:
    """Ring whoever stands a duty; where nobody else does, every manager who can be rung, or writes to them all."""
    standing = [each for each in people_for(session, duty, at=now) if each.officer_id != watch.officer_id]
    reachable = [each for each in standing if each.mobile] or rota.reachable_managers(session)
    found = [addressee(session, each, Channel.VOICE) for each in reachable if each.officer_id != watch.officer_id]
    _tell(session, watch, [to for to in found if to is not None] or managers_by_email(session), now=now)


def _give_up(session: Session, watch: WelfareWatch, *, now: datetime) -> None:
    """End an alarm that nobody answered: the warning above every page goes on, the ringing does not."""
    watch.unanswered_at = now
    note(session, watch, Happening.ALARM_UNANSWERED, now=now)
    _tell(session, watch, managers_by_email(session), now=now)


def _tell(session: Session, watch: WelfareWatch, everybody: Sequence[Addressee], *, now: datetime) -> None:
    content = words.welfare_alarm(watch.reference, link=link_to(watch.incident_id))
    for to in everybody:
        reach(session, _errand(watch, Purpose.ALARM), to, lambda _: content, now=now)


def _errand(watch: WelfareWatch, purpose: Purpose) -> Errand:
    slot = f"watch {watch.id}, check {watch.checks}"
    return Errand(purpose, watch.incident_id, slot, watch_id=watch.id)
