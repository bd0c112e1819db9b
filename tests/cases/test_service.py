"""Opening cases and writing in them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.asked import statements
from tests.cases.conftest import OPENED, add_incident, described
from tsalert.audit import queries as audit_queries
from tsalert.cases import listing, queries, service
from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.cases.rules import NewCase, NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import Evidence, Impact, Method, MoneyKind, NoteKind, Outcome, Status, WaitingFor
from tsalert.core.actors import SERVICE, Actor, Via
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.db import db
from tsalert.response import queries as response
from tsalert.response.vocabulary import Category
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.tiers import queries as tiers

Opener = Callable[..., int]
PAID = NewMoneyLine(MoneyKind.PAID, Decimal("4000.00"))


def test_a_case_gets_a_reference_and_its_officer(session: Session, open_case: Opener, actor: Actor) -> None:
    case = queries.get_case(session, open_case())
    assert case.reference.startswith("D26-")
    assert (case.status, case.officer_id, case.opened_at) == (Status.OPEN, actor.officer_id, OPENED)


def test_a_case_takes_over_what_its_incident_says(
    session: Session, open_case: Opener, incident: Callable[..., int]
) -> None:
    incident_id = incident()
    case_id = open_case(category=None, kind=None, incident_id=incident_id)
    case = queries.get_case(session, case_id)
    assert (case.category, case.kind) == (Category.DOORSTEP_CRIME, "roofing")
    assert (case.address, case.postcode) == ("12 Example Road", "BR1 3UH")
    assert queries.incident_ids(session, case_id) == [incident_id]


def test_what_the_officer_says_wins_over_the_incident(
    session: Session, open_case: Opener, incident: Callable[..., int]
) -> None:
    case_id = open_case(category=Category.SCAM, kind=None, address="1 Other Road", incident_id=incident())
    case = queries.get_case(session, case_id)
    assert (case.category, case.kind, case.address) == (Category.SCAM, "other", "1 Other Road")


def test_an_incident_has_one_case_and_the_second_try_names_it(
    session: Session, open_case: Opener, incident: Callable[..., int]
) -> None:
    incident_id = incident()
    first = queries.get_case(session, open_case(incident_id=incident_id)).reference
    with pytest.raises(Conflict, match=first):
        open_case(incident_id=incident_id)
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 1, "nothing half-written"


def test_two_officers_at_once_open_one_case_for_an_incident(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        staff.create_officer(
            "two@example.org", name="Two Example", roles=[RoleName.CASE_OFFICER], password=None, now=OPENED
        )
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "two@example.org"), Via.PAGE)
        incident_id = add_incident(db.session())

    def attempt(_: int) -> str:
        with fresh_app.app_context():
            try:
                service.open_case(described(incident_id=incident_id), actor=actor, now=OPENED)
            except Conflict as error:
                return error.message
            return "opened"

    with ThreadPoolExecutor(4) as officers:
        answers = sorted(officers.map(attempt, range(4)))
    assert answers[-1] == "opened"
    assert len(set(answers[:-1])) == 1, "the others are told of the one case"
    assert "belongs to D26-" in answers[0]
    with fresh_app.app_context():
        assert db.session().scalar(select(func.count()).select_from(CaseFile)) == 1


def test_the_incidents_of_a_case_are_read_at_once(
    session: Session, open_case: Opener, incident: Callable[..., int], actor: Actor
) -> None:
    first, *further = incident(), incident(), incident()
    case_id, asked = open_case(incident_id=first), []
    for each in further:
        service.link_incident(case_id, each, actor=actor, now=OPENED)
        with statements() as found:
            told = queries.incidents_of(session, case_id)
        asked.append(len(found))
    assert told == [response.get_incident(session, each) for each in (first, *further)]
    assert asked[1] == asked[0]


def test_a_case_grows_out_of_several_incidents(
    session: Session, open_case: Opener, incident: Callable[..., int], actor: Actor
) -> None:
    first, second = incident(), incident()
    case_id = open_case(incident_id=first)
    for _ in range(2):
        service.link_incident(case_id, second, actor=actor, now=OPENED)
    assert queries.incident_ids(session, case_id) == [first, second]


def test_an_incident_of_another_case_is_not_taken_over(
    session: Session, open_case: Opener, incident: Callable[..., int], actor: Actor
) -> None:
    incident_id = incident()
    owner = queries.get_case(session, open_case(incident_id=incident_id)).reference
    other = open_case()
    with pytest.raises(Conflict, match=owner):
        service.link_incident(other, incident_id, actor=actor, now=OPENED)


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**63 - 1, 2**63, 10**30])
def test_an_incident_that_does_not_exist_opens_no_case(session: Session, open_case: Opener, number: int) -> None:
    with pytest.raises(NotFound):
        open_case(incident_id=number)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"category": None}, "category", id="without-category-or-incident"),
        pytest.param({"kind": "romance"}, "kind", id="a-scams-type-in-a-doorstep-case"),
        pytest.param({"opened_at": OPENED + timedelta(hours=1)}, "opened_at", id="opened-in-an-hour"),
        pytest.param({"officer_id": 999_999}, "officer_id", id="an-officer-who-is-none"),
    ],
)
def test_a_case_that_does_not_fit_is_refused(open_case: Opener, changes: dict[str, object], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        open_case(**changes)
    assert refused.value.field == field


def test_an_administrator_opens_no_case(officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        service.open_case(described(), actor=officer(RoleName.ADMINISTRATOR), now=OPENED)


def test_a_case_is_set_right_and_the_trail_names_the_fields_alone(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case(victim_name="Ada Example")
    amended = NewCase(
        summary="It was a clairvoyant.", category=Category.SCAM, kind="clairvoyant", victim_name="A Example"
    )
    service.amend_case(case_id, amended, actor=actor, now=OPENED)
    case = queries.get_case(session, case_id)
    assert (case.category, case.kind, case.victim_name) == (Category.SCAM, "clairvoyant", "A Example")
    entry = audit_queries.entries_about(session, "case", case_id)[-1]
    assert (entry.action, entry.detail) == ("amended", {"fields": "category, kind, summary, victim_name"})


def test_a_type_goes_with_its_category(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case(kind="roofing")
    service.amend_case(case_id, NewCase("A scam after all", Category.SCAM), actor=actor, now=OPENED)
    assert queries.get_case(session, case_id).kind == "other"


def test_setting_right_nothing_leaves_no_trace(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    service.amend_case(case_id, replace(described(), opened_at=None), actor=actor, now=OPENED + timedelta(days=3))
    assert queries.get_case(session, case_id).opened_at == OPENED
    assert [entry.action for entry in audit_queries.entries_about(session, "case", case_id)] == [
        "opened",
        "put on the case",
    ]


def test_a_case_runs_its_course_and_is_closed(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    for step in (
        Progress(Status.INVESTIGATING, waiting_for=WaitingFor.VICTIM),
        Progress(Status.DECISION),
        Progress(Status.ACTION, waiting_for=WaitingFor.LEGAL),
        Progress(Status.CLOSED, WaitingFor.LEGAL, Outcome.PROSECUTION, Impact.ABLE_TO_STAY_AT_HOME),
    ):
        service.record_progress(case_id, step, actor=actor, now=OPENED)
    case = queries.get_case(session, case_id)
    assert (case.status, case.outcome, case.impact) == ("closed", "prosecution", "able_to_stay_at_home")
    assert case.closed_at == OPENED
    assert case.waiting_for is None, "a closed case waits for nobody"


def test_a_closed_case_can_only_be_read(
    session: Session, open_case: Opener, actor: Actor, incident: Callable[..., int]
) -> None:
    case_id, incident_id = open_case(), incident()
    service.record_progress(case_id, Progress(Status.CLOSED, outcome=Outcome.NO_OFFENCE), actor=actor, now=OPENED)
    note = NewNote(NoteKind.FACT, "Too late")
    for attempt in (
        lambda: service.record_money(case_id, PAID, actor=actor, now=OPENED),
        lambda: service.add_note(case_id, note, actor=actor, now=OPENED),
        lambda: service.link_incident(case_id, incident_id, actor=actor, now=OPENED),
        lambda: service.amend_case(case_id, described(), actor=actor, now=OPENED),
    ):
        with pytest.raises(Conflict, match="closed") as refused:
            attempt()
        assert refused.value.legal == ("reopen the case and give a reason",)


def test_a_case_is_reopened_for_a_reason_that_stays_in_its_log(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case()
    service.record_progress(case_id, Progress(Status.CLOSED, outcome=Outcome.ADVICE_GIVEN), actor=actor, now=OPENED)
    reopening = Progress(Status.INVESTIGATING, reason="A second victim came forward")
    service.record_progress(case_id, reopening, actor=actor, now=OPENED)
    case = queries.get_case(session, case_id)
    assert (case.status, case.closed_at, case.outcome) == (Status.INVESTIGATING, None, Outcome.ADVICE_GIVEN)
    (note,) = queries.notes(session, case_id)
    assert (note.kind, note.text) == (NoteKind.DECISION, "Reopened: A second victim came forward")


def test_money_is_exact_and_detriment_is_what_was_paid(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    for kind, amount in [("demanded", "9000"), ("paid", "0.10"), ("paid", "0.20"), ("refunded_by_bank", "0.30")]:
        service.record_money(case_id, NewMoneyLine(MoneyKind(kind), Decimal(amount)), actor=actor, now=OPENED)
    totals = queries.ledger(session, case_id).totals
    assert totals.detriment == Decimal("0.30")
    assert totals.net_detriment == 0


def test_a_correction_takes_a_lines_place_and_both_stay(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    wrong = service.record_money(case_id, PAID, actor=actor, now=OPENED)
    right = NewMoneyLine(MoneyKind.PAID, Decimal("400.00"), supersedes=wrong)
    service.record_money(case_id, right, actor=actor, now=OPENED)
    ledger = queries.ledger(session, case_id)
    assert [line.amount for line in ledger.lines] == [Decimal(4000), Decimal(400)]
    assert ledger.totals.detriment == Decimal(400)
    with pytest.raises(Conflict, match="corrected already"):
        service.record_money(case_id, right, actor=actor, now=OPENED)


@pytest.mark.parametrize("kind", [MoneyKind.REFUNDED_BY_BANK, MoneyKind.RECOVERED, MoneyKind.COMPENSATION_PAID])
def test_no_more_comes_back_than_was_paid_and_the_sentence_says_both(
    session: Session, open_case: Opener, actor: Actor, kind: MoneyKind
) -> None:
    case_id = open_case()
    service.record_money(case_id, replace(PAID, amount=Decimal("4000.50")), actor=actor, now=OPENED)
    service.record_money(case_id, NewMoneyLine(MoneyKind.RECOVERED, Decimal(1000)), actor=actor, now=OPENED)
    for amount in (Decimal(9_000_000), Decimal("3000.51")):
        with pytest.raises(
            RuleViolation, match=r"£4,000\.50 was paid in this case and £1,000 has come back"
        ) as refused:
            service.record_money(case_id, NewMoneyLine(kind, amount), actor=actor, now=OPENED)
        assert refused.value.field == "amount"
    service.record_money(case_id, NewMoneyLine(kind, Decimal("3000.50")), actor=actor, now=OPENED)
    assert queries.ledger(session, case_id).totals.net_detriment == 0


def test_a_payment_is_not_corrected_below_what_came_back_but_a_refund_may_be(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case()
    paid = service.record_money(case_id, PAID, actor=actor, now=OPENED)
    refund = NewMoneyLine(MoneyKind.REFUNDED_BY_BANK, Decimal(3000))
    back = service.record_money(case_id, refund, actor=actor, now=OPENED)
    lower = NewMoneyLine(MoneyKind.PAID, Decimal("2999.99"), supersedes=paid)
    for wrong in (lower, replace(lower, amount=Decimal(0)), replace(lower, kind=MoneyKind.DEMANDED)):
        with pytest.raises(RuleViolation, match=r"£4,000 was paid in this case and £3,000 has come back"):
            service.record_money(case_id, wrong, actor=actor, now=OPENED)
    service.record_money(case_id, replace(refund, amount=Decimal(2000), supersedes=back), actor=actor, now=OPENED)
    service.record_money(case_id, lower, actor=actor, now=OPENED)
    assert queries.ledger(session, case_id).totals.net_detriment == Decimal("999.99")


def test_a_case_from_before_the_rule_can_be_set_right_step_by_step(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case()
    service.record_money(case_id, replace(PAID, amount=Decimal(100)), actor=actor, now=OPENED)
    refund = NewMoneyLine(MoneyKind.REFUNDED_BY_BANK, Decimal(9000))
    row = MoneyLine(case_id=case_id, kind=refund.kind, amount=refund.amount, recorded_at=OPENED)
    row.evidence, row.certainty = refund.evidence, refund.certainty
    session.add(row)
    session.commit()
    back = row.id
    service.record_money(case_id, NewMoneyLine(MoneyKind.DEMANDED, Decimal(9000)), actor=actor, now=OPENED)
    service.record_money(case_id, replace(refund, amount=Decimal(500), supersedes=back), actor=actor, now=OPENED)
    with pytest.raises(RuleViolation):
        service.record_money(case_id, replace(refund, amount=Decimal(1)), actor=actor, now=OPENED)


def test_a_line_of_another_case_cannot_be_corrected(session: Session, open_case: Opener, actor: Actor) -> None:
    line = service.record_money(open_case(), PAID, actor=actor, now=OPENED)
    other = open_case()
    for number in (line, 0, 2**31, 2**70):
        with pytest.raises(NotFound, match="no such money line"):
            service.record_money(other, replace(PAID, supersedes=number), actor=actor, now=OPENED)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(replace(PAID, amount=Decimal(0)), id="nought"),
        pytest.param(replace(PAID, amount=Decimal(-1)), id="negative"),
        pytest.param(replace(PAID, amount=Decimal("0.001")), id="a-fraction-of-a-penny"),
        pytest.param(replace(PAID, amount=Decimal(10**9)), id="a-thousand-million"),
        pytest.param(replace(PAID, on_date=date(2026, 6, 11)), id="tomorrow"),
    ],
)
def test_money_that_cannot_be_is_refused_and_nothing_is_written(
    session: Session, open_case: Opener, actor: Actor, line: NewMoneyLine
) -> None:
    case_id = open_case()
    with pytest.raises(RuleViolation):
        service.record_money(case_id, line, actor=actor, now=OPENED)
    assert session.scalar(select(func.count()).select_from(MoneyLine)) == 0


def test_the_log_keeps_when_it_happened_and_when_it_was_written_down(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id, happened = open_case(), datetime(2026, 6, 9, 8, 15, tzinfo=UTC)
    service.add_note(case_id, NewNote(NoteKind.HEARSAY, "The neighbour saw a van.", happened), actor=actor, now=OPENED)
    (note,) = queries.notes(session, case_id)
    assert (note.kind, note.occurred_at, note.recorded_at) == (NoteKind.HEARSAY, happened, OPENED)
    late = NewNote(NoteKind.FACT, "From tomorrow", OPENED + timedelta(days=1))
    with pytest.raises(RuleViolation, match="not come"):
        service.add_note(case_id, late, actor=actor, now=OPENED)


def test_an_entry_is_superseded_for_a_reason_and_both_stay(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    first = service.add_note(case_id, NewNote(NoteKind.FACT, "A white van"), actor=actor, now=OPENED)
    right = NewNote(NoteKind.HEARSAY, "The neighbour says: a white van", supersedes=first, reason="Nobody of us saw it")
    second = service.add_note(case_id, right, actor=actor, now=OPENED + timedelta(days=2))
    assert queries.get_note(session, case_id, second).occurred_at == OPENED, "it happened when it happened"
    assert [(each.id, each.text) for each in queries.notes(session, case_id)] == [
        (first, "A white van"),
        (second, "The neighbour says: a white van"),
    ]
    assert queries.superseding_notes(session, case_id) == {first: second}
    with pytest.raises(Conflict, match="superseded already"):
        service.add_note(case_id, right, actor=actor, now=OPENED)
    assert audit_queries.entries_about(session, "case", case_id)[-1].detail["supersedes"] == first


@pytest.mark.parametrize(
    "changes",
    [pytest.param({"reason": None}, id="without-a-reason"), pytest.param({"supersedes": None}, id="a-reason-alone")],
)
def test_nothing_is_superseded_without_a_reason(
    session: Session, open_case: Opener, actor: Actor, changes: dict[str, None]
) -> None:
    case_id = open_case()
    first = service.add_note(case_id, NewNote(NoteKind.FACT, "A white van"), actor=actor, now=OPENED)
    later = NewNote(NoteKind.FACT, "A blue van", supersedes=first, reason="It was blue")
    with pytest.raises(RuleViolation) as refused:
        service.add_note(case_id, replace(later, **changes), actor=actor, now=OPENED)
    assert refused.value.field == "reason"
    assert len(queries.notes(session, case_id)) == 1


def test_an_entry_of_another_case_is_not_superseded(session: Session, open_case: Opener, actor: Actor) -> None:
    first = service.add_note(open_case(), NewNote(NoteKind.FACT, "A white van"), actor=actor, now=OPENED)
    other = open_case()
    for number in (first, 0, 2**70):
        with pytest.raises(NotFound, match="no such entry"):
            service.add_note(other, NewNote(NoteKind.FACT, "A", supersedes=number, reason="B"), actor=actor, now=OPENED)


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE case_note SET text = 'He confessed'",
        "UPDATE case_note SET occurred_at = recorded_at",
        "DELETE FROM case_note",
        "UPDATE money_line SET amount = 1",
        "DELETE FROM money_line",
    ],
)
def test_the_database_itself_refuses_to_change_log_and_money(
    session: Session, open_case: Opener, actor: Actor, act: str
) -> None:
    case_id = open_case()
    service.add_note(case_id, NewNote(NoteKind.FACT, "Two men"), actor=actor, now=OPENED)
    service.record_money(case_id, PAID, actor=actor, now=OPENED)
    with pytest.raises(DBAPIError, match="stays as it was written"), session.begin_nested():
        session.execute(text(act))


GARDENERS = [Decimal(each) for each in (60, 180, 400, 950, 1200, 1500, 1750, 1800, 2000, 2100, 2200, 2250, 2250)]


def test_the_gardeners_case_is_recorded_line_by_line_and_reads_so(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case(kind="gardening")
    for visit, amount in enumerate(GARDENERS, start=1):
        line = NewMoneyLine(MoneyKind.PAID, amount, method=Method.CASH, on_date=date(2026, 5, visit), visit=visit)
        service.record_money(case_id, line, actor=actor, now=OPENED)
    worth = NewMoneyLine(MoneyKind.VALUATION, Decimal(1600), Evidence.VALUER)
    service.record_money(case_id, worth, actor=actor, now=OPENED)
    ledger = queries.ledger(session, case_id)
    assert ledger.charge == "charged £18,640 for work worth £1,600 over 13 visits"
    assert (ledger.totals.detriment, ledger.totals.net_detriment) == (Decimal(18640), Decimal(18640))


def test_the_sentence_follows_corrections_and_counts_each_visit_once(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case()
    assert queries.ledger(session, case_id).charge is None
    for visit in (1, 2, 2, None):
        service.record_money(case_id, replace(PAID, amount=Decimal(100), visit=visit), actor=actor, now=OPENED)
    assert queries.ledger(session, case_id).charge is None, "nobody valued the work yet"
    service.record_money(case_id, NewMoneyLine(MoneyKind.VALUATION, Decimal(50)), actor=actor, now=OPENED)
    assert queries.ledger(session, case_id).charge == "charged £400 for work worth £50 over 2 visits"
    second = queries.ledger(session, case_id).lines[0]
    service.record_money(case_id, replace(PAID, visit=2, supersedes=second.id), actor=actor, now=OPENED)
    assert queries.ledger(session, case_id).charge == "charged £4,300 for work worth £50 on one visit"


@pytest.mark.parametrize("visit", [0, -1, 1001])
def test_visits_are_counted_from_one(open_case: Opener, actor: Actor, visit: int) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.record_money(open_case(), replace(PAID, visit=visit), actor=actor, now=OPENED)
    assert refused.value.field == "visit"


def test_whoever_runs_a_case_is_on_it_and_stays_when_another_takes_over(
    session: Session, open_case: Opener, actor: Actor, officer: Callable[..., Actor]
) -> None:
    case_id = open_case()
    other = officer().officer_id
    service.amend_case(case_id, replace(described(), officer_id=other), actor=actor, now=OPENED)
    assert tiers.officers_on(session, case_id) == [actor.officer_id, other]


def test_every_change_leaves_an_entry_without_personal_data(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case(victim_name="Ada Example", address="12 Example Road")
    service.record_money(case_id, PAID, actor=actor, now=OPENED)
    service.add_note(case_id, NewNote(NoteKind.FACT, "Ada Example keeps cash"), actor=actor, now=OPENED)
    service.record_progress(case_id, Progress(Status.INVESTIGATING), actor=actor, now=OPENED)
    entries = audit_queries.entries_about(session, "case", case_id)
    told = ["opened", "put on the case", "role given", "money recorded", "note added", "status changed"]
    assert [entry.action for entry in entries] == told
    assert "Example" not in str([entry.detail for entry in entries])
    assert audit_queries.verify_chain(session).is_whole


def test_cases_are_listed_latest_first_page_by_page(session: Session, open_case: Opener) -> None:
    times = [OPENED, OPENED - timedelta(days=2), OPENED, OPENED - timedelta(days=1)]
    by_time = sorted([(at, open_case(now=at)) for at in times], reverse=True)
    seen: list[int] = []
    after: str | None = None
    while True:
        page = listing.list_cases(session, listing.CaseFilter(), reader=SERVICE, now=OPENED, after=after, size=2)
        seen += [case.id for case in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [case_id for _, case_id in by_time]


def test_a_list_shows_what_was_asked_for(session: Session, open_case: Opener) -> None:
    open_case()
    scam = open_case(category=Category.SCAM, kind="romance")
    wanted = listing.CaseFilter(category=Category.SCAM, status=Status.OPEN)
    page = listing.list_cases(session, wanted, reader=SERVICE, now=OPENED)
    assert [case.id for case in page.items] == [scam]
