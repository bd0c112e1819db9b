"""Carrying out the steps of the policy that are due: who stands the duty, and what is said to them. Steps."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.delivery.rules import Channel, Content
from tsalert.paging import rows, words
from tsalert.paging.codes import code_of
from tsalert.paging.models import PageRun
from tsalert.paging.reaching import (
    Addressee,
    Errand,
    Words,
    addressee,
    can_reply,
    link_to,
    managers_by_email,
    note,
    people_among,
    reach,
    rung_not_texted,
)
from tsalert.paging.rules import Policy, PolicyStep, Position, at_end, brought_forward, due_at
from tsalert.paging.vocabulary import Happening, Purpose
from tsalert.rota import queries as rota
from tsalert.rota.queries import OnDuty
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff

_NOBODY = {
    Duty.PRIMARY: "Nobody with a verified mobile is on duty.",
    Duty.BACKUP: "There is no backup with a verified mobile.",
    Duty.MANAGER: "No manager can be reached.",
}


class Came(Enum):
    """What came of one step."""

    PAGED = auto()
    PASSED = auto()
    NOBODY = auto()


def call_due(session: Session, run: PageRun, policy: Policy, *, now: datetime) -> bool:
    """Carry out every step that is due and set when the next is; tells whether somebody was paged.

    A duty that nobody stands, or that everybody passed on, brings the next duty forward to now.
    """
    paged, is_first = False, run.round == 1 and run.next_step == 0  # nothing was said or tried before
    standing = rota.on_duty(session, at=now)
    position, gaps = rows.position_of(run), list[Duty]()
    while (due := due_at(policy, position)) is not None and due <= now:
        step = policy.steps[position.next_step]
        reachable = _reachable(session, standing, step)
        came = _call(session, run, position.next_step, reachable, now=now)
        if came is Came.NOBODY:
            gaps.append(step.duty)
        paged = paged or came is Came.PAGED
        position = replace(position, next_step=position.next_step + 1)
        if came is not Came.PAGED:
            position = brought_forward(policy, position, [step.duty], now=now) or at_end(policy, position)
    _note_gaps(session, run, gaps, told=set() if is_first or not gaps else rows.gaps_told(session, run), now=now)
    move_to(run, policy, position, now=now)
    if due is None and not paged and (is_first or not rows.pages_of_round(session, run)):
        _tell_managers(session, run, now=now)
    elif paged:
        run.unreachable_at = None
    session.flush()
    return paged


def move_to(run: PageRun, policy: Policy, position: Position, *, now: datetime) -> None:
    """Keep where a run stands, and when it goes on."""
    run.next_step, run.ahead_seconds = position.next_step, position.ahead.total_seconds()
    run.next_due_at = due_at(policy, position) or now + policy.repeat_after
    run.touched_at = now


def page_holder(session: Session, run: PageRun, officer_id: int, *, now: datetime) -> bool:
    """Ask whoever took an incident, by text and call, whether they are on the way."""
    name = staff.get_officer_by_id(session, officer_id).name
    person = OnDuty(Duty.PRIMARY, officer_id, name, rota.mobile_of(session, officer_id), None)
    errand = _errand(run, "holder")

    def said(to: Addressee) -> Content:
        code = code_of(session, run.incident_id, to.officer_id, reference=run.reference, now=now)
        return words.page_again(run.reference, code, can_reply=can_reply(), link=link_to(run.incident_id))

    made = [
        reach(session, errand, to, said, now=now)
        for channel in (Channel.SMS, Channel.VOICE)
        if (to := addressee(session, person, channel)) is not None
    ]
    return any(made)


def page_words(session: Session, run: PageRun, *, now: datetime) -> Words:
    """Return what a page of this run says to each who gets it."""

    def said(to: Addressee) -> Content:
        code = code_of(session, run.incident_id, to.officer_id, reference=run.reference, now=now)
        link = link_to(run.incident_id)
        return words.page(run.reference, run.grade, run.due_at, code, can_reply=can_reply(), link=link)

    return said


def _reachable(session: Session, standing: Sequence[OnDuty], step: PolicyStep) -> list[Addressee]:
    silent = rung_not_texted(session) if step.channel is Channel.SMS else frozenset()
    people = people_among(session, standing, step.duty)
    found = [addressee(session, each, Channel.VOICE if each.officer_id in silent else step.channel) for each in people]
    return [to for to in found if to is not None]


def _call(session: Session, run: PageRun, number: int, reachable: list[Addressee], *, now: datetime) -> Came:
    if not reachable:
        return Came.NOBODY
    passed = rows.passed_in_round(session, run)
    wanted = [to for to in reachable if to.officer_id not in passed]
    for to in wanted:
        reach(session, _errand(run, str(number)), to, page_words(session, run, now=now), now=now)
    return Came.PAGED if wanted else Came.PASSED


def _errand(run: PageRun, place: str) -> Errand:
    slot = f"run {run.id}, round {run.round}, {place}"
    return Errand(Purpose.PAGE, run.incident_id, slot, run_id=run.id, round=run.round)


def _note_gaps(session: Session, run: PageRun, duties: Sequence[Duty], *, told: set[str], now: datetime) -> None:
    """Let it stand in the log, once a round, that nobody with these duties could be paged."""
    for duty in dict.fromkeys(duties):
        if duty not in told:
            note(session, run, Happening.GAP, now=now, gap=(duty, _NOBODY[duty]))


def _tell_managers(session: Session, run: PageRun, *, now: datetime) -> None:
    """Write to every manager, once a run, that nobody at all could be paged."""
    if run.unreachable_at is not None:
        return
    run.unreachable_at = now
    note(session, run, Happening.UNREACHABLE, now=now)
    slot = f"run {run.id}, unreachable"
    errand = Errand(Purpose.TOLD, run.incident_id, slot, run_id=run.id)
    content = words.nobody_reachable(run.reference, link=link_to(run.incident_id))
    for to in managers_by_email(session):
        reach(session, errand, to, lambda _: content, now=now)
