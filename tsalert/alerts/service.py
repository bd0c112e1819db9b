"""Writing an alert, deciding on it, and sending it once."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import dispatching, following, marking, posting, proof, queries, readiness, rules
from tsalert.alerts.audience import choosing, settling
from tsalert.alerts.audience.unusual import require_typed
from tsalert.alerts.link_rules import check_links
from tsalert.alerts.models import Alert, AlertReview, AlertWriter
from tsalert.alerts.pointing import MayStay
from tsalert.alerts.rules import Draft, FollowUp, Kind, Verdict
from tsalert.alerts.steps import Status, Step, next_status
from tsalert.alerts.unsaved.overtaking import require_unchanged
from tsalert.alerts.withdrawing import service as withdrawing
from tsalert.audit import service as audit
from tsalert.cases import queries as cases
from tsalert.cases.merging import require_here
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed
from tsalert.db import transaction
from tsalert.delivery import doubts
from tsalert.references.service import next_number
from tsalert.subscribers import queries as subscribers

_STEERED = {Step.PAUSE: (posting.pause, "paused"), Step.RESUME: (posting.resume, "resumed")}


def write_draft(draft: Draft, *, actor: Actor, now: datetime) -> int:
    """Keep a new draft; returns its id.

    :raises RuleViolation: it could not be sent as it stands.
    :raises NotFound: the case it is linked to does not exist.
    """
    with transaction() as session:
        return _write(session, draft, actor, now).id


def edit_draft(alert_id: int, draft: Draft, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Change what an alert says; one that waits for approval goes back to draft.

    :param seen: the digest of the alert as the writer saw it; None where they do not say.
    :raises NotFound: there is no such alert.
    :raises Conflict: it is past changing, or reads otherwise by now.
    """
    actor.require(Permission.DRAFT_ALERT)
    with transaction() as session:
        alert = _take_step(session, alert_id, Step.EDIT)
        require_unchanged(session, alert, seen)
        draft = following.for_the_same_people(session, alert.original, draft)
        _fill(alert, _checked(session, draft, now))
        _note_change(session, alert, "edited", actor, now)
        _add_writer(session, alert, actor)


def follow_up(original_id: int, written: FollowUp, *, actor: Actor, now: datetime) -> int:
    """Keep a draft of an update or an all-clear to exactly those who got an alert; returns its id.

    :raises NotFound: there is no such alert.
    :raises Conflict: it was never sent or was withdrawn, or its all-clear is written already.
    """
    with transaction() as session:
        original = following.lock_first(session, original_id)
        following.require_open(session, original, written.kind)
        draft = following.draft_of(session, original, written)
        return _write(session, draft, actor, now, kind=written.kind, original=original).id


def submit(alert_id: int, *, actor: Actor, now: datetime) -> None:
    """Ask somebody else to approve an alert.

    :raises RuleViolation: it has ended, is not filled in, or something that may point to a person is unanswered.
    """
    actor.require(Permission.DRAFT_ALERT)
    with transaction() as session:
        alert = _take_step(session, alert_id, Step.SUBMIT)
        readiness.require_ready(session, alert, now=now)
        alert.submitted_at, alert.remark = now, None
        _note_change(session, alert, "submitted", actor, now)


def send_back(alert_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Return an alert to those who wrote it, and say what to change."""
    _decide_against(alert_id, Step.RETURN, reason, actor, now)


def reject(alert_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Refuse an alert for good, and say why."""
    _decide_against(alert_id, Step.REJECT, reason, actor, now)


def approve(alert_id: int, shown: str, *, readers: int | None = None, actor: Actor, now: datetime) -> int:
    """Approve what another officer wrote and start to send it; returns how many messages were queued.

    :param shown: the digest of what the approver was shown; ``readers`` how many get it, typed if they are many.
    :raises NotAllowed: the approver wrote some of it.
    :raises Conflict: it has changed since, or is not waiting for approval.
    :raises RuleViolation: nobody would get it, at once or later, or it has expired.
    """
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        alert = queries.lock_for(session, alert_id, Step.APPROVE)
        rules.require_other_eyes(queries.writers(session, alert_id), actor.officer_id)
        return require_typed(session, alert_id, _send(session, alert, shown, actor, now), readers)


def send_alone(
    alert_id: int, shown: str, reason: str, *, readers: int | None = None, actor: Actor, now: datetime
) -> int:
    """Send an alert without a second person; a manager reviews it the next day.

    :raises NotAllowed: the officer may not send alone.
    :raises Conflict: it has changed since it was shown, or cannot be sent now.
    :raises RuleViolation: the reason says nothing, nobody would get it, or it has expired.
    """
    actor.require(Permission.OVERRIDE_APPROVAL)
    with transaction() as session:
        size = _send_alone(session, alert_id, shown, reason, actor=actor, now=now)
        return require_typed(session, alert_id, size, readers)


def write_and_send_alone(
    draft: Draft,
    reason: str,
    *,
    may_stay: MayStay | None = None,
    readers: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Write an alert and send it without a second person, both or neither; returns its id.

    :param may_stay: why all in it that may point to a person stays.
    """
    actor.require(Permission.OVERRIDE_APPROVAL)
    with transaction() as session:
        alert = _write(session, draft, actor, now)
        marks = [each.mark.key for each in marking.marks_of(session, alert)]
        if may_stay is not None and marks:
            marking.keep(session, alert, marks, may_stay, actor=actor, now=now)
        size = _send_alone(session, alert.id, proof.pull_proof(alert).digest, reason, actor=actor, now=now)
        require_typed(session, alert.id, size, readers)
        return alert.id


def review(alert_id: int, verdict: Verdict, note: str, *, actor: Actor, now: datetime) -> None:
    """Record what a manager thinks of an alert that one officer sent alone.

    :raises NotAllowed: the reviewer sent it.
    :raises Conflict: it was not sent alone, or has been reviewed.
    """
    actor.require(Permission.REVIEW_OVERRIDE)
    with transaction() as session:
        alert = queries.get_alert(session, alert_id, lock=True)
        if alert.override_reason is None or queries.find_review(session, alert_id):
            raise Conflict("There is nothing left to review about this alert.")
        rules.require_other_reviewer(alert.approved_by, actor.officer_id)
        session.add(
            AlertReview(alert_id=alert_id, reviewed_by=actor.officer_id, reviewed_at=now, verdict=verdict, note=note)
        )
        audit.record(session, actor, "reviewed", "alert", alert_id, now=now, verdict=verdict)


def pause(alert_id: int, *, actor: Actor, now: datetime) -> None:
    """Hold the messages of an alert that have not gone out."""
    _steer(alert_id, Step.PAUSE, actor, now)


def resume(alert_id: int, *, actor: Actor, now: datetime) -> None:
    """Go on with an alert that was held."""
    _steer(alert_id, Step.RESUME, actor, now)


def withdraw(alert_id: int, reason: str, *, tell_readers: bool = False, actor: Actor, now: datetime) -> int | None:
    """Take an alert back for good, and its updates: nothing more of them goes out, and everybody can read why.

    :param tell_readers: write a correction to those who got it; its id is returned, where anybody is to get it.
    :raises Conflict: it has not been sent, or has been withdrawn.
    :raises RuleViolation: the reason says nothing, is no words for everybody, or may point to a person.
    """
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        # Before what continues it, as everybody does.
        following.lock_first(session, alert_id)
        alert = queries.lock_for(session, alert_id, Step.WITHDRAW)
        return withdrawing.take_back(session, alert, reason, tell_readers=tell_readers, actor=actor, now=now)


def decide_doubt(alert_id: int, delivery_id: int, decision: doubts.Decision, *, actor: Actor, now: datetime) -> None:
    """Settle by an officer's decision whether a message of an alert was sent.

    :raises NotFound: the alert has no such message.
    :raises Conflict: it is not in doubt any more.
    """
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        mailings = queries.mailings_of(session, alert_id)
        doubts.decide_doubt(session, mailings, delivery_id, decision, actor=actor, now=now)


def _write(
    session: Session,
    draft: Draft,
    actor: Actor,
    now: datetime,
    *,
    kind: Kind = Kind.ALERT,
    original: Alert | None = None,
) -> Alert:
    actor.require(Permission.DRAFT_ALERT)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can write an alert.")
    draft = _checked(session, draft, now)
    if draft.case_id is not None:
        require_here(session, cases.get_visible_case(session, draft.case_id, actor=actor, now=now))
    reference = rules.write_reference(*next_number(session, "TS", at=now))
    alert = Alert(reference=reference, kind=kind, case_id=draft.case_id, status=Status.DRAFT)
    alert.in_reply_to = original.id if original else None
    alert.author_id, alert.created_at = actor.officer_id, now
    _fill(alert, draft)
    session.add(alert)
    _note_change(session, alert, "drafted", actor, now)
    _add_writer(session, alert, actor)
    return alert


def _checked(session: Session, draft: Draft, now: datetime) -> Draft:
    rules.check_draft(draft, topics=dict(subscribers.topics(session)), now=now)
    check_links(draft.body, draft.advice, public_url=proof.letterhead().public_url)
    return settling.settle(session, draft)


def _fill(alert: Alert, draft: Draft) -> None:
    alert.headline, alert.body_markdown = draft.headline, draft.body
    alert.advice, alert.sms_text, alert.voice_text = draft.advice, draft.sms, draft.voice
    alert.topic, alert.urgency, alert.expires_at = draft.topic, draft.urgency, draft.expires_at
    choosing.fill(alert, draft)


def _add_writer(session: Session, alert: Alert, actor: Actor) -> None:
    session.merge(AlertWriter(alert_id=alert.id, officer_id=actor.officer_id))


def _take_step(session: Session, alert_id: int, step: Step) -> Alert:
    alert = queries.lock_for(session, alert_id, step)
    alert.status = next_status(Status(alert.status), step)
    return alert


def _note_change(session: Session, alert: Alert, action: str, actor: Actor, now: datetime) -> None:
    alert.changed_at = now
    session.flush()
    audit.record(session, actor, action, "alert", alert.id, now=now, reference=alert.reference)


def _decide_against(alert_id: int, step: Step, reason: str, actor: Actor, now: datetime) -> None:
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        alert = _take_step(session, alert_id, step)
        alert.remark = rules.check_reason(reason)
        _note_change(session, alert, "returned" if step is Step.RETURN else "rejected", actor, now)


def _send_alone(session: Session, alert_id: int, shown: str, reason: str, *, actor: Actor, now: datetime) -> int:
    alert = queries.lock_for(session, alert_id, Step.SEND_ALONE)
    return _send(session, alert, shown, actor, now, alone_because=rules.check_reason(reason))


def _send(
    session: Session, alert: Alert, shown: str, actor: Actor, now: datetime, alone_because: str | None = None
) -> int:
    """Bind the approval to what was shown and queue a message for everybody; no provider is called here."""
    dispatching.enter_approval(alert, shown, actor=actor, now=now)
    alert.override_reason = alone_because
    size = dispatching.dispatch(session, alert, shown, actor=actor, now=now)
    _note_change(session, alert, "sent alone" if alone_because else "approved", actor, now)
    return size


def _steer(alert_id: int, step: Step, actor: Actor, now: datetime) -> None:
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        alert = queries.lock_for(session, alert_id, step)
        steer, done = _STEERED[step]
        steer(session, alert)
        _note_change(session, alert, done, actor, now)
