"""What the pages about alerts are drawn with."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from tsalert.alerts import following, guarding, marking, proof, queries
from tsalert.alerts.audience import settling
from tsalert.alerts.beginning import begin_follow_up
from tsalert.alerts.models import Alert
from tsalert.alerts.night.rules import count_waiting, find_night
from tsalert.alerts.page_words import (
    ADDRESS_WORDS,
    DELIVERY_WORDS,
    EDITION_WORDS,
    MAY_STAY_WORDS,
    ONE_ADDRESS,
    URGENCY_WORDS,
    VERDICT_WORDS,
)
from tsalert.alerts.previews.reading import read
from tsalert.alerts.printed import copies as printed
from tsalert.alerts.rules import Channel, Edition, Kind, Urgency
from tsalert.alerts.segments import plain_marks
from tsalert.alerts.speaking import LONGEST_CALL
from tsalert.alerts.steps import STATUS_WORDS, Status, Step, legal_steps, next_status
from tsalert.alerts.trials.queries import trials_of, ways
from tsalert.alerts.withdrawing import service as withdrawing
from tsalert.alerts.wording import safe_html
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import in_london
from tsalert.core.keys import read_id
from tsalert.db import db
from tsalert.delivery import stopping
from tsalert.delivery.progress import Progress
from tsalert.places.adjoining import lie_somewhere
from tsalert.staff.queries import officer_names
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers.kinds import kind_names
from tsalert.subscribers.wording import CHANNELS

_MOVING = {Status.SENDING, Status.PAUSED}
# Whose leave each step needs; steps that the service takes by itself are not offered.
_PERMISSIONS = {
    Step.EDIT: Permission.DRAFT_ALERT,
    Step.SUBMIT: Permission.DRAFT_ALERT,
    Step.RETURN: Permission.APPROVE_ALERT,
    Step.REJECT: Permission.APPROVE_ALERT,
    Step.APPROVE: Permission.APPROVE_ALERT,
    Step.SEND_ALONE: Permission.OVERRIDE_APPROVAL,
    Step.SCHEDULE: Permission.APPROVE_ALERT,
    Step.START: Permission.APPROVE_ALERT,
    Step.CALL_OFF: Permission.APPROVE_ALERT,
    Step.PAUSE: Permission.APPROVE_ALERT,
    Step.RESUME: Permission.APPROVE_ALERT,
    Step.WITHDRAW: Permission.APPROVE_ALERT,
}
_WAYS_OUT = (Step.SUBMIT, Step.APPROVE, Step.SEND_ALONE, Step.SCHEDULE, Step.START)


def page_number(name: str) -> int | None:
    """Return a record's number from the address bar, or None where there is none that could be one."""
    return read_id(request.args.get(name, ""))


def asked_edition() -> Edition:
    """Return the edition that the address bar names, or the ordinary one."""
    named = request.args.get("edition", "")
    return Edition(named) if named in {*Edition} else Edition.ORDINARY


def new_form() -> dict[str, Any]:
    """Return what the form for a new alert is drawn with."""
    filled: dict[str, Any] = {"channels": [*Channel], "urgency": Urgency.ROUTINE, "wards": []}
    return {"alert": None, "filled": filled} | _choices(db.session())


def follow_up_form(alert_id: int) -> dict[str, Any]:
    """Return what the form for an update or an all-clear is drawn with.

    :raises Conflict: nobody got the alert, or it is over.
    """
    alert = queries.get_alert(db.session(), alert_id)
    original = alert.original or alert
    kind = Kind.ALL_CLEAR if request.values.get("kind") == Kind.ALL_CLEAR else Kind.UPDATE
    following.require_open(db.session(), original, kind)
    ends = {"expires_at": f"{in_london(original.expires_at):%Y-%m-%dT%H:%M}"}
    filled = begin_follow_up(kind, original.headline) | ends | {"urgency": original.urgency, "case_id": None}
    return {"alert": None, "original": original, "kind": kind, "filled": filled} | _choices(db.session())


def edit_form(alert_id: int) -> dict[str, Any]:
    """Return what the form for a written alert is drawn with.

    :raises Conflict: it is past changing.
    """
    alert = queries.get_alert(db.session(), alert_id)
    next_status(queries.standing(db.session(), alert), Step.EDIT)
    filled = {
        "headline": alert.headline,
        "body": alert.body_markdown,
        "advice": alert.advice,
        "sms": alert.sms_text,
        "voice": alert.voice_text,
        "topic": alert.topic,
        "wards": alert.wards,
        "channels": alert.channels,
        "urgency": alert.urgency,
        "expires_at": f"{in_london(alert.expires_at):%Y-%m-%dT%H:%M}",
        "case_id": alert.case_id,
        **settling.filled_choice(db.session(), alert),
    }
    kept = {"original": alert.original, "kind": alert.kind}
    return {"alert": alert, "filled": filled} | kept | _choices(db.session())


def alert_page(alert_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what an alert's own page is drawn with."""
    session = db.session()
    alert = queries.get_alert(session, alert_id)
    status, progress = queries.standing_and_progress(session, alert)
    wrote_it = actor.officer_id in queries.writers(session, alert_id)
    pulled = proof.pull_proof(alert)
    return {
        "alert": alert,
        "status": status,
        "status_words": STATUS_WORDS[status],
        "proof": pulled,
        "is_printable": printed.is_printable(alert, status, now=now),
        "email_texts": {
            edition: proof.with_sample_link(proof.mail_of(pulled, edition).text) for edition in EDITION_WORDS
        },
        "edition_words": EDITION_WORDS,
        "sms_text": proof.with_sample_link(pulled.wording.sms),
        **_for_writers(session, alert, actor),
        "may_stay_words": MAY_STAY_WORDS,
        "all_clear": following.find_all_clear(session, alert.in_reply_to or alert.id),
        "correction": withdrawing.find_correction(session, alert.id),
        "is_uncorrected": status is Status.CANCELLED and not withdrawing.find_obstacle(session, alert),
        **_until_sent(alert, now),
        "steps": _offered(status, actor, wrote_it=wrote_it) - _closed(alert, now),
        "wrote_it": wrote_it,
        "names": officer_names(session),
        "ward_names": dict(queries.ward_choices(session)),
        "topic": dict(subscribers.topics(session)).get(alert.topic, alert.topic),
        "address_words": ADDRESS_WORDS,
        "chosen": settling.say_choice(session, alert),
        **guarding.readers(session, alert, pulled, now),
        "review": queries.find_review(session, alert_id),
        "verdicts": VERDICT_WORDS,
        "case": cases.get_case(session, alert.case_id) if alert.case_id else None,
        **guarding.schedule(session, alert),
        **_progress(session, alert, status, progress, now),
    }


def progress_part(alert_id: int, now: datetime) -> dict[str, Any]:
    """Return what the live part of an alert's page is drawn with."""
    session = db.session()
    queries.mailings_of(session, alert_id)
    alert = queries.get_alert(session, alert_id)
    return {"alert": alert} | _progress(session, alert, *queries.standing_and_progress(session, alert), now)


def doubts_page(alert_id: int, after: int | None, now: datetime) -> dict[str, Any]:
    """Return what the page of an alert's messages in doubt is drawn with."""
    session = db.session()
    page = queries.in_doubt(session, alert_id, after=after)
    alert = queries.get_alert(session, alert_id)
    return {
        "alert": alert,
        "messages": page.items,
        "next": page.next,
        "channel_words": CHANNELS,
        "is_over": alert.expires_at <= now or queries.standing(session, alert) is Status.CANCELLED,
    }


def email_html(alert_id: int, edition: Edition) -> str:
    """Return an alert's HTML email of one edition as its first reader would get it, with links that lead nowhere."""
    pulled = proof.pull_proof(queries.get_alert(db.session(), alert_id))
    return proof.with_sample_link(proof.mail_of(pulled, edition).html)


def checked_page(alert: Alert, now: datetime) -> dict[str, Any]:
    """Return what the page that vouches for an alert is drawn with."""
    return {
        "alert": alert,
        "follow_up": proof.notice_of(alert).follow_up,
        "body": safe_html(alert.body_markdown),
        "advice": safe_html(alert.advice),
        "sms_text": plain_marks(alert.sms_text) if Channel.SMS in alert.channels else "",
        "voice": safe_html(alert.voice_text) if Channel.VOICE in alert.channels else "",
        "is_withdrawn": bool(withdrawn(db.session(), [alert])),
        "is_past": alert.expires_at <= now,
    }


def withdrawn(session: Session, alerts: Iterable[Alert]) -> set[int]:
    """Return the ids of those alerts that were stopped after they had begun to go out."""
    return {number for number, status in queries.standings_of(session, alerts).items() if status is Status.CANCELLED}


def _for_writers(session: Session, alert: Alert, actor: Actor) -> dict[str, Any]:
    """Return what matters until an alert is sent: who may be pointed to, how it reads, and tests to oneself."""
    is_sent = alert.published_at is not None
    return {
        "marks": [] if is_sent else marking.marks_of(session, alert),
        "reading": None if is_sent else read(alert),
        "test_ways": ways(session, alert, actor),
        "tests": trials_of(session, alert.id),
    }


def _offered(status: Status, actor: Actor, *, wrote_it: bool) -> set[Step]:
    """Return the steps that this officer may take now; who can approve needs no way around approval."""
    held = {step for step in legal_steps(status) if step in _PERMISSIONS and actor.may(_PERMISSIONS[step])}
    if wrote_it:
        return held - {Step.APPROVE, Step.SCHEDULE, Step.START}
    return held - {Step.SEND_ALONE} if Step.APPROVE in held else held


def _until_sent(alert: Alert, now: datetime) -> dict[str, Any]:
    """Return why an alert may go out no more, and the words for one address of each channel."""
    return {
        "was_withdrawn": following.find_withdrawn(alert),
        "has_ended": alert.expires_at <= now,
        "one_words": ONE_ADDRESS,
    }


def _closed(alert: Alert, now: datetime) -> set[Step]:
    """Return the steps on the way out, where it has ended or the alert that it continues was withdrawn."""
    return {*_WAYS_OUT} if alert.expires_at <= now or following.find_withdrawn(alert) else set()


def _progress(
    session: Session, alert: Alert, status: Status, progress: Progress | None, now: datetime
) -> dict[str, Any]:
    night = find_night(alert.channels, alert.urgency, alert.expires_at, now)
    return {
        "progress": progress,
        "held": count_waiting(night, progress.by_channel) if night and progress else "",
        "held_until": night.until if night else None,
        "progress_status": STATUS_WORDS[status],
        "stop": stopping.current_stop(session),
        "is_moving": status in _MOVING,
        "channel_words": CHANNELS,
        "delivery_words": DELIVERY_WORDS,
    }


def _choices(session: Session) -> dict[str, Any]:
    return {
        "longest_call": LONGEST_CALL,
        "topics": subscribers.topics(session),
        "wards": queries.ward_choices(session),
        "knows_neighbours": lie_somewhere(session),
        "kinds_of_partners": [*kind_names(session).items()],
        "channels": list(CHANNELS.items()),
        "urgencies": [(urgency, *words) for urgency, words in URGENCY_WORDS.items()],
    }
