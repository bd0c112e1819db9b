"""Lists, two approvals, batches, holds, certificates: what may happen to records whose time is over."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import command_environment
from tests.evidence.conftest import arrived
from tests.retention.conftest import (
    CANARY,
    HOUR,
    NOW,
    THEN,
    Desk,
    Story,
    advice_call,
    close_case,
    closed_case,
    desk_of,
)
from tests.retention.test_canary import made
from tsalert.audit.queries import entries_about, verify_chain
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile, CaseNote, MoneyLine
from tsalert.cases.rules import NewCase, NewNote, Progress
from tsalert.cases.vocabulary import NoteKind, Status
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.periods import parse_span
from tsalert.db import db, transaction
from tsalert.evidence import service as evidence
from tsalert.evidence.rules import NewFile
from tsalert.evidence.verifying import verify_store
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.service import take_message
from tsalert.response.models import Call
from tsalert.response.vocabulary import Category, Disposition
from tsalert.retention import continuing, erasing, holding, runs
from tsalert.retention.held.entries import REMOVED
from tsalert.retention.models import ErasedRecord, ErasureItem
from tsalert.retention.reaching import table
from tsalert.retention.vocabulary import ItemState, Root, RunState
from tsalert.runs import queries as calculation_queries
from tsalert.runs import service as calculation
from tsalert.runs.rules import Question
from tsalert.savings import queries as savings_queries
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.savings.service import correct_intervention, record_intervention
from tsalert.staff.rules import RoleName

DAY = timedelta(days=1)


@pytest.fixture
def actor(officer: Callable[..., Actor]) -> Actor:
    """An officer who works on calls and cases."""
    return officer(RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER, name="Dee Example")


def state_of(session: Session, run_id: int, root: Root, key: int) -> str | None:
    mine = (ErasureItem.run_id == run_id, ErasureItem.subject == root, ErasureItem.subject_id == key)
    return session.scalar(select(ErasureItem.state).where(*mine))


def test_a_list_names_what_is_due_and_changes_nothing(session: Session, desk: Desk, actor: Actor) -> None:
    old, young = advice_call(actor), advice_call(actor, now=NOW - 700 * DAY)
    spam = advice_call(actor, now=NOW - 100 * DAY, disposition=Disposition.SPAM)
    run_id = runs.make_list(actor=desk.manager, now=NOW)
    found = {
        (each.subject_id, each.rule) for each in runs.page_of_items(session, run_id).items if each.subject == "call"
    }
    assert found == {(old, "advice_call"), (spam, "unreal_call")}
    assert young not in {key for key, _ in found}
    assert session.get_one(Call, old).caller_name == f"Ada {CANARY}"


def test_nothing_is_due_while_no_rule_is_approved(
    session: Session, officer: Callable[..., Actor], actor: Actor
) -> None:
    advice_call(actor)
    run_id = runs.make_list(actor=officer(RoleName.MANAGER), now=NOW)
    assert runs.page_of_items(session, run_id).items == []


def test_two_people_approve_and_one_of_them_is_the_data_protection_officer(
    session: Session, desk: Desk, actor: Actor, officer: Callable[..., Actor]
) -> None:
    advice_call(actor)
    run_id = runs.make_list(actor=desk.manager, now=NOW)
    with pytest.raises(NotAllowed):
        runs.approve_list(run_id, actor=actor, now=NOW)
    runs.approve_list(run_id, actor=desk.manager, now=NOW)
    with pytest.raises(Conflict, match="already"):
        runs.approve_list(run_id, actor=desk.manager, now=NOW)
    with pytest.raises(RuleViolation, match="data protection officer"):
        runs.approve_list(run_id, actor=officer(RoleName.MANAGER), now=NOW)
    with pytest.raises(Conflict, match="Two people"):
        runs.start_run(run_id, actor=desk.manager, now=NOW)
    with pytest.raises(Conflict, match="not started"):
        erasing.erase_batch(run_id, actor=desk.manager, now=NOW)
    runs.approve_list(run_id, actor=desk.protection, now=NOW)
    runs.start_run(run_id, actor=desk.manager, now=NOW)
    with pytest.raises(Conflict, match="not waiting"):
        runs.discard_list(run_id, actor=desk.manager, now=NOW)


def test_only_one_list_waits_at_a_time(session: Session, desk: Desk) -> None:
    run_id = runs.make_list(actor=desk.manager, now=NOW)
    with pytest.raises(Conflict, match="not finished"):
        runs.make_list(actor=desk.manager, now=NOW)
    runs.discard_list(run_id, actor=desk.manager, now=NOW)
    assert runs.make_list(actor=desk.manager, now=NOW) > run_id


def test_persons_go_and_facts_stay_under_the_same_key(session: Session, desk: Desk, actor: Actor) -> None:
    story = Story(actor, desk.manager)
    story.tell()
    kept = facts(session, story)
    desk.erase()
    session.expire_all()
    case = session.get_one(CaseFile, story.case_id)
    assert (case.summary, case.victim_name, case.address, case.postcode) == (REMOVED, None, None, None)
    assert facts(session, story) == kept
    assert {row.text for row in session.scalars(select(CaseNote).filter_by(case_id=story.case_id))} == {REMOVED}
    assert verify_chain(session).is_whole


def facts(session: Session, story: Story) -> list[tuple[object, ...]]:
    """Return what of a case must never change: times, grades, clocks, units and money."""
    asked = (
        select(*table("call").c["id", "reference", "line", "received_at", "ward_code", "disposition", "is_vulnerable"]),
        select(
            *table("incident").c["id", "reference", "category", "kind", "ward_code", "state", "grade_id", "closed_at"]
        ),
        select(table("incident_clock")),
        select(*table("milestone").c["id", "step", "occurred_at", "recorded_at", "source"]),
        select(*table("money_line").c["id", "kind", "amount", "on_date", "evidence", "certainty", "supersedes_id"]),
        select(
            *table("intervention").c["id", "reference", "version", "type", "on_date", "units", "prevented", "share"]
        ),
        select(*table("case_file").c["id", "reference", "category", "opened_at", "closed_at", "outcome"]),
        select(*table("evidence_file").c["id", "kind", "size", "sha256"]),
        select(*table("court_decision").c["id", "kind", "result", "amount", "on_date"]),
    )
    return [tuple(row) for query in asked for row in sorted(session.execute(query))]


def test_a_published_run_gives_the_same_digest_after_persons_were_removed(
    session: Session, desk: Desk, actor: Actor, officer: Callable[..., Actor]
) -> None:
    case_id = cases.open_case(
        NewCase("A scam.", Category.SCAM, kind="romance", victim_name=CANARY), actor=actor, now=THEN
    )
    said: Any = {"type": InterventionType.SCAM_VICTIM, "on_date": date(2022, 5, 3), "evidence": Evidence.BANK}
    for money, household in ((600, "BR9 9ZY 12"), (36_500, None)):
        new = NewIntervention(**said, prevented=Decimal(money), case_id=case_id, household_key=household, note=CANARY,
                              other_money=f"{CANARY}'s")  # fmt: skip
        record_intervention(new, actor=actor, now=THEN + 1900 * DAY)
    close_case(case_id, actor, now=THEN + 1901 * DAY)
    asked = Question(parse_span("2022/23 Q1"), "sbp-2021", "published", "whole_term")
    other = officer(RoleName.MANAGER)
    at = THEN + 1950 * DAY
    published = calculation.make_run(asked, as_of=None, note=None, actor=desk.manager, now=at)
    calculation.sign_run(published, actor=other, now=at + HOUR)
    total = calculation_queries.get_run(session, published).total
    calculation.publish_run(published, actor=other, now=at + HOUR)
    desk.erase(now=NOW + 2500 * DAY)
    session.expire_all()
    assert session.get_one(CaseFile, case_id).victim_name is None
    verdict = calculation.verify_run(published, actor=other, now=NOW + 2501 * DAY)
    assert verdict.is_same
    assert (verdict.run.records, verdict.run.total) == (2, total)


def test_what_was_counted_can_be_corrected_once_it_names_nobody_and_stays_with_its_household(
    session: Session, desk: Desk, actor: Actor
) -> None:
    new = NewIntervention(
        type=InterventionType.DOORSTEP_CRIME, on_date=THEN.date(), prevented=Decimal(500), evidence=Evidence.BANK,
        case_id=closed_case(actor),
    )  # fmt: skip
    reference = record_intervention(new, actor=actor, now=THEN + HOUR)
    desk.erase()
    session.expire_all()
    stood = savings_queries.get_current(session, reference)
    assert str(stood.content.household_key).startswith("removed-")
    right = replace(stood.content, prevented=Decimal(400))
    correct_intervention(reference, right, of_version=stood.number, reason="A smaller sum", actor=actor, now=NOW)
    assert savings_queries.get_current(session, reference).content == right


def test_texts_that_led_to_no_call_say_no_longer_whose_they_are(session: Session, desk: Desk) -> None:
    for number, (word, at) in enumerate((("STOP", THEN), ("My neighbour was robbed", THEN), ("STOP", NOW - 300 * DAY))):
        take_message(f"SM{number}", f"+44770090012{number}", word, now=at)
    run_id = desk.erase()
    session.expire_all()
    told = select(InboundMessage.provider_ref, InboundMessage.sender, InboundMessage.body)
    assert session.execute(told.order_by(InboundMessage.id)).all() == [
        ("SM0", REMOVED, REMOVED),
        ("SM1", "+447700900121", "My neighbour was robbed"),
        ("SM2", "+447700900122", "STOP"),
    ]
    assert runs.get_run(session, run_id).tally["inbound_message"] == 1
    assert take_message("SM0", "+447700900120", "STOP", now=NOW) == ""
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 3


@pytest.mark.parametrize("root", [Root.CASE, Root.INCIDENT, Root.CALL, Root.PARTY])
def test_a_hold_on_anything_keeps_everything_that_hangs_together(
    session: Session, desk: Desk, actor: Actor, root: Root
) -> None:
    story = Story(actor, desk.manager)
    story.tell()
    party = session.scalar(select(table("call_party").c.party_id).where(table("call_party").c.call_id == story.call_id))
    key = {Root.CASE: story.case_id, Root.INCIDENT: story.incident_id, Root.CALL: story.call_id, Root.PARTY: party}[
        root
    ]
    assert key is not None
    hold = holding.place_hold(root, key, reason="An appeal", review_on=date(2026, 9, 1), actor=desk.manager, now=NOW)
    run_id = desk.erase()
    item = session.scalars(select(ErasureItem).where(ErasureItem.run_id == run_id, ErasureItem.subject == "case")).one()
    assert (item.state, item.hold_id) == (ItemState.HELD, hold)
    session.expire_all()
    assert session.get_one(CaseFile, story.case_id).victim_name == f"Vi {CANARY}"
    holding.lift_hold(hold, reason="The appeal is over", actor=desk.manager, now=NOW)
    desk.erase()
    session.expire_all()
    assert session.get_one(CaseFile, story.case_id).victim_name is None


def test_a_hold_placed_after_the_approval_wins(session: Session, desk: Desk, actor: Actor) -> None:
    first, second = closed_case(actor), closed_case(actor)
    run_id = desk.started()
    holding.place_hold(Root.CASE, first, reason="New evidence", review_on=date(2026, 9, 1), actor=actor, now=NOW)
    continuing.continue_runs(NOW)
    assert state_of(session, run_id, Root.CASE, first) == ItemState.KEPT
    assert state_of(session, run_id, Root.CASE, second) == ItemState.ERASED


def test_nothing_is_held_that_was_erased(session: Session, desk: Desk, actor: Actor) -> None:
    case_id, review_on = closed_case(actor), date(2026, 9, 1)
    run_id = desk.erase()
    with pytest.raises(Conflict, match=f"erased from this record under retention run {run_id}"):
        holding.place_hold(Root.CASE, case_id, reason="An appeal", review_on=review_on, actor=actor, now=NOW)


def test_a_case_that_was_reopened_since_it_was_erased_is_held_for_what_came_in_anew(
    session: Session, desk: Desk, actor: Actor
) -> None:
    case_id, later = closed_case(actor), NOW + timedelta(days=30)
    desk.erase()
    cases.record_progress(case_id, Progress(Status.INVESTIGATING, reason="He is back"), actor=actor, now=later)
    said = {"reason": "An appeal", "review_on": date(2026, 12, 1), "actor": actor, "now": later}
    assert holding.place_hold(Root.CASE, case_id, **said)  # type: ignore[arg-type]


def test_a_case_reopened_after_the_approval_is_left_alone(session: Session, desk: Desk, actor: Actor) -> None:
    case_id = closed_case(actor)
    run_id = desk.started()
    cases.record_progress(case_id, Progress(Status.INVESTIGATING, reason="He is back"), actor=actor, now=NOW)
    continuing.continue_runs(NOW)
    assert state_of(session, run_id, Root.CASE, case_id) == ItemState.KEPT
    assert session.get_one(CaseFile, case_id).victim_name == f"Vi {CANARY}"


def test_what_became_due_after_the_approval_waits_for_the_next_list(session: Session, desk: Desk, actor: Actor) -> None:
    closed_case(actor)
    run_id = desk.started()
    late = closed_case(actor)
    continuing.continue_runs(NOW)
    assert runs.get_run(session, run_id).state == RunState.DONE
    assert session.get_one(CaseFile, late).victim_name == f"Vi {CANARY}"


def test_who_waits_for_an_answer_on_what_is_held_loses_nothing(session: Session, desk: Desk, actor: Actor) -> None:
    call_id = advice_call(actor)
    linked = table("call_party")
    party = session.scalar(select(linked.c.party_id).where(linked.c.call_id == call_id))
    asked = {"reference": "A26-00001-T", "name": CANARY, "party_id": party, "received_on": date(2026, 6, 1),
             "due_on": date(2026, 7, 1), "recorded_at": NOW}  # fmt: skip
    session.execute(insert(table("access_request")).values(asked))
    session.commit()
    run_id = desk.erase()
    assert state_of(session, run_id, Root.CALL, call_id) == ItemState.HELD


def test_a_person_whom_a_living_record_names_keeps_their_name_and_the_old_record_loses_it(
    session: Session, desk: Desk, actor: Actor
) -> None:
    story = Story(actor, desk.manager)
    story.tell()
    accused = table("defendant")
    party = session.scalar(select(accused.c.party_id))
    young = advice_call(actor, now=NOW)
    with transaction() as step:
        step.execute(insert(table("call_party")).values(call_id=young, role="trader", party_id=party, received_at=NOW))
    desk.erase()
    names = session.scalars(select(table("party_name").c.name).where(table("party_name").c.party_id == party)).all()
    assert names == [f"Ro {CANARY} (invented)"]
    stands_in = session.scalar(select(accused.c.party_id))
    assert stands_in != party
    assert session.scalar(select(table("party").c.name).where(table("party").c.id == stands_in)) is None


def test_a_certificate_counts_what_went_and_names_nobody(session: Session, desk: Desk, actor: Actor) -> None:
    Story(actor, desk.manager).tell()
    run = runs.get_run(session, desk.erase())
    assert run.certificate is not None
    assert run.certificate["records"]["prosecution"] == {"erased": 1}
    assert run.certificate["removed"]["files"] == 2
    assert [each["as_data_protection_officer"] for each in run.certificate["approvals"]] == [False, True]
    assert CANARY not in str(run.certificate)
    assert [entry.action for entry in entries_about(session, "retention run", run.id)][-1] == "certified"


def test_a_file_whose_time_is_over_leaves_the_disk_and_its_row_says_which_run_did_it(
    session: Session, desk: Desk, actor: Actor
) -> None:
    case_id = cases.open_case(NewCase("A", Category.SCAM, kind="romance"), actor=actor, now=THEN)
    file_id = evidence.add_file(case_id, NewFile(), arrived(), actor=actor, now=THEN)
    close_case(case_id, actor, now=THEN + HOUR)
    run_id = desk.erase()
    verdict = verify_store(session, lambda _: None)
    assert [gone.problem for gone in verdict.removed] == [f"it was removed under retention run {run_id}"]
    assert verdict.faults == []
    with pytest.raises(NotFound, match=f"retention run {run_id}"):
        evidence.open_file(case_id, file_id, actor=actor, now=NOW)


def test_old_entries_of_the_trail_give_way_to_a_signed_checkpoint(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        officer = made(RoleName.CASE_OFFICER, name="Dee E")
        for _ in range(3):
            advice_call(officer)
        db.session.commit()
        entry = table("audit_event")
        before = verify_chain(db.session()).length
        with pytest.raises(DBAPIError):
            db.session.execute(text("DELETE FROM audit_event"))
        db.session.rollback()
        desk = desk_of(made)
        desk.erase()
        first = db.session.scalar(select(func.min(entry.c.id)))
        assert first is not None
        assert first > before
        verdict = verify_chain(db.session())
        assert verdict.is_whole
        assert verdict.length >= first
        db.session.execute(
            insert(table("audit_checkpoint")).values(length=first, seal="0" * 64, made_at=NOW, signature="")
        )
        assert verify_chain(db.session()).broken_at == 1
        db.session.rollback()


def test_a_correction_of_history_is_refused_while_no_erasing_is_under_way(
    session: Session, desk: Desk, actor: Actor
) -> None:
    Story(actor, desk.manager).tell()
    for change in (
        update(CaseNote).values(text="Other words"),
        update(MoneyLine).values(note="Other words"),
        update(table("evidence_file")).values(sha256="0"),
        update(table("fact_change")).values(was="Other words"),
        update(table("custody_event")).values(occurred_at=NOW),
        update(table("defendant")).values(party_id=1),
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(change)


def test_facts_stay_even_inside_an_erasing_transaction(session: Session, desk: Desk, actor: Actor) -> None:
    closed_case(actor)
    case_id = cases.open_case(NewCase("A", Category.SCAM, kind="romance"), actor=actor, now=NOW)
    cases.add_note(case_id, NewNote(NoteKind.FACT, CANARY), actor=actor, now=NOW)
    run_id = desk.started()
    session.execute(insert(table("erasure_under_way")).values(id=1, never=2, run_id=run_id))
    session.execute(update(CaseNote).values(text=REMOVED))
    for change in (
        update(CaseNote).values(text=REMOVED, kind="opinion"),
        update(CaseNote).values(occurred_at=NOW - DAY),
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(change)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("DELETE FROM case_note"))


def test_no_erasing_begins_without_a_started_run(session: Session, desk: Desk, actor: Actor) -> None:
    closed_case(actor)
    run_id = desk.approved()
    with pytest.raises(DBAPIError, match="stays as it was recorded"), session.begin_nested():
        session.execute(insert(table("erasure_under_way")).values(id=1, never=2, run_id=run_id))


def test_the_mark_of_an_erasing_transaction_cannot_outlive_it(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        desk = desk_of(made)
        closed_case(made(RoleName.CASE_OFFICER, name="Dee E"))
        run_id = desk.started()
        with pytest.raises(IntegrityError):
            leave_the_mark(run_id)
        assert db.session.scalar(select(CaseFile.summary)) != "Gone"


def leave_the_mark(run_id: int) -> None:
    """Change a record in an erasing transaction that is left without an end."""
    with transaction() as session:
        session.execute(insert(table("erasure_under_way")).values(id=1, never=2, run_id=run_id))
        session.execute(update(CaseFile).values(summary="Gone"))


def test_a_run_killed_in_the_middle_goes_on_where_it_was(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        desk = desk_of(made)
        actor = made(RoleName.CASE_OFFICER, name="Dee E")
        for _ in range(3 * erasing.BATCH):
            advice_call(actor)
        run_id = desk.started()
        db.session.commit()
        db.session.remove()
        killed_after_a_batch(fresh_app, run_id)
        erased = db.session.scalar(select(func.count()).where(ErasedRecord.subject == "call")) or 0
        assert erased % erasing.BATCH == 0
        db.session.commit()
        while erasing.erase_batch(run_id, actor=SERVICE, now=NOW):
            pass
        assert db.session.scalar(select(func.count()).where(ErasedRecord.subject == "call")) == 3 * erasing.BATCH
        run = runs.get_run(db.session(), run_id)
        assert run.tally["call"] == 3 * erasing.BATCH
        assert verify_chain(db.session()).is_whole
        db.session.commit()


def killed_after_a_batch(app: Flask, run_id: int) -> None:
    """Let another process carry a run out, and kill it as soon as something is erased."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "retention", "run", str(run_id)],
        env=command_environment(app), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None:
        if db.session.scalar(select(func.count()).select_from(ErasedRecord)):
            os.kill(process.pid, signal.SIGKILL)
        db.session.rollback()
        time.sleep(0.01)  # until the other process has begun
    process.wait()
