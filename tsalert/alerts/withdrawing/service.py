"""Taking an alert back, and the correction to exactly those who got it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tsalert.alerts import editions, following, marking, posting, queries, rules
from tsalert.alerts.markdown import from_plain
from tsalert.alerts.models import Alert, AlertWriter
from tsalert.alerts.rules import LONGEST_HEADLINE, Kind
from tsalert.alerts.speaking import LONGEST_CALL, seconds, spoken
from tsalert.alerts.steps import Status
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed
from tsalert.db import transaction
from tsalert.references.service import next_number

# Long enough for an approval, a night and a weekend; whoever reads it later is told by the alert's own page.
APPLIES_FOR = timedelta(days=7)


def take_back(
    session: Session, alert: Alert, reason: str, *, tell_readers: bool, actor: Actor, now: datetime
) -> int | None:
    """Stop an alert for good, and its updates with it, and keep why for everybody to read. A step.

    What an all-clear ended applies again. The caller holds the alert that one continues, too.

    :return: the id of the correction, where one was asked for and anybody is there to get it.
    :raises RuleViolation: the reason says nothing, is no words for everybody, or may point to a person.
    """
    because = rules.check_public_reason(reason)
    marking.require_nobody_named(session, alert, because)
    thread = (alert, *following.lock_sent(session, alert, Kind.UPDATE))
    for each in thread:
        each.withdrawn_because, each.changed_at = because, now
        audit.record(session, actor, "withdrawn", "alert", each.id, now=now, reference=each.reference)
    session.flush()
    posting.call_off(session, thread, now=now)
    following.stop_all_clear(session, alert, now=now)
    following.reopen(session, alert, actor=actor, now=now)
    if not tell_readers or find_obstacle(session, alert):
        return None
    return _write_correction(session, alert, because, actor, now).id


def correct(alert_id: int, *, actor: Actor, now: datetime) -> int:
    """Write to exactly those who got a withdrawn alert that it was withdrawn, and why; returns the correction's id.

    It waits for approval by somebody else, as every alert does.

    :raises NotFound: there is no such alert.
    :raises Conflict: it was not withdrawn, is a correction itself, has one, or nobody got it.
    """
    with transaction() as session:
        alert = queries.get_alert(session, alert_id, lock=True)
        obstacle = find_obstacle(session, alert)
        if obstacle or alert.withdrawn_because is None:
            raise Conflict(obstacle or "This alert was not withdrawn.", legal=["read it again"])
        return _write_correction(session, alert, alert.withdrawn_because, actor, now).id


def find_correction(session: Session, alert_id: int) -> Alert | None:
    """Return the correction of an alert, written or sent."""
    return following.find_reply(session, alert_id, Kind.CANCEL)


def find_obstacle(session: Session, alert: Alert) -> str:
    """Return why no correction of an alert can be written, or nothing."""
    if alert.kind == Kind.CANCEL:
        return "This is a correction itself. Write a new alert."
    made = find_correction(session, alert.id)
    if made is not None:
        return f"Its correction is {made.reference}."
    first = following.find_withdrawn(alert)
    if first is not None:
        return f"{first.reference}, which it continues, is withdrawn too; its correction goes to the same people."
    if not editions.is_anybody(session, editions.who_got(alert.id, editions.channels_of(session, alert))):
        return "Nobody who got this alert at once can be told now."
    return ""


def _write_correction(session: Session, original: Alert, reason: str, actor: Actor, now: datetime) -> Alert:
    """Keep the correction as its writer would submit it."""
    actor.require(Permission.DRAFT_ALERT)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can write an alert.")
    alert = Alert(
        reference=rules.write_reference(*next_number(session, "TS", at=now)),
        kind=Kind.CANCEL,
        in_reply_to=original.id,
        case_id=original.case_id,
        status=Status.PENDING_APPROVAL,
        author_id=actor.officer_id,
        created_at=now,
        submitted_at=now,
        changed_at=now,
    )
    _fill(alert, original, reason, now)
    alert.wards, alert.channels = [*original.wards], [*editions.channels_of(session, original)]
    session.add(alert)
    session.flush()
    session.add(AlertWriter(alert_id=alert.id, officer_id=actor.officer_id))
    marking.carry_over(session, original, alert)
    session.flush()
    for action in ("drafted", "submitted"):
        audit.record(session, actor, action, "alert", alert.id, now=now, reference=alert.reference)
    return alert


def _fill(alert: Alert, original: Alert, reason: str, now: datetime) -> None:
    """Give a correction the words of the public reason, and the topic and urgency of what it takes back."""
    words = from_plain(reason)
    alert.headline = f"Withdrawn: {original.headline}"[:LONGEST_HEADLINE]
    alert.body_markdown, alert.advice, alert.sms_text = words, "", reason
    alert.voice_text = words if seconds(spoken(words)) <= LONGEST_CALL else ""
    alert.topic, alert.urgency, alert.expires_at = original.topic, original.urgency, now + APPLIES_FOR
