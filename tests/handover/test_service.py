"""A handover is drafted, offered with its pack, and ends with a yes, a no, nothing, or taken back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.asked import statements
from tests.handover.conftest import BODY, HOUR, MINUTE, NOON, NUMBER, STREET, VICTIM, written
from tsalert.audit.queries import entries_about, verify_chain
from tsalert.cases import queries as cases
from tsalert.cases import service as case_service
from tsalert.cases.rules import NewCase, NewMoneyLine, Progress
from tsalert.cases.sections import pack_text
from tsalert.cases.vocabulary import MoneyKind, Outcome, Status
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.handover import queries, service
from tsalert.handover.rules import State
from tsalert.response import dispatching, handing_over
from tsalert.response import queries as response
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.handing_over import Acceptance
from tsalert.response.steps import IncidentState
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import Category, StandDownReason
from tsalert.staff.rules import RoleName

YES = Acceptance(f"{BODY}, J Example", "OB-0117")


def text_of(session: Session, handover_id: int) -> str:
    record = queries.get_handover(session, handover_id)
    return pack_text(record.title, queries.pack_of(session, record, now=NOON))


def offered(incident_id: int, desk: Actor) -> int:
    number = service.draft_handover(written(incident_id=incident_id), actor=desk, now=NOON + MINUTE)
    service.offer_handover(number, actor=desk, now=NOON + 2 * MINUTE)
    return number


def test_a_draft_asks_nobody(session: Session, desk: Actor, incident_id: int) -> None:
    number = service.draft_handover(written(incident_id=incident_id), actor=desk, now=NOON)
    assert queries.get_handover(session, number).state is State.DRAFT
    assert response.get_incident(session, incident_id).offered_to is None


def test_an_offer_stands_in_the_timeline_and_the_clock_runs_on(session: Session, desk: Actor, incident_id: int) -> None:
    number = offered(incident_id, desk)
    incident, row = response.get_incident(session, incident_id), queries.get_row(session, number)
    assert (incident.offered_to, row.state, row.answer_by) == (BODY, State.OFFERED, NOON + 2 * MINUTE + 24 * HOUR)
    assert incident.clock is not None
    assert read_clock(incident.clock, NOON + HOUR).state is ClockState.RUNNING
    assert timeline(session, incident_id, now=NOON)[-1].what == "Offered to another body"


def test_a_yes_ends_the_clock_and_keeps_a_name_and_their_reference(
    session: Session, desk: Actor, incident_id: int
) -> None:
    number = offered(incident_id, desk)
    service.accept_handover(number, YES, actor=desk, now=NOON + HOUR)
    row, incident = queries.get_row(session, number), response.get_incident(session, incident_id)
    assert (row.state, row.accepted_by, row.their_reference) == (State.ACCEPTED, f"{BODY}, J Example", "OB-0117")
    assert (incident.state, incident.offered_to) == (IncidentState.HANDED_OVER, None)
    acts = [entry.action for entry in entries_about(session, "handover", number)]
    assert acts == ["drafted", "offered", "accepted"]
    assert verify_chain(session).is_whole


def test_a_no_says_why_and_another_body_can_be_asked(session: Session, desk: Actor, incident_id: int) -> None:
    service.refuse_handover(offered(incident_id, desk), "It is on our side.", actor=desk, now=NOON + HOUR)
    assert response.get_incident(session, incident_id).offered_to is None
    again = service.draft_handover(written(body="The police", incident_id=incident_id), actor=desk, now=NOON + HOUR)
    service.offer_handover(again, actor=desk, now=NOON + HOUR)
    assert response.get_incident(session, incident_id).offered_to == "The police"


def test_an_offer_can_be_taken_back(session: Session, desk: Actor, incident_id: int) -> None:
    number = offered(incident_id, desk)
    service.withdraw_handover(number, "The caller rang again: it is ours.", actor=desk, now=NOON + HOUR)
    assert queries.get_row(session, number).state == State.WITHDRAWN
    assert response.get_incident(session, incident_id).offered_to is None


def test_whoever_may_not_run_an_incident_does_not_give_it_back_either(
    session: Session, desk: Actor, officer: Callable[..., Actor], incident_id: int
) -> None:
    number, lead = offered(incident_id, desk), officer(RoleName.SAFEGUARDING_LEAD)
    for act in (service.refuse_handover, service.withdraw_handover):
        with pytest.raises(NotAllowed):
            act(number, "Ours.", actor=lead, now=NOON + HOUR)
    assert response.get_incident(session, incident_id).offered_to == BODY


def test_an_incident_has_one_handover_under_way(session: Session, desk: Actor, incident_id: int) -> None:
    offered(incident_id, desk)
    with pytest.raises(Conflict, match="under way already"):
        service.draft_handover(written(incident_id=incident_id), actor=desk, now=NOON)


def test_what_has_ended_takes_no_further_step(session: Session, desk: Actor, incident_id: int) -> None:
    number = offered(incident_id, desk)
    service.refuse_handover(number, "No.", actor=desk, now=NOON + HOUR)
    with pytest.raises(Conflict, match="refused"):
        service.accept_handover(number, YES, actor=desk, now=NOON + HOUR)
    with pytest.raises(Conflict, match="refused"):
        service.offer_handover(number, actor=desk, now=NOON + HOUR)
    with pytest.raises(Conflict, match="refused"):
        service.change_draft(number, written(), actor=desk, now=NOON + HOUR)


def test_what_was_stood_down_is_not_handed_over(session: Session, desk: Actor, incident_id: int) -> None:
    number = service.draft_handover(written(incident_id=incident_id), actor=desk, now=NOON)
    dispatching.stand_down(incident_id, StandDownReason.WITHDRAWN, actor=desk, now=NOON)
    with pytest.raises(Conflict):
        service.offer_handover(number, actor=desk, now=NOON)
    assert queries.get_row(session, number).state == State.DRAFT


def test_a_handover_is_of_one_thing(session: Session, desk: Actor, incident_id: int, case_id: int) -> None:
    for told in ({}, {"incident_id": incident_id, "case_id": case_id}):
        with pytest.raises(RuleViolation, match="Name the incident or the case"):
            service.draft_handover(written(**told), actor=desk, now=NOON)


@pytest.mark.parametrize("wait", [timedelta(0), -MINUTE, timedelta(days=91)])
def test_an_offer_lapses_in_time_to_come(session: Session, desk: Actor, incident_id: int, wait: timedelta) -> None:
    number = service.draft_handover(written(incident_id=incident_id), actor=desk, now=NOON)
    with pytest.raises(RuleViolation, match="time to come"):
        service.offer_handover(number, answer_by=NOON + wait, actor=desk, now=NOON)


def test_the_pack_tells_facts_times_risk_actions_and_whom_we_told(
    session: Session, desk: Actor, incident_id: int
) -> None:
    text = text_of(session, offered(incident_id, desk))
    for told in (
        "asked for £3,950",
        "come back on Friday",
        "A valuer must still be asked",
        "Police, CAD 123.",
        "Postcode: ZZ2 1AB",
        "white van ZZ99 ZZZ",
        "10 June 2026 at 1:00pm: Call C26-",
        "Graded immediate",
        "Officer: Dee Example",
    ):
        assert told in text.replace("\n", " ")


@pytest.mark.parametrize("with_victim", [False, True])
def test_the_victim_is_told_of_only_where_that_was_ticked(
    session: Session, desk: Actor, incident_id: int, *, with_victim: bool
) -> None:
    told = written(incident_id=incident_id, with_victim=with_victim)
    text = text_of(session, service.draft_handover(told, actor=desk, now=NOON))
    assert [word in text for word in (VICTIM, STREET, NUMBER, "Vulnerable")] == [with_victim] * 4
    assert ("not safe to call back" in text.replace("\n", " ")) == with_victim
    assert "fell a tree" not in text  # the caller's own words stay with us


def test_what_was_offered_never_changes(session: Session, desk: Actor, case_id: int) -> None:
    number = service.draft_handover(written(case_id=case_id), actor=desk, now=NOON)
    assert "Paid: £3,950" in text_of(session, number)
    service.offer_handover(number, actor=desk, now=NOON)
    before, digest = text_of(session, number), queries.get_row(session, number).digest
    case_service.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(50)), actor=desk, now=NOON)
    assert (text_of(session, number), queries.get_row(session, number).digest) == (before, digest)


def test_a_case_keeps_its_handover_in_its_log_and_stays_ours(session: Session, desk: Actor, case_id: int) -> None:
    number = service.draft_handover(written(case_id=case_id), actor=desk, now=NOON)
    service.offer_handover(number, actor=desk, now=NOON + MINUTE)
    service.accept_handover(number, YES, actor=desk, now=NOON + HOUR)
    assert [note.text for note in cases.notes(session, case_id)] == [
        f"Offered to {BODY}.",
        f"Handed over to {BODY}. Accepted by {BODY}, J Example. Their reference: OB-0117.",
    ]
    assert cases.get_case(session, case_id).status == Status.OPEN


def test_a_case_closed_meanwhile_can_still_be_taken_over(session: Session, desk: Actor, case_id: int) -> None:
    number = service.draft_handover(written(case_id=case_id), actor=desk, now=NOON)
    service.offer_handover(number, actor=desk, now=NOON)
    closing = Progress(Status.CLOSED, outcome=Outcome.PASSED_ON)
    case_service.record_progress(case_id, closing, actor=desk, now=NOON)
    service.accept_handover(number, YES, actor=desk, now=NOON + HOUR)
    assert queries.get_row(session, number).state == State.ACCEPTED
    with pytest.raises(Conflict, match="closed"):
        service.draft_handover(written(case_id=case_id), actor=desk, now=NOON)


def test_text_of_any_kind_stands_in_the_pack_as_it_was_typed(session: Session, desk: Actor, incident_id: int) -> None:
    told = "=HYPERLINK(1)\n<script>alert(1)</script>\n漢字 Łódź"
    text = text_of(session, service.draft_handover(written(incident_id=incident_id, facts=told), actor=desk, now=NOON))
    assert told in text


def test_an_answer_on_the_incidents_page_is_taken_over(session: Session, desk: Actor, incident_id: int) -> None:
    number = offered(incident_id, desk)
    handing_over.hand_over(incident_id, YES, actor=desk, now=NOON + HOUR)
    with pytest.raises(Conflict):
        service.accept_handover(number, YES, actor=desk, now=NOON + HOUR)


def test_a_list_asks_the_database_no_more_the_longer_it_is(
    session: Session, desk: Actor, incident_id: int, case_id: int
) -> None:
    asked = []
    other_id = case_service.open_case(NewCase("A roof", Category.DOORSTEP_CRIME), actor=desk, now=NOON)
    for subject in ({"incident_id": incident_id}, {"case_id": case_id}, {"case_id": other_id}):
        service.draft_handover(written(**subject), actor=desk, now=NOON)
        with statements() as found:
            page = queries.list_handovers(session, reader=desk, now=NOON)
        asked.append(len(found))
    names = [cases.get_case(session, number).reference for number in (other_id, case_id)]
    names.append(response.get_incident(session, incident_id).reference)
    assert [each.reference for each in page.items] == names
    assert asked[2] == asked[1]
