"""What in an alert may point to a person, and what officers said of it: nothing goes out before all is answered."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.alerts import proof, queries
from tsalert.alerts.markdown import to_text
from tsalert.alerts.models import Alert, AlertAnswer
from tsalert.alerts.pointing import Mark, MayStay, find_marks
from tsalert.alerts.steps import Step, legal_steps, ways_on
from tsalert.audit import service as audit
from tsalert.cases import merging
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.identifying.facts import People, bare
from tsalert.identifying.knowing import people_of

_SHOWN = 3
# Addresses to which residents are told to pass on what they got; they are no person's.
_OFFICIAL = ("report@phishing.gov.uk", "phishing@hmrc.gov.uk")


class Marked(Struct, frozen=True):
    """A mark with why it may stay, by whom; None where nobody has said yet."""

    mark: Mark
    why: MayStay | None
    answered_by: int | None


def marks_of(session: Session, alert: Alert) -> list[Marked]:
    """Return what in an alert may point to a person, as it reads now, what is not answered first."""
    held = select(AlertAnswer).where(AlertAnswer.alert_id == alert.id)
    answers = {each.mark: each for each in session.scalars(held)}
    found = [_marked(mark, answers.get(mark.key)) for mark in _marks(session, alert)]
    return sorted(found, key=lambda each: each.why is not None)


def answer(alert_id: int, keys: Collection[str], why: MayStay, *, actor: Actor, now: datetime) -> None:
    """Let some of what may point to a person stay in an alert, and keep why.

    :raises Conflict: the alert is past changing.
    :raises RuleViolation: nothing was chosen, or it does not stand there any more.
    """
    actor.require(Permission.DRAFT_ALERT)
    with transaction() as session:
        alert = queries.get_alert(session, alert_id, lock=True)
        status = queries.standing(session, alert)
        if Step.EDIT not in legal_steps(status):
            raise Conflict("This alert cannot be changed any more.", legal=ways_on(status))
        keep(session, alert, keys, why, actor=actor, now=now)


def keep(session: Session, alert: Alert, keys: Collection[str], why: MayStay, *, actor: Actor, now: datetime) -> None:
    """Keep why some marks may stay; a step.

    :raises RuleViolation: nothing was chosen, or it does not stand there any more.
    """
    if not keys:
        raise RuleViolation("Choose what may stay.", field="marks")
    if not {mark.key for mark in _marks(session, alert)}.issuperset(keys):
        raise RuleViolation("The alert reads otherwise by now. Look at it again.", field="marks")
    for key in sorted(set(keys)):
        row = AlertAnswer(alert_id=alert.id, mark=key, why=why, answered_by=actor.officer_id, answered_at=now)
        session.merge(row)
    session.flush()
    audit.record(session, actor, "answered for", "alert", alert.id, now=now, marks=len(set(keys)), why=why)


def carry_over(session: Session, original: Alert, alert: Alert) -> None:
    """Let what was answered for in an alert be answered for in another that repeats its words; a step."""
    for held in session.scalars(select(AlertAnswer).where(AlertAnswer.alert_id == original.id)):
        row = AlertAnswer(alert_id=alert.id, mark=held.mark, why=held.why, answered_by=held.answered_by)
        row.answered_at = held.answered_at
        session.add(row)


def require_answered(session: Session, alert: Alert) -> None:
    """Refuse an alert in which anything that may point to a person is not answered for.

    :raises RuleViolation: naming it.
    """
    open_marks = [each.mark.text for each in marks_of(session, alert) if each.why is None]
    if open_marks:
        named = ", ".join(f"“{text}”" for text in open_marks[:_SHOWN])
        more = f" and {len(open_marks) - _SHOWN} more" if len(open_marks) > _SHOWN else ""
        raise RuleViolation(
            f"Take out what may point to a person, or say why it may stay: {named}{more}.", field="marks"
        )


def require_nobody_named(session: Session, alert: Alert, reason: str) -> None:
    """Refuse a reason for everybody that may point to a person, unless the alert itself said so much.

    :raises RuleViolation: naming what to take out.
    """
    said = {mark.key for mark in _marks(session, alert)}
    found = _marks_in(session, alert, {"reason": reason})
    new = [mark.text for mark in found if mark.key not in said]
    if new:
        raise RuleViolation(f"Take out what may point to a person: “{new[0]}”.", field="reason")


def _marks(session: Session, alert: Alert) -> Sequence[Mark]:
    words = {
        "headline": alert.headline,
        "body": to_text(alert.body_markdown),
        "advice": to_text(alert.advice),
        "sms": alert.sms_text,
        "voice": to_text(alert.voice_text),
    }
    return _marks_in(session, alert, words)


def _marks_in(session: Session, alert: Alert, words: Mapping[str, str]) -> Sequence[Mark]:
    head = proof.letterhead()
    read = {name: bare(text) for name, text in words.items()}
    return find_marks(read, _people(session, alert.case_id), ours=[head.rapid_response_number or "", *_OFFICIAL])


def _people(session: Session, case_id: int | None) -> People:
    """Return who must not be told of: everybody of the matter, but for their wards and the area of their postcode."""
    if case_id is None:
        return People()
    return replace(people_of(session, merging.matter_of(session, case_id)), wards=(), postcodes=()).bare()


def _marked(mark: Mark, held: AlertAnswer | None) -> Marked:
    return Marked(mark, MayStay(held.why) if held else None, held.answered_by if held else None)
