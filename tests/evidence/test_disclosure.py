"""The schedule lists every exhibit and every entry of the log, with numbers that never move."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.evidence.conftest import NOW, Recorder
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.cases.rules import NewNote
from tsalert.cases.vocabulary import NoteKind
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.db import db
from tsalert.evidence import disclosure
from tsalert.evidence.rules import Decision
from tsalert.evidence.vocabulary import Part

Schedule = Callable[..., list[disclosure.Line]]


@pytest.fixture
def schedule(case_id: int, actor: Actor) -> Schedule:
    """Read the schedule."""
    return lambda part=Part.ALL: disclosure.read_schedule(case_id, part, actor=actor, now=NOW)


def note(case_id: int, actor: Actor, text: str, *, days: int) -> None:
    cases.add_note(case_id, NewNote(NoteKind.HEARSAY, text), actor=actor, now=NOW + timedelta(days=days))


def test_numbers_follow_the_recording_and_never_move(
    case_id: int, actor: Actor, exhibit: Recorder, schedule: Schedule
) -> None:
    note(case_id, actor, "The neighbour says that they came twice.", days=-1)
    exhibit(description="A receipt", found_where="Kitchen drawer")
    assert [(line.number, line.what) for line in schedule()] == [(1, "Log entry"), (2, "Exhibit RT/1")]
    note(case_id, actor, "Told late.", days=-3)
    exhibit(description="A ladder")
    lines = schedule()
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert (lines[0].what, lines[1].place, lines[3].description) == ("Log entry", "Kitchen drawer", "A ladder")


def test_the_words_of_the_log_do_not_go_onto_the_schedule_by_themselves(
    case_id: int, actor: Actor, schedule: Schedule
) -> None:
    note(case_id, actor, "Canary: the informant lives next door.", days=0)
    assert schedule()[0].description == "Entry of the case's log: hearsay"


def test_the_latest_decision_stands_and_sorts_the_line(
    case_id: int, actor: Actor, exhibit: Recorder, schedule: Schedule
) -> None:
    exhibit()
    exhibit()
    for number, decision in (
        (1, Decision(is_sensitive=True, is_disclosed=False, reason="It names an informant.")),
        (2, Decision(is_sensitive=False, is_disclosed=False)),
        (2, Decision(is_sensitive=False, is_disclosed=True, description="A receipt, copied.")),
    ):
        disclosure.decide(case_id, number, decision, actor=actor, now=NOW)
    (sensitive,), (open_line,) = schedule(Part.SENSITIVE), schedule(Part.NON_SENSITIVE)
    assert (sensitive.number, sensitive.reason) == (1, "It names an informant.")
    assert (open_line.is_disclosed, open_line.description) == (True, "A receipt, copied.")


def test_a_reason_for_keeping_back_is_gone_from_the_line_once_it_is_no_longer_sensitive(
    case_id: int, actor: Actor, exhibit: Recorder, schedule: Schedule
) -> None:
    exhibit()
    decision = Decision(is_sensitive=False, is_disclosed=True, reason="It named an informant.")
    disclosure.decide(case_id, 1, decision, actor=actor, now=NOW)
    assert schedule()[0].reason is None


def test_a_line_that_is_none_or_a_secret_without_reason_is_refused(case_id: int, actor: Actor) -> None:
    with pytest.raises(NotFound):
        disclosure.decide(case_id, 1, Decision(is_sensitive=False, is_disclosed=True), actor=actor, now=NOW)
    with pytest.raises(RuleViolation):
        disclosure.decide(case_id, 1, Decision(is_sensitive=True, is_disclosed=False), actor=actor, now=NOW)


def test_each_reading_of_the_schedule_is_in_the_trail(case_id: int, schedule: Schedule, session: Session) -> None:
    schedule(Part.SENSITIVE)
    entry = audit.entries_about(db.session(), "case", case_id)[-1]
    assert (entry.action, entry.detail) == ("read evidence", {"what": "schedule: sensitive"})
