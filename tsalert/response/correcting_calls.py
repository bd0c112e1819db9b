"""The use case that corrects what a call told; all that counts from it, or is known by it, follows."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import transaction
from tsalert.delivery.telephones import phone_as_e164
from tsalert.response import call_parties, corrected_parties, queries, rows, standing
from tsalert.response.corrected_places import read_place
from tsalert.response.correcting import (
    OF_PLACE,
    begin_correction,
    check_wards,
    find_here,
    keep_of_call,
    keep_of_incident,
    require_fresh,
    tell,
)
from tsalert.response.correction_models import FactChange
from tsalert.response.facts import (
    OF_CALL,
    Correction,
    Difference,
    Fact,
    check_claim,
    check_disposition,
    check_money,
    differences,
    is_real,
)
from tsalert.response.models import Call, CallParty, Incident
from tsalert.response.standing import Aftermath, Counted
from tsalert.response.vocabulary import Disposition, GradeName

_ARRIVAL = frozenset({Fact.CLAIMED_AT, Fact.LINE})
_PLACE_OR_WARD = OF_PLACE | {Fact.WARD_CODE}
# By these the clocks are counted from another call, or from another time of it.
_COUNTED = frozenset({Fact.CLAIMED_AT, Fact.DISPOSITION})


class Corrected(Struct, frozen=True):
    """What a correction of a call led to.

    :param counts: whether it may be counted as a report now; None where that is as it was.
    :param is_last: its incident has no other call that may be.
    :param proposes: the grade that its incident's answers propose now; None where that is as it was.
    """

    counts: bool | None
    is_last: bool
    proposes: GradeName | None
    aftermath: Aftermath


def correct_call(
    call_id: int, correction: Correction, *, actor: Actor, now: datetime, is_demo: bool = False
) -> Corrected:
    """Correct what a call told: clock, figures, place and parties follow, and no grade does by itself.

    :param is_demo: take telephone numbers kept for drama as numbers that can be dialled.
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
        require_fresh(correction.seen, version_of_call(session, call_id), "call")
        found = _differences(session, call, incident, correction, actor=actor)
        was, described = Counted.of(call), call_parties.described(call, is_demo=is_demo)
        proposed = _proposed(session, incident)
        kept = keep_of_call(session, found, correction.reason, call, actor=actor, now=now)
        _write(call, found, is_demo=is_demo)
        if incident:
            _follow_place(session, incident, found, correction.reason, actor=actor, now=now)
        moved = next((row for row in kept if row.fact in _COUNTED), None)
        aftermath = Aftermath.NOTHING
        if moved is not None:
            aftermath = _follow_count(session, call, incident, was, change_id=moved.id, now=now)
        if OF_PLACE & {each.fact for each in found}:
            find_here(session, [call], incident)
        corrected_parties.follow(session, call, described, is_demo=is_demo, actor=actor, now=now)
        tell(session, "call", call.id, found, actor=actor, now=now)
        now_proposed = _proposed(session, incident)
        proposes = None if now_proposed is proposed else now_proposed
        return Corrected(*_counting(session, call, was), proposes, aftermath)


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


def _differences(
    session: Session, call: Call, incident: Incident | None, correction: Correction, *, actor: Actor
) -> list[Difference]:
    """Return what is told otherwise than it is held, unless it cannot be."""
    held = {fact: getattr(call, fact.value) for fact in OF_CALL} | {Fact.CLAIMED_AT: call.received_at}
    told = read_place(session, held, correction.told, on=london_date(call.received_at))
    found = check_wards(session, differences(held, told))
    _check_arrival(call, found, actor=actor)
    became = {each.fact: each.became for each in found}
    stands = held | became
    check_money(stands[Fact.MONEY_STATE], stands[Fact.MONEY_AMOUNT])
    if Fact.DISPOSITION in became:
        others = _others(session, call)
        decided = Disposition.of(str(became[Fact.DISPOSITION]))
        check_disposition(decided, has_incident=incident is not None, others=others)
    return found


def _write(call: Call, found: Sequence[Difference], *, is_demo: bool) -> None:
    for each in found:
        setattr(call, each.fact.value, each.became)
    if Fact.PHONE in {each.fact for each in found}:
        call.phone_e164 = phone_as_e164(call.phone, is_demo=is_demo)


def _others(session: Session, call: Call) -> Collection[str]:
    """Return what the other calls of a call's incident came to."""
    if call.incident_id is None:
        return []
    return [each.disposition for each in rows.calls_of(session, call.incident_id) if each.id != call.id]


def _counting(session: Session, call: Call, was: Counted) -> tuple[bool | None, bool]:
    """Return whether a call counts now, where that is news, and whether it is the last of its incident that did."""
    counts = is_real(call.disposition)
    is_last = call.incident_id is not None and not any(is_real(each) for each in _others(session, call))
    return None if counts == was.is_real else counts, is_last


def _proposed(session: Session, incident: Incident | None) -> GradeName | None:
    return rows.proposed_grade(session, incident.id) if incident else None


def _follow_place(
    session: Session, incident: Incident, found: Sequence[Difference], reason: str, *, actor: Actor, now: datetime
) -> None:
    """Let an incident's place follow the call that it was taken from; one that is held to be elsewhere stays there."""
    same = [each for each in found if each.fact in _PLACE_OR_WARD and getattr(incident, each.fact.value) == each.was]
    keep_of_incident(session, same, reason, incident, actor=actor, now=now)
    for each in same:
        setattr(incident, each.fact.value, each.became)


def _check_arrival(call: Call, found: Sequence[Difference], *, actor: Actor) -> None:
    """Refuse what another may correct, what the telephone told, and a time that cannot be."""
    told = [each for each in found if each.fact in _ARRIVAL]
    if not any(each.fact in _ARRIVAL | _COUNTED for each in found):
        return
    if call.logged_by != actor.officer_id and not actor.may(Permission.MANAGE_RESPONSE):
        raise NotAllowed(
            "Only the officer who logged a call or a manager can change when and how it came in and what became of it."
        )
    if told and call.claimed_at is None and call.received_at != call.opened_at:
        raise RuleViolation(
            "The telephone network reported when and how this came in, and that cannot be changed.", field=told[0].fact
        )
    for each in told:
        if isinstance(each.became, datetime):
            check_claim(each.became, recorded_at=call.recorded_at)


def _follow_count(
    session: Session, call: Call, incident: Incident | None, was: Counted, *, change_id: int, now: datetime
) -> Aftermath:
    """Let all that counts from a call follow its corrected time, and whether it is a report at all."""
    before = rows.first_call_at(session, incident.id) if incident else None
    call.received_at = call.claimed_at or call.received_at
    same_call = update(CallParty).where(CallParty.call_id == call.id)
    session.execute(same_call.values(received_at=call.received_at))
    session.flush()
    if incident is None:
        return Aftermath.NOTHING
    after = rows.first_call_at(session, incident.id)
    if before and after and before != after:
        _refuse_earlier_deeds(session, incident.id, after)
    return standing.move_starts(session, incident, was, change_id=change_id, now=now)


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
