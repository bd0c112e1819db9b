"""Use cases that correct the facts of an incident or a call: what was held before is kept, with who, when and why."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, Overtaken, RuleViolation
from tsalert.db import transaction
from tsalert.places import queries as places
from tsalert.response import queries, rows, standing
from tsalert.response.call_parties import keep_places
from tsalert.response.correction_models import FactChange
from tsalert.response.facts import (
    OF_CALL,
    OF_INCIDENT,
    Correction,
    Difference,
    Fact,
    as_text,
    check_claim,
    differences,
)
from tsalert.response.models import Call, CallParty, CallPlace, Incident
from tsalert.response.vocabulary import Disposition

_OVERTAKEN = "Somebody has changed this {} since you opened it."
_PLACE = frozenset({Fact.ADDRESS, Fact.POSTCODE})
_ARRIVAL = frozenset({Fact.CLAIMED_AT, Fact.LINE})
_PLACE_OR_WARD = _PLACE | {Fact.WARD_CODE}


def begin_correction(session: Session, incident_id: int, *, seen: int | None) -> Incident:
    """Lock an incident, in whatever state, and give it its next version; a step.

    :raises NotFound: there is no such incident.
    :raises Overtaken: somebody has changed it since it was decided.
    """
    incident = rows.lock_incident(session, incident_id)
    _require_fresh(seen, incident.version, "incident")
    incident.version += 1
    return incident


def correct_incident(incident_id: int, correction: Correction, *, actor: Actor, now: datetime) -> None:
    """Correct what an incident is and where; figures and board follow what stands now.

    :raises NotFound: there is no such incident.
    :raises Overtaken: somebody has changed it since it was decided.
    :raises RuleViolation: nothing differs, or a fact cannot be.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        incident = begin_correction(session, incident_id, seen=correction.seen)
        held = {fact: getattr(incident, fact.value) for fact in OF_INCIDENT}
        found = _check(session, differences(held, correction.told))
        _keep(session, found, correction.reason, FactChange(incident_id=incident.id), actor=actor, now=now)
        for each in found:
            setattr(incident, each.fact.value, each.became)
        if _PLACE & {each.fact for each in found}:
            _find_here(session, rows.calls_of(session, incident.id), incident)
        _tell(session, "incident", incident.id, found, actor=actor, now=now)


def correct_call(call_id: int, correction: Correction, *, actor: Actor, now: datetime) -> None:
    """Correct what a call told; its time, where it is the officer's own, moves the clock that counts from it.

    :raises NotFound: there is no such call.
    :raises Conflict: it waits to be written up.
    :raises Overtaken: somebody has corrected it since it was decided.
    :raises NotAllowed: the time is for whoever logged it, or for a manager, to correct.
    :raises RuleViolation: nothing differs, or a fact cannot be.
    """
    actor.require(Permission.LOG_CALL)
    with transaction() as session:
        incident = _incident_of(session, call_id)
        call = session.scalars(select(Call).where(Call.id == call_id).with_for_update()).one()
        _require_fresh(correction.seen, version_of_call(session, call_id), "call")
        held = {fact: getattr(call, fact.value) for fact in OF_CALL} | {Fact.CLAIMED_AT: call.received_at}
        found = _check(session, differences(held, correction.told))
        _check_arrival(call, found, actor=actor)
        change = FactChange(call_id=call.id, version=incident.version if incident else None)
        kept = _keep(session, found, correction.reason, change, actor=actor, now=now)
        for each in found:
            setattr(call, each.fact.value, each.became)
        if incident:
            _follow_place(session, incident, found, correction.reason, actor=actor, now=now)
        times = [row for row in kept if row.fact == Fact.CLAIMED_AT]
        if times:
            _follow_time(session, call, incident, change_id=times[0].id, now=now)
        if _PLACE & {each.fact for each in found}:
            _find_here(session, [call], incident)
        _tell(session, "call", call.id, found, actor=actor, now=now)


def version_of_call(session: Session, call_id: int) -> int:
    """Return a call's version: one more with each fact that was corrected."""
    changes = select(func.count()).select_from(FactChange).where(FactChange.call_id == call_id)
    return 1 + (session.scalar(changes) or 0)


def _incident_of(session: Session, call_id: int) -> Incident | None:
    """Return the incident of a call, locked first as everywhere, with its next version."""
    call = queries.get_call(session, call_id)
    if call.disposition == Disposition.WAITING:
        raise Conflict("This call waits to be written up. Write it up instead.")
    if call.incident_id is None:
        return None
    return begin_correction(session, call.incident_id, seen=None)


def _follow_place(
    session: Session, incident: Incident, found: Sequence[Difference], reason: str, *, actor: Actor, now: datetime
) -> None:
    """Let an incident's place follow the call that it was taken from; one that is held to be elsewhere stays there."""
    same = [each for each in found if each.fact in _PLACE_OR_WARD and getattr(incident, each.fact.value) == each.was]
    _keep(session, same, reason, FactChange(incident_id=incident.id), actor=actor, now=now)
    for each in same:
        setattr(incident, each.fact.value, each.became)


def _find_here(session: Session, calls: Sequence[Call], incident: Incident | None) -> None:
    """Let calls be found by where they and their incident are held to be, and no more by where they were not."""
    for call in calls:
        session.execute(delete(CallPlace).where(CallPlace.call_id == call.id))
        keep_places(session, call, incident)


def _check_arrival(call: Call, found: Sequence[Difference], *, actor: Actor) -> None:
    """Refuse a time or a line that another may correct, that the telephone told, or that cannot be."""
    told = [each for each in found if each.fact in _ARRIVAL]
    if not told:
        return
    if call.logged_by != actor.officer_id and not actor.may(Permission.MANAGE_RESPONSE):
        raise NotAllowed("When and how a call came in is corrected by whoever logged it, or by a manager.")
    if call.claimed_at is None and call.received_at != call.opened_at:
        raise RuleViolation("The telephone network told when and how this came in, and that stays.", field=told[0].fact)
    for each in told:
        if isinstance(each.became, datetime):
            check_claim(each.became, recorded_at=call.recorded_at)


def _follow_time(session: Session, call: Call, incident: Incident | None, *, change_id: int, now: datetime) -> None:
    """Let all that counts from a call follow its corrected time."""
    was_at, before = call.received_at, rows.first_call_at(session, incident.id) if incident else None
    call.received_at = call.claimed_at or call.received_at
    same_call = update(CallParty).where(CallParty.call_id == call.id)
    session.execute(same_call.values(received_at=call.received_at))
    session.flush()
    if incident is None:
        return
    after = rows.first_call_at(session, incident.id)
    if before and after and before != after:
        _refuse_earlier_deeds(session, incident.id, after)
    standing.move_starts(session, incident, call, was_at, change_id=change_id, now=now)


def _refuse_earlier_deeds(session: Session, incident_id: int, first_call_at: datetime) -> None:
    """Nobody sets out, and nothing ends or changes, before the first call; people write whole minutes."""
    minute = first_call_at.replace(second=0, microsecond=0)
    visits = [each.en_route_at or each.on_scene_at for each in rows.attendances_of(session, incident_id)]
    if any(each is not None and each < minute for each in visits):
        raise RuleViolation("An officer was on the way or there before that time.", field="claimed_at")
    if any(each < minute for each in rows.resolved_remotely_at(session, incident_id)):
        raise RuleViolation("It was resolved without a visit before that time.", field="claimed_at")
    if any(each < minute for each in rows.new_facts_at(session, incident_id)):
        raise RuleViolation("New facts had raised the grade before that time.", field="claimed_at")


def _check(session: Session, found: list[Difference]) -> list[Difference]:
    for each in found:
        is_new_ward = each.fact is Fact.WARD_CODE and isinstance(each.became, str)
        if is_new_ward and not places.is_ward(session, str(each.became)):
            raise RuleViolation("Choose a ward from the list.", field=Fact.WARD_CODE)
    return found


def _keep(
    session: Session,
    found: Sequence[Difference],
    reason: str,
    of: FactChange,
    *,
    actor: Actor,
    now: datetime,
) -> list[FactChange]:
    """Keep each fact as it was and as it became; ``of`` says of what."""
    version = session.get_one(Incident, of.incident_id).version if of.incident_id else of.version
    kept = [
        FactChange(
            incident_id=of.incident_id,
            call_id=of.call_id,
            fact=each.fact,
            was=as_text(each.was),
            became=as_text(each.became),
            reason=reason,
            recorded_at=now,
            recorded_by=actor.officer_id,
            source=actor.via,
            version=version,
        )
        for each in found
    ]
    session.add_all(kept)
    session.flush()
    return kept


def _tell(
    session: Session, subject: str, subject_id: int, found: Sequence[Difference], *, actor: Actor, now: datetime
) -> None:
    facts = ", ".join(each.fact for each in found)
    audit.record(session, actor, "corrected", subject, subject_id, now=now, facts=facts)


def _require_fresh(seen: int | None, current: int, subject: str) -> None:
    if seen is not None and seen > current:
        raise RuleViolation(f"The {subject} has not reached that version.", field="version")
    if seen is not None and seen < current:
        raise Overtaken(_OVERTAKEN.format(subject))
