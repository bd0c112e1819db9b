"""Updates and all-clears: whom they continue, and that they go to the same people. Steps."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.alerts import editions, posting, queries
from tsalert.alerts.audience import choosing
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Draft, FollowUp, Kind
from tsalert.alerts.steps import Status, Step
from tsalert.audit import queries as trail
from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict


def lock_first(session: Session, alert_id: int) -> Alert:
    """Lock the alert that one continues, or itself, and return it: every update continues the first.

    The update is not locked: whoever withdraws the first locks that before its updates.

    :raises NotFound: there is no such alert.
    """
    alert = queries.get_alert(session, alert_id)
    return queries.get_alert(session, alert.in_reply_to or alert.id, lock=True)


def original_of(session: Session, alert: Alert) -> Alert:
    """Return the alert that one continues, or itself: every update continues the first."""
    return alert if alert.in_reply_to is None else queries.get_alert(session, alert.in_reply_to, lock=True)


def require_open(session: Session, original: Alert, kind: Kind) -> None:
    """Refuse to continue what nobody got, what was withdrawn, and a second all-clear.

    :raises Conflict: saying which.
    """
    if original.published_at is None:
        raise Conflict("This alert has not been sent, so there is nothing to follow up.", legal=[Step.EDIT.label])
    if queries.standing(session, original) is Status.CANCELLED:
        raise Conflict("This alert was withdrawn, and everybody can read why.", legal=["read it again"])
    ended = find_all_clear(session, original.id)
    if ended is not None and kind is Kind.ALL_CLEAR:
        raise Conflict(f"Its all-clear is {ended.reference}.", legal=["read it again"])


def require_standing(session: Session, alert: Alert) -> None:
    """Refuse to send an update or an all-clear once the alert that it continues was withdrawn; a correction may go.

    :raises Conflict: it was.
    """
    original = original_of(session, alert)
    if _outlives(alert, original):
        raise Conflict(f"{original.reference}, which this continues, was withdrawn.", legal=["read it again"])


def find_withdrawn(alert: Alert) -> Alert | None:
    """Return the alert that an update or an all-clear continues, where that was withdrawn."""
    original = alert.original
    return original if original is not None and _outlives(alert, original) else None


def _outlives(alert: Alert, original: Alert) -> bool:
    """Tell whether what an alert continues was withdrawn; a correction is written because of that."""
    return original is not alert and alert.kind != Kind.CANCEL and original.withdrawn_because is not None


def end(session: Session, all_clear: Alert, *, actor: Actor, now: datetime) -> None:
    """Let the alert that an all-clear ends, and its updates, apply no longer, on every page and in every feed.

    What waits of them does not leave any more: a warning that comes after its all-clear would stand.
    """
    original = all_clear.original
    if original is None or all_clear.kind != Kind.ALL_CLEAR:
        return
    thread = (original, *lock_sent(session, original, Kind.UPDATE))
    for ended in thread:
        if ended.expires_at > now:
            was, ended.expires_at = ended.expires_at.isoformat(), now
            audit.record(session, actor, "ended", "alert", ended.id, now=now, by=all_clear.reference, was=was)
    session.flush()
    posting.end_waiting(session, thread, now=now)


def reopen(session: Session, all_clear: Alert, *, actor: Actor, now: datetime) -> None:
    """Let what an all-clear that is withdrawn had ended apply again until it did before, but for what is over anyhow.

    Whom it had not reached by then an officer may send it again. The caller holds the alert that it ended.
    """
    original = all_clear.original
    if original is None or all_clear.kind != Kind.ALL_CLEAR or original.withdrawn_because is not None:
        return
    for ended in (original, *lock_sent(session, original, Kind.UPDATE)):
        until = _end_before(session, ended, all_clear.reference)
        if until is not None and until > now:
            ended.expires_at, ended.changed_at = until, now
            posting.apply_until(session, ended, until)
            audit.record(session, actor, "reopened", "alert", ended.id, now=now, by=all_clear.reference)
    session.flush()


def _end_before(session: Session, ended: Alert, by: str) -> datetime | None:
    """Return until when an alert applied before an all-clear, as the trail tells, which alone remembers it."""
    entries = [each for each in trail.entries_about(session, "alert", ended.id) if each.action == "ended"]
    was = next((each.detail["was"] for each in reversed(entries) if each.detail.get("by") == by), None)
    return datetime.fromisoformat(was) if was else None


def stop_all_clear(session: Session, withdrawn: Alert, *, now: datetime) -> None:
    """Let what waits of the all-clear of an alert that was withdrawn not leave any more."""
    posting.end_waiting(session, lock_sent(session, withdrawn, Kind.ALL_CLEAR), now=now)


def find_all_clear(session: Session, original_id: int) -> Alert | None:
    """Return the all-clear of an alert, written or sent."""
    return find_reply(session, original_id, Kind.ALL_CLEAR)


def find_reply(session: Session, original_id: int, kind: Kind) -> Alert | None:
    """Return what ends an alert in one way, written or sent; one that was rejected or withdrawn is none."""
    mine = (Alert.in_reply_to == original_id, Alert.kind == kind)
    stands = (Alert.status != Status.REJECTED, Alert.withdrawn_because.is_(None))
    return session.scalar(select(Alert).where(*mine, *stands).order_by(Alert.id).limit(1))


def lock_unsent(session: Session, original_id: int) -> Sequence[Alert]:
    """Lock what continues an alert and was not sent yet, before the alert itself, as whoever sends that does."""
    unsent = (Alert.in_reply_to == original_id, Alert.published_at.is_(None))
    query = select(Alert).where(*unsent).order_by(Alert.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def take_in_channels(session: Session, original: Alert, unsent: Iterable[Alert]) -> None:
    """Let what continues an alert go by every channel by which that was sent by now, also to some alone.

    Whoever approves what was written before reads it again.
    """
    channels = sorted(editions.channels_of(session, original))
    for each in unsent:
        each.channels = [*channels]


def lock_sent(session: Session, original: Alert, kind: Kind) -> Sequence[Alert]:
    """Lock what continues an alert, was sent and stands, the first one first, before any of its mailings.

    The caller holds the alert itself.
    """
    sent = (Alert.in_reply_to == original.id, Alert.kind == kind, Alert.published_at.is_not(None))
    query = select(Alert).where(*sent, Alert.withdrawn_because.is_(None)).order_by(Alert.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def draft_of(session: Session, original: Alert, written: FollowUp) -> Draft:
    """Return the draft of what continues an alert."""
    draft = Draft(
        headline=written.headline,
        body=written.body,
        advice=written.advice,
        sms=written.sms,
        voice=written.voice,
        topic=original.topic,
        channels=(),
        expires_at=written.expires_at,
        urgency=written.urgency,
        case_id=original.case_id,
    )
    return for_the_same_people(session, original, draft)


def for_the_same_people(session: Session, original: Alert | None, draft: Draft) -> Draft:
    """Return a draft for whom the alert was that it continues, if any: its topic, wards, channels and all else.

    Whoever got that one by another way than most is told the same way.
    """
    if original is None:
        return draft
    channels = editions.channels_of(session, original)
    draft = replace(draft, topic=original.topic, wards=tuple(original.wards), channels=channels)
    return choosing.as_before(original, draft)
