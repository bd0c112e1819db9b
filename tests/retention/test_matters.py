"""Cases that continue in one another go together, and intelligence goes once it stands no longer."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.retention.conftest import CANARY, HOUR, NOW, THEN, Desk, close_case, closed_case
from tsalert.cases import merging
from tsalert.cases import service as cases
from tsalert.cases.listing import CaseFilter
from tsalert.cases.merging import NewMerge
from tsalert.cases.models import CaseFile, SavedFilter
from tsalert.cases.people import service as people
from tsalert.cases.people.models import CaseParty
from tsalert.cases.rules import NewCase
from tsalert.cases.saved_filters import NewFilter, look_for_words, save
from tsalert.cases.vocabulary import Channel
from tsalert.core.actors import Actor
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.rules import NewAction, TakingBack
from tsalert.enforcement.vocabulary import ActionKind, Record
from tsalert.intelligence import service as intelligence
from tsalert.intelligence.models import IntelligenceAbout, IntelligenceNote
from tsalert.intelligence.rules import NewAbout, NewIntelligence
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation
from tsalert.parties import service as parties
from tsalert.parties import warning_notes
from tsalert.parties.models import Party
from tsalert.parties.rules import Described
from tsalert.parties.vocabulary import PartyKind
from tsalert.response.vocabulary import Category
from tsalert.retention import holding
from tsalert.retention.models import ErasureItem, ErasureRun
from tsalert.retention.vocabulary import Root, RunState
from tsalert.staff.rules import RoleName


@pytest.fixture
def actor(officer: Callable[..., Actor]) -> Actor:
    """Who works on cases."""
    return officer(RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER, name="Dee Example")


def open_case(actor: Actor) -> int:
    new = NewCase(f"{CANARY} again", Category.SCAM, kind="lottery", channel=Channel.POSTAL, victim_name=f"Vi {CANARY}")
    return cases.open_case(new, actor=actor, now=THEN)


def continue_in(session: Session, earlier: int, later: int, actor: Actor) -> None:
    into = session.get_one(CaseFile, later).reference
    merging.merge(earlier, NewMerge(into, "The same people"), actor=actor, now=THEN + HOUR)


def discard_list(session: Session) -> None:
    """Throw the list away that waits."""
    for run in session.scalars(select(ErasureRun).where(ErasureRun.state == RunState.LISTED)):
        run.state = RunState.DISCARDED
    session.commit()


def listed(session: Session, run_id: int, root: Root = Root.CASE) -> set[int]:
    query = select(ErasureItem.subject_id).where(ErasureItem.run_id == run_id, ErasureItem.subject == root)
    return set(session.scalars(query.where(ErasureItem.state == "due")))


def test_a_case_keeps_its_people_while_the_one_in_which_it_continues_is_open(
    session: Session, desk: Desk, actor: Actor
) -> None:
    earlier, later = closed_case(actor), open_case(actor)
    continue_in(session, earlier, later, actor)
    assert listed(session, desk.approved()) == set()


def test_a_case_that_was_open_when_it_was_continued_goes_with_the_other(
    session: Session, desk: Desk, actor: Actor
) -> None:
    earlier, later = open_case(actor), open_case(actor)
    continue_in(session, earlier, later, actor)
    close_case(later, actor, now=THEN + 2 * HOUR)
    desk.erase()
    names = session.scalars(select(CaseFile.victim_name).where(CaseFile.id.in_((earlier, later))))
    assert list(names) == [None, None]


def test_a_hold_on_a_case_keeps_what_continues_in_it(session: Session, desk: Desk, actor: Actor) -> None:
    earlier, later = closed_case(actor), open_case(actor)
    continue_in(session, earlier, later, actor)
    close_case(later, actor, now=THEN + 2 * HOUR)
    review_on = NOW.date() + timedelta(days=90)
    holding.place_hold(Root.CASE, later, reason="An appeal", review_on=review_on, actor=desk.manager, now=NOW)
    assert listed(session, desk.approved()) == set()


@pytest.mark.parametrize("is_wrong", [False, True])
def test_an_action_that_was_taken_back_keeps_no_case(
    session: Session, desk: Desk, actor: Actor, *, is_wrong: bool
) -> None:
    case_id = open_case(actor)
    said: Any = {"actor": actor, "now": THEN + HOUR}
    for_good = NewAction(ActionKind.INJUNCTION, THEN.date(), "Not to call", binds_until=date(9999, 12, 31))
    action_id = enforcement.record_action(case_id, for_good, **said)
    if is_wrong:
        enforcement.take_back(case_id, TakingBack(Record.ACTION, action_id, "Of another case"), **said)
    close_case(case_id, actor, now=THEN + 2 * HOUR)
    assert (case_id in listed(session, desk.approved())) is is_wrong


def test_a_person_whom_a_warning_kept_goes_once_it_has_ended(session: Session, desk: Desk, actor: Actor) -> None:
    case_id = open_case(actor)
    people.keep_victim(case_id, actor=actor, now=THEN)
    party = session.scalars(select(CaseParty.party_id).filter_by(case_id=case_id)).one()
    warning = warning_notes.add_warning(party, "A dog", date(2017, 6, 1), actor=actor, now=THEN)
    close_case(case_id, actor, now=THEN + HOUR)
    desk.erase()
    assert session.get_one(Party, party, populate_existing=True).name == f"Vi {CANARY}"
    assert listed(session, desk.approved(), Root.PARTY) == set()
    discard_list(session)
    warning_notes.end_warning(warning, "The dog died", actor=actor, now=NOW)
    hold = holding.place_hold(
        Root.PARTY, party, reason="A claim", review_on=NOW.date() + timedelta(days=90), actor=desk.manager, now=NOW
    )
    assert listed(session, desk.approved(), Root.PARTY) == set()
    discard_list(session)
    holding.lift_hold(hold, reason="Settled", actor=desk.manager, now=NOW)
    desk.erase()
    assert session.get_one(Party, party, populate_existing=True).name is None
    assert listed(session, desk.approved(), Root.PARTY) == set()


def test_a_warning_that_ended_takes_nobody_whom_a_record_still_names(
    session: Session, desk: Desk, actor: Actor
) -> None:
    case_id = open_case(actor)
    people.keep_victim(case_id, actor=actor, now=THEN)
    party = session.scalars(select(CaseParty.party_id).filter_by(case_id=case_id)).one()
    warning = warning_notes.add_warning(party, "A dog", date(2017, 6, 1), actor=actor, now=THEN)
    warning_notes.end_warning(warning, "The dog died", actor=actor, now=THEN)
    assert listed(session, desk.approved(), Root.PARTY) == set()


def note(session: Session, actor: Actor, *, now: datetime = THEN, **told: Any) -> tuple[int, int]:
    """Write a note about somebody; returns its number and theirs."""
    party = parties.add(session, Described(PartyKind.PERSON, f"Ro {CANARY}"), actor=actor, now=now)
    session.commit()
    usual: dict[str, Any] = {
        "source": SourceEvaluation.UNTESTED, "assessment": Assessment.NOT_KNOWN, "handling": Handling.PERMITTED,
        "text": f"{CANARY} sells roofs", "provenance": "A neighbour", "information_on": now.date(),
        "review_on": now.date() + timedelta(days=90), "about": (NewAbout(About.PARTY, party_id=party),),
    }  # fmt: skip
    return intelligence.write_note(NewIntelligence(**usual | told), is_demo=True, actor=actor, now=now), party


@pytest.mark.parametrize(
    ("review_on", "expires_on", "is_due"),
    [
        (date(2025, 6, 9), None, True),
        (date(2025, 6, 11), None, False),
        (date(2025, 6, 30), date(2025, 6, 9), True),
        (date(2024, 9, 1), date(2025, 6, 11), False),
    ],
)
def test_a_note_is_due_a_year_after_it_expired_or_its_last_review_passed(
    session: Session, desk: Desk, actor: Actor, review_on: date, expires_on: date | None, *, is_due: bool
) -> None:
    written = datetime(2024, 7, 1, 12, 0, tzinfo=THEN.tzinfo)
    number, _ = note(session, actor, now=written, review_on=date(2024, 8, 1), expires_on=expires_on)
    intelligence.review_note(number, review_on, "It still holds", actor=actor, now=written + HOUR)
    assert (number in listed(session, desk.approved(), Root.INTELLIGENCE_NOTE)) is is_due


def test_an_old_note_loses_its_words_and_whom_it_is_about_and_keeps_its_grade(
    session: Session, desk: Desk, actor: Actor
) -> None:
    number, party = note(session, actor)
    desk.erase()
    found = session.get_one(IntelligenceNote, number, populate_existing=True)
    about = session.scalars(select(IntelligenceAbout).where(IntelligenceAbout.note_id == number)).one()
    assert (found.text, found.provenance, found.source, found.review_on) == (
        "[removed]", "[removed]", "2", THEN.date() + timedelta(days=90),
    )  # fmt: skip
    assert (about.raw, session.get_one(Party, party, populate_existing=True).name) == ("[removed]", None)


def test_a_hold_on_a_person_keeps_what_is_known_of_them(session: Session, desk: Desk, actor: Actor) -> None:
    _, party = note(session, actor)
    review_on = NOW.date() + timedelta(days=90)
    holding.place_hold(Root.PARTY, party, reason="An appeal", review_on=review_on, actor=desk.manager, now=NOW)
    assert listed(session, desk.approved(), Root.INTELLIGENCE_NOTE) == set()


def test_words_that_somebody_looked_for_long_ago_are_forgotten(session: Session, desk: Desk, actor: Actor) -> None:
    look_for_words(CaseFilter(text=CANARY), actor=actor, now=THEN)
    save(NewFilter("By name", CaseFilter(text=CANARY)), actor=actor, now=THEN)
    save(NewFilter("Scams", CaseFilter(category=Category.SCAM)), actor=actor, now=THEN)
    save(NewFilter("Lately", CaseFilter(text="lottery")), actor=actor, now=NOW)
    desk.erase()
    assert set(session.scalars(select(SavedFilter.name))) == {"Scams", "Lately"}
