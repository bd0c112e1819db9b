"""Sessions from plan to figure: one number, told once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.activities.conftest import DAY, WARD, session_plan
from tests.conftest import NOW, PASSWORD
from tsalert.activities import queries, service
from tsalert.activities.models import ActivityCorrection
from tsalert.activities.queries import ActivityFilter
from tsalert.activities.rules import Reach, Result
from tsalert.activities.service import Correction, Seen
from tsalert.activities.vocabulary import ActivityKind, Channel, State
from tsalert.audit.queries import entries_about
from tsalert.core.actors import SERVICE, Actor, Via
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.db import db
from tsalert.savings import queries as savings
from tsalert.savings import service as saving
from tsalert.savings.recording import sessions
from tsalert.savings.recording.sessions import NEW, Told
from tsalert.savings.rules import InterventionType, NewIntervention
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

TRAINED = Result(present=20, trained=12, refreshers=3, champions=2, leaflets=25)
FRIENDS = NewIntervention(type=InterventionType.FRIENDS_AGAINST_SCAMS, on_date=DAY, units=12, refreshers=3)
Q1 = parse_period("2022/23 Q1")


@pytest.fixture
def actor(officer: Callable[..., Actor], wards: None) -> Actor:
    return officer()


@pytest.fixture
def planned(actor: Actor) -> Seen:
    return Seen(service.plan_activity(session_plan(officer_ids=(actor.officer_id or 0,)), actor=actor, now=NOW), 1)


@pytest.fixture
def held(actor: Actor, planned: Seen) -> tuple[Seen, str]:
    """A session with its saving."""
    reference = sessions.hold_activity(planned, Told(TRAINED, NEW), actor=actor, now=NOW)
    assert reference is not None
    return Seen(planned.id, 3), reference


def test_what_was_planned_is_read_back_whole(session: Session, actor: Actor, planned: Seen) -> None:
    found = queries.get_activity(session, planned.id)
    assert found.plan == session_plan(officer_ids=(actor.officer_id,))
    assert (found.state, found.result, found.reference[:4]) == (State.PLANNED, None, "A26-")


def test_a_session_and_its_saving_are_recorded_together(session: Session, held: tuple[Seen, str]) -> None:
    seen, reference = held
    found = queries.get_activity(session, seen.id)
    assert (found.state, found.result, found.intervention_reference) == (State.HELD, TRAINED, reference)
    content = savings.get_current(session, reference).content
    assert (content.units, content.refreshers, content.on_date, content.ward_code) == (12, 3, DAY, WARD)
    acts = [entry.action for entry in entries_about(session, "activity", seen.id)]
    assert sorted(acts) == ["held", "planned", "saving recorded"]


def test_a_saving_that_fails_leaves_the_session_planned(session: Session, actor: Actor, planned: Seen) -> None:
    nobody = replace(TRAINED, trained=0, refreshers=0, champions=0)
    with pytest.raises(RuleViolation, match="Nothing of this activity"):
        sessions.hold_activity(planned, Told(nobody, NEW), actor=actor, now=NOW)
    assert queries.get_activity(session, planned.id).state is State.PLANNED


def test_a_corrected_session_corrects_its_saving(session: Session, actor: Actor, held: tuple[Seen, str]) -> None:
    seen, reference = held
    right = Correction(session_plan(first_day=date(2022, 5, 4)), replace(TRAINED, trained=14), "Two names were missed")
    sessions.correct_activity(seen, right, actor=actor, now=NOW)
    version = savings.get_current(session, reference)
    assert (version.number, version.content.units, version.content.on_date) == (2, 14, date(2022, 5, 4))
    assert version.reason is not None
    assert "Two names were missed" in version.reason
    (before,) = queries.corrections_of(session, seen.id)
    assert (before.before["trained"], before.before["first_day"], before.reason) == (
        12,
        "2022-05-03",
        "Two names were missed",
    )


def test_what_stood_before_a_correction_is_never_changed(
    session: Session, actor: Actor, held: tuple[Seen, str]
) -> None:
    right = Correction(session_plan(), replace(TRAINED, trained=14), "Two names were missed")
    sessions.correct_activity(held[0], right, actor=actor, now=NOW)
    for statement in (update(ActivityCorrection).values(reason="x"), delete(ActivityCorrection)):
        with pytest.raises(DBAPIError, match="stays"), session.begin_nested():
            session.execute(statement)


def test_the_saving_of_a_session_is_corrected_at_the_session_alone(
    session: Session, actor: Actor, held: tuple[Seen, str]
) -> None:
    _, reference = held
    content = savings.get_current(session, reference).content
    with pytest.raises(RuleViolation, match="comes from A26-"):
        saving.correct_intervention(
            reference, replace(content, units=13), of_version=1, reason="x", actor=actor, now=NOW
        )
    saving.correct_intervention(
        reference, replace(content, note="Said more."), of_version=1, reason="x", actor=actor, now=NOW
    )


def test_a_withdrawn_saving_can_be_recorded_again(session: Session, actor: Actor, held: tuple[Seen, str]) -> None:
    seen, reference = held
    with pytest.raises(Conflict, match="already"):
        sessions.record_saving(seen, NEW, actor=actor, now=NOW)
    saving.withdraw_intervention(reference, of_version=1, reason="By mistake", actor=actor, now=NOW)
    assert queries.get_activity(session, seen.id).intervention_reference is None
    assert [each.id for each in queries.list_activities(session, ActivityFilter(without_saving=True)).items] == [
        seen.id
    ]
    again = sessions.record_saving(Seen(seen.id, 4), NEW, actor=actor, now=NOW)
    assert again not in {None, reference}
    table = savings.savings_table(session, Q1)
    assert table.row("friends_against_scams").number == 12


def test_a_saving_that_was_there_before_is_taken_and_not_doubled(session: Session, actor: Actor, planned: Seen) -> None:
    reference = saving.record_intervention(FRIENDS, actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="says the same") as refused:
        sessions.hold_activity(planned, Told(TRAINED, NEW), actor=actor, now=NOW)
    assert refused.value.field == "saving"
    with pytest.raises(RuleViolation, match="another number"):
        sessions.hold_activity(planned, Told(replace(TRAINED, trained=11), reference), actor=actor, now=NOW)
    assert sessions.hold_activity(planned, Told(TRAINED, reference.lower()), actor=actor, now=NOW) == reference
    other = service.plan_activity(session_plan(title="Another"), actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="no such saving"):
        sessions.hold_activity(Seen(other, 1), Told(TRAINED, reference), actor=actor, now=NOW)


def test_people_of_a_session_are_not_recorded_by_themselves_again(actor: Actor, held: tuple[Seen, str]) -> None:
    with pytest.raises(RuleViolation, match="counts these people already"):
        saving.record_intervention(FRIENDS, actor=actor, now=NOW)
    saving.record_intervention(replace(FRIENDS, units=5), actor=actor, now=NOW)


def test_a_talk_is_one_saving_and_a_training_none(session: Session, actor: Actor) -> None:
    talk = service.plan_activity(session_plan(kind=ActivityKind.TALK), actor=actor, now=NOW)
    reference = sessions.hold_activity(Seen(talk, 1), Told(Result(present=31), NEW), actor=actor, now=NOW)
    assert reference is not None
    assert savings.get_current(session, reference).content.units == 1
    day = service.plan_activity(session_plan(kind=ActivityKind.COMMUNITY_DAY), actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="Nothing of this"):
        sessions.hold_activity(Seen(day, 1), Told(Result(present=31), NEW), actor=actor, now=NOW)


def test_a_campaign_keeps_its_reach_by_channel(session: Session, actor: Actor) -> None:
    plan = session_plan(kind=ActivityKind.CAMPAIGN, channels=(Channel.PRESS, Channel.WEB), ward_codes=())
    campaign = service.plan_activity(plan, actor=actor, now=NOW)
    reach = (Reach(Channel.PRESS, 30_000, "Copies printed"),)
    sessions.hold_activity(Seen(campaign, 1), Told(Result(reach=reach)), actor=actor, now=NOW)
    found = queries.get_activity(session, campaign)
    assert found.result is not None
    assert (found.result.reach, found.plan.channels) == (reach, (Channel.PRESS, Channel.WEB))
    everywhere = queries.list_activities(session, ActivityFilter(ward=WARD))
    assert [each.id for each in everywhere.items] == [campaign]


def test_steps_out_of_order_and_by_somebody_overtaken_are_refused(actor: Actor, held: tuple[Seen, str]) -> None:
    seen, _ = held
    acts: tuple[Callable[[], object], ...] = (
        lambda: sessions.hold_activity(seen, Told(TRAINED), actor=actor, now=NOW),
        lambda: service.change_plan(seen, session_plan(), actor=actor, now=NOW),
        lambda: service.cancel_activity(seen, "Snow", actor=actor, now=NOW),
    )
    for act in acts:
        with pytest.raises(Conflict, match="held"):
            act()
    right = Correction(session_plan(), TRAINED, "x")
    with pytest.raises(Conflict, match="meanwhile"):
        sessions.correct_activity(Seen(seen.id, 1), right, actor=actor, now=NOW)


def test_a_plan_is_changed_and_cancelled(session: Session, actor: Actor, planned: Seen) -> None:
    service.change_plan(planned, session_plan(title="Elsewhere", ward_codes=()), actor=actor, now=NOW)
    service.cancel_activity(Seen(planned.id, 2), "The hall is flooded", actor=actor, now=NOW)
    found = queries.get_activity(session, planned.id)
    assert (found.plan.title, found.plan.ward_codes) == ("Elsewhere", ())
    assert (found.state, found.cancelled_reason) == (State.CANCELLED, "The hall is flooded")


def test_unknown_wards_and_officers_are_refused(actor: Actor) -> None:
    for changes in ({"ward_codes": ("E1",)}, {"officer_ids": (2**31 - 1,)}):
        with pytest.raises(RuleViolation, match="There is no such"):
            service.plan_activity(session_plan(**changes), actor=actor, now=NOW)


def test_officers_who_tell_a_session_at_once_tell_it_once(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        roles = [RoleName.CASE_OFFICER]
        staff.create_officer("pat@example.org", name="Pat Example", roles=roles, password=PASSWORD, now=NOW)
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "pat@example.org"), Via.PAGE)
        made = service.plan_activity(session_plan(ward_codes=()), actor=actor, now=NOW)
        db.session.remove()

    def tell(_: int) -> bool:
        with fresh_app.app_context():
            try:
                sessions.hold_activity(Seen(made, 1), Told(TRAINED, NEW), actor=actor, now=NOW)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(8) as officers:
        assert sum(officers.map(tell, range(8))) == 1
    with fresh_app.app_context():
        assert savings.savings_table(db.session(), Q1).row("friends_against_scams").number == 12


def test_who_may_not_record_changes_nothing(planned: Seen) -> None:
    with pytest.raises(NotAllowed):
        sessions.hold_activity(planned, Told(TRAINED), actor=SERVICE, now=NOW)
