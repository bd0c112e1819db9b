"""Offences, actions and contracts of a case; what was wrong is taken back, nothing is changed."""

from collections.abc import Callable
from datetime import date

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.enforcement.conftest import BANNED, FRAUD, NOW
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.cases.rules import Progress
from tsalert.cases.vocabulary import Outcome, Status
from tsalert.core.actors import Actor
from tsalert.core.clock import london_midnight
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.enforcement import queries, service
from tsalert.enforcement.models import TakenBack
from tsalert.enforcement.queries import Whose
from tsalert.enforcement.rules import NewAction, NewCancellation, TakingBack
from tsalert.enforcement.vocabulary import ActionKind, ContractKind, Place, Record
from tsalert.staff.rules import RoleName

ROOF = NewCancellation("A new roof", ContractKind.SERVICE, Place.OFF_PREMISES, date(2026, 3, 2))
WARNED = NewAction(ActionKind.WARNING, date(2026, 5, 4), "No paperwork was given.", trader="An invented roofer")


def test_an_offence_is_kept_with_the_last_day_to_prosecute_it(session: Session, case_id: int, actor: Actor) -> None:
    service.record_offence(case_id, FRAUD, actor=actor, now=NOW)
    service.record_offence(case_id, BANNED, actor=actor, now=NOW)
    fraud, banned = queries.recorded(session, case_id).offences
    assert (fraud.expires_on, banned.expires_on) == (None, date(2027, 3, 31))
    assert (banned.recorded_by, banned.recorded_at) == (actor.officer_id, NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"conduct_from": date(1899, 12, 31)}, "conduct_from", id="before-1900"),
        pytest.param({"conduct_to": date(2026, 1, 4)}, "conduct_to", id="ends-before-it-begins"),
        pytest.param({"conduct_to": date(2026, 6, 11)}, "conduct_to", id="tomorrow"),
        pytest.param({"discovered_on": date(2026, 1, 4)}, "discovered_on", id="discovered-before-it-began"),
        pytest.param({"discovered_on": None}, "discovered_on", id="nobody-said-when"),
        pytest.param({"offence": "cprs_banned"}, "offence", id="a-law-that-had-gone"),
        pytest.param({"offence": "piracy"}, "offence", id="no-offence-of-ours"),
    ],
)
def test_an_offence_that_cannot_be_is_refused(
    session: Session, case_id: int, actor: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.record_offence(case_id, replace(BANNED, **changes), actor=actor, now=NOW)
    assert refused.value.field == field
    assert queries.recorded(session, case_id).offences == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"on_date": date(1850, 1, 1)}, "on_date", id="long-ago"),
        pytest.param({"on_date": date(2026, 6, 11)}, "on_date", id="tomorrow"),
        pytest.param({"binds_until": date(2027, 1, 1)}, "binds_until", id="a-warning-binds-nobody"),
        pytest.param(
            {"kind": ActionKind.UNDERTAKING, "binds_until": date(2026, 5, 3)}, "binds_until", id="ends-before-it-began"
        ),
    ],
)
def test_an_action_that_cannot_be_is_refused(
    case_id: int, actor: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.record_action(case_id, replace(WARNED, **changes), actor=actor, now=NOW)
    assert refused.value.field == field


@pytest.mark.parametrize("kind", ActionKind)
def test_every_kind_of_action_is_recorded(session: Session, case_id: int, actor: Actor, kind: ActionKind) -> None:
    service.record_action(case_id, replace(WARNED, kind=kind), actor=actor, now=NOW)
    (row,) = queries.recorded(session, case_id).actions
    assert (row.kind, row.on_date, row.trader) == (kind, date(2026, 5, 4), "An invented roofer")


def test_a_contract_without_notice_can_be_cancelled_for_a_year_more(
    session: Session, case_id: int, actor: Actor
) -> None:
    service.record_cancellation(case_id, replace(ROOF, cancelled_on=date(2026, 6, 1)), actor=actor, now=NOW)
    (row,) = queries.recorded(session, case_id).cancellations
    assert queries.period_of(row).last_day == date(2027, 3, 16)


@pytest.mark.parametrize(
    ("today", "is_told"),
    [
        (date(2026, 2, 12), False),
        (date(2026, 2, 13), True),
        (date(2026, 3, 16), True),
        (date(2026, 3, 17), False),
    ],
)
def test_a_contract_that_can_be_cancelled_for_a_month_at_most_is_told(
    session: Session, case_id: int, actor: Actor, today: date, *, is_told: bool
) -> None:
    told = replace(ROOF, notice_on=ROOF.made_on)
    service.record_cancellation(case_id, told, actor=actor, now=NOW)
    service.record_cancellation(case_id, replace(told, cancelled_on=date(2026, 3, 5)), actor=actor, now=NOW)
    gone = service.record_cancellation(case_id, told, actor=actor, now=NOW)
    service.take_back(case_id, TakingBack(Record.CANCELLATION, gone, "Written twice"), actor=actor, now=NOW)
    at = london_midnight(today)
    found = queries.cancellable(session, Whose(at, actor.officer_id))
    assert [each.last_day for each in found] == [date(2026, 3, 16)] * is_told
    assert queries.cancellable(session, Whose(at, 999_999)) == []


def test_a_contract_cancelled_later_takes_the_place_of_its_earlier_record(
    session: Session, case_id: int, open_case: Callable[..., int], actor: Actor
) -> None:
    first = service.record_cancellation(case_id, replace(ROOF, notice_on=ROOF.made_on), actor=actor, now=NOW)
    later = replace(ROOF, notice_on=ROOF.made_on, cancelled_on=date(2026, 3, 5), supersedes=first)
    service.record_cancellation(case_id, later, actor=actor, now=NOW)
    found = queries.recorded(session, case_id)
    assert [(row.cancelled_on, found.why_taken_back(Record.CANCELLATION, row.id)) for row in found.cancellations] == [
        (None, service.SUPERSEDED),
        (date(2026, 3, 5), None),
    ]
    with pytest.raises(Conflict, match="taken back already"):
        service.record_cancellation(case_id, later, actor=actor, now=NOW)
    with pytest.raises(NotFound):
        service.record_cancellation(open_case(), later, actor=actor, now=NOW)
    assert len(queries.recorded(session, case_id).cancellations) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"made_on": date(1899, 1, 1)}, "made_on", id="before-1900"),
        pytest.param({"made_on": date(2013, 1, 1)}, "made_on", id="before-the-regulations"),
        pytest.param({"cancelled_on": date(2026, 3, 1)}, "cancelled_on", id="cancelled-before-it-was-made"),
        pytest.param({"notice_on": date(2026, 6, 11)}, "notice_on", id="told-tomorrow"),
    ],
)
def test_a_contract_that_cannot_be_is_refused(
    case_id: int, actor: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.record_cancellation(case_id, replace(ROOF, **changes), actor=actor, now=NOW)
    assert refused.value.field == field


def test_a_record_is_taken_back_once_with_its_reason_and_stays(session: Session, case_id: int, actor: Actor) -> None:
    wrong = service.record_offence(case_id, BANNED, actor=actor, now=NOW)
    back = TakingBack(Record.OFFENCE, wrong, "It was another trader.")
    service.take_back(case_id, back, actor=actor, now=NOW)
    found = queries.recorded(session, case_id)
    assert [each.id for each in found.offences] == [wrong]
    assert found.standing_offences == []
    assert found.why_taken_back("offence", wrong) == "It was another trader."
    with pytest.raises(Conflict, match="taken back already"):
        service.take_back(case_id, back, actor=actor, now=NOW)


def test_a_record_of_another_case_is_not_taken_back(
    session: Session, case_id: int, open_case: Callable[..., int], actor: Actor
) -> None:
    wrong = service.record_action(case_id, WARNED, actor=actor, now=NOW)
    other = open_case()
    for record, number in ((Record.ACTION, wrong), (Record.OFFENCE, 2**40), (Record.DECISION, 1)):
        with pytest.raises(NotFound):
            service.take_back(other, TakingBack(record, number, "Wrong"), actor=actor, now=NOW)
    assert session.scalars(select(TakenBack)).all() == []


def test_a_closed_case_takes_no_record(case_id: int, actor: Actor) -> None:
    cases.record_progress(case_id, Progress(Status.CLOSED, outcome=Outcome.NO_OFFENCE), actor=actor, now=NOW)
    for attempt in (
        lambda: service.record_offence(case_id, FRAUD, actor=actor, now=NOW),
        lambda: service.record_action(case_id, WARNED, actor=actor, now=NOW),
        lambda: service.record_cancellation(case_id, ROOF, actor=actor, now=NOW),
        lambda: service.take_back(case_id, TakingBack(Record.ACTION, 1, "Wrong"), actor=actor, now=NOW),
    ):
        with pytest.raises(Conflict, match="closed"):
            attempt()


def test_an_administrator_records_nothing(case_id: int, officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        service.record_offence(case_id, FRAUD, actor=officer(RoleName.ADMINISTRATOR), now=NOW)


def test_the_trail_tells_what_was_recorded_and_nothing_of_anybody(session: Session, case_id: int, actor: Actor) -> None:
    service.record_offence(case_id, replace(FRAUD, note="Ada Example paid."), actor=actor, now=NOW)
    service.record_action(case_id, WARNED, actor=actor, now=NOW)
    service.record_cancellation(case_id, ROOF, actor=actor, now=NOW)
    entries = audit.entries_about(session, "case", case_id)
    assert [entry.action for entry in entries[2:]] == [
        "offence recorded",
        "action recorded",
        "cancellation recorded",
    ]
    assert not {"Example", "roofer", "roof"} & set(str([entry.detail for entry in entries]).replace("'", " ").split())


@pytest.mark.parametrize("act", ["UPDATE case_offence SET offence = 'theft'", "DELETE FROM case_offence"])
def test_the_database_itself_refuses_to_change_what_was_recorded(
    session: Session, case_id: int, actor: Actor, act: str
) -> None:
    service.record_offence(case_id, FRAUD, actor=actor, now=NOW)
    with pytest.raises(DBAPIError, match="stays as it was recorded"), session.begin_nested():
        session.execute(text(act))
