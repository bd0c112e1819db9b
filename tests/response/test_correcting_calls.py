"""Every fact of a call is corrected: clock, figures, parties and the proposed grade follow, and both versions stay."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tests.response.test_clock_facts import clocks
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.parties import known_by
from tsalert.parties.known_by import NewKnown
from tsalert.parties.models import PartyIdentifier, PartyName
from tsalert.parties.rules import Sought
from tsalert.parties.vocabulary import KnownBy
from tsalert.response import corrections, queries, rows, service
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.correcting_calls import Corrected, correct_call
from tsalert.response.facts import Correction, Fact
from tsalert.response.matches import look_up
from tsalert.response.models import Call
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName, MoneyState
from tsalert.staff.rules import RoleName

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = NOON + 3 * HOUR
QUARTER = parse_period("2026/27 Q1")
WRONG, RIGHT = "07700 900123", "07700 900456"


def log(duty: Actor, **changes: Any) -> int:
    """Log a call and return it; drama numbers are numbers."""
    return service.log_call(roof_call(**changes), actor=duty, now=NOON, is_demo=True).call_id


def join(session: Session, call_id: int, duty: Actor, **changes: Any) -> int:
    """Log a further call about a call's incident."""
    call = session.get_one(Call, call_id)
    reference = queries.get_incident(session, call.incident_id or 0).reference
    told = {"disposition": Disposition.ADDED_TO_INCIDENT, "incident": None, "incident_reference": reference}
    return log(duty, **told | changes)


def correct(call_id: int, actor: Actor, **facts: Any) -> Corrected:
    told = Correction({Fact.of(name): value for name, value in facts.items()}, "Misheard")
    return correct_call(call_id, told, actor=actor, now=LATER, is_demo=True)


def party(session: Session, call_id: int, role: str = "caller") -> int:
    (found,) = [each.party_id for each in parties_of_calls(session, [call_id]) if each.role == role]
    return found


def numbers(session: Session, party_id: int) -> list[str]:
    query = select(PartyIdentifier.raw).where(PartyIdentifier.party_id == party_id, PartyIdentifier.kind == "phone")
    return list(session.scalars(query))


def matched(session: Session, phone: str) -> int:
    return len(look_up(session, Sought(phone=phone), reader=SERVICE, is_demo=True, now=LATER).lines)


@pytest.mark.parametrize(
    ("fact", "became", "kept"),
    [
        pytest.param("caller_name", "Alexandra Example", ("Alex Example", "Alexandra Example"), id="name"),
        pytest.param("phone", RIGHT, (WRONG, RIGHT), id="phone"),
        pytest.param("trader", "Sample Roofing Ltd", (None, "Sample Roofing Ltd"), id="trader"),
        pytest.param("money_state", MoneyState.ASKED, ("none", "asked"), id="money"),
        pytest.param("is_trader_on_site", False, ("yes", "no"), id="trader-on-site"),
        pytest.param("is_vulnerable", False, ("yes", "no"), id="vulnerable"),
        pytest.param("has_threat", True, ("no", "yes"), id="threat"),
        pytest.param("is_work_in_progress", True, ("no", "yes"), id="work"),
        pytest.param("disposition", Disposition.DUPLICATE, ("new_incident", "duplicate"), id="disposition"),
    ],
)
def test_a_fact_is_corrected_and_both_versions_stay_with_who_when_and_why(
    session: Session, duty: Actor, fact: str, became: Any, kept: tuple[str | None, str]
) -> None:
    call_id = log(duty)
    correct(call_id, duty, **{fact: became})
    (change,) = corrections.changes_of_call(session, call_id)
    assert (change.fact, change.was, change.became) == (fact, *kept)
    assert (change.recorded_by, change.recorded_at, change.reason) == (duty.officer_id, LATER, "Misheard")
    assert getattr(session.get_one(Call, call_id), fact) == became


def test_an_amount_of_money_is_corrected_to_the_penny(session: Session, duty: Actor) -> None:
    call_id = log(duty, money_state=MoneyState.PAID, money_amount=Decimal("4000.00"))
    correct(call_id, duty, money_amount=Decimal("400.50"))
    (change,) = corrections.changes_of_call(session, call_id)
    assert (change.was, change.became) == ("4000.00", "400.50")
    with pytest.raises(RuleViolation, match="how far the money has gone"):
        correct(call_id, duty, money_state=MoneyState.NONE)


def test_a_wrong_number_matches_nobody_any_more_and_the_right_one_does(session: Session, duty: Actor) -> None:
    call_id = log(duty)
    who = party(session, call_id)
    correct(call_id, duty, phone=RIGHT)
    assert session.get_one(Call, call_id).phone_e164 == "+447700900456"
    assert (party(session, call_id), numbers(session, who)) == (who, [RIGHT])
    assert (matched(session, WRONG), matched(session, RIGHT)) == (0, 1)


def test_a_number_that_another_call_told_too_stays_known(session: Session, duty: Actor) -> None:
    first, second = log(duty), log(duty, happening="They are back")
    who = party(session, first)
    assert party(session, second) == who
    correct(second, duty, phone=RIGHT)
    assert (party(session, second), sorted(numbers(session, who))) == (who, [WRONG, RIGHT])


def test_a_number_that_an_officer_added_by_hand_stays_known(session: Session, duty: Actor) -> None:
    call_id = log(duty)
    who = party(session, call_id)
    known_by.take_back(who, KnownBy.PHONE, _mark(session, who), "Not sure", actor=duty, now=NOON)
    known_by.add_known(
        who, NewKnown(KnownBy.PHONE, WRONG, "Her daughter told us"), is_demo=True, actor=duty, now=NOON
    )  # fmt: skip
    correct(call_id, duty, phone=RIGHT)
    assert sorted(numbers(session, who)) == [WRONG, RIGHT]


def _mark(session: Session, party_id: int) -> int:
    query = select(PartyIdentifier.id).where(PartyIdentifier.party_id == party_id, PartyIdentifier.kind == "phone")
    return session.scalars(query).one()


def test_a_corrected_name_replaces_the_one_that_was_misheard(session: Session, duty: Actor) -> None:
    call_id = log(duty)
    correct(call_id, duty, caller_name="Alice Example")
    names = session.scalars(select(PartyName.name).where(PartyName.party_id == party(session, call_id))).all()
    assert names == ["Alice Example"]


def test_a_caller_who_turns_out_to_be_somebody_known_is_recognised(session: Session, duty: Actor) -> None:
    known = party(session, log(duty, phone=RIGHT))
    call_id = log(duty, phone="07700 900789")
    mistaken = party(session, call_id)
    assert mistaken != known
    correct(call_id, duty, phone=RIGHT)
    assert party(session, call_id) == known
    assert numbers(session, mistaken) == []


def test_a_call_that_was_somebody_elses_altogether_leaves_the_party_to_its_other_calls(
    session: Session, duty: Actor
) -> None:
    first, second = log(duty), log(duty, happening="They are back")
    who = party(session, first)
    correct(second, duty, phone=RIGHT, caller_name="Bo Sample")
    assert (party(session, first), numbers(session, who)) == (who, [WRONG])
    assert party(session, second) != who


def test_a_trader_told_by_mistake_is_known_by_nothing(session: Session, duty: Actor) -> None:
    call_id = log(duty, trader="Sample Roofing Ltd, van LV63 XYZ")
    correct(call_id, duty, trader=None)
    assert [each.role for each in parties_of_calls(session, [call_id])] == ["caller"]
    assert look_up(session, Sought(trader="LV63 XYZ"), reader=SERVICE, is_demo=True, now=LATER).lines == ()


def test_a_call_that_is_no_report_leaves_the_figures_and_comes_back_with_them(session: Session, duty: Actor) -> None:
    call_id = log(duty)
    assert queries.response_figures(session, QUARTER).reports == 1
    done = correct(call_id, duty, disposition=Disposition.TEST)
    assert (done.counts, done.is_last, done.proposes) == (False, True, GradeName.NONE)
    assert queries.response_figures(session, QUARTER).reports == 0
    done = correct(call_id, duty, disposition=Disposition.NEW_INCIDENT)
    assert (done.counts, done.proposes) == (True, GradeName.IMMEDIATE)
    assert queries.response_figures(session, QUARTER).reports == 1


def test_the_clock_counts_from_the_first_call_that_is_a_report_and_back_again(session: Session, duty: Actor) -> None:
    ungraded = NewIncident(Category.DOORSTEP_CRIME)
    logged = service.log_call(roof_call(claimed_at=NOON - HOUR, incident=ungraded), actor=duty, now=NOON)
    second = join(session, logged.call_id, duty, claimed_at=NOON - 30 * MINUTE)
    decision = GradeDecision(GradeName.IMMEDIATE)
    service.grade_incident(logged.incident_id or 0, decision, actor=duty, now=NOON + MINUTE)
    assert clocks(session, logged.incident_id or 0)[0].started_at == NOON - HOUR
    correct(logged.call_id, duty, disposition=Disposition.MISDIAL)
    (clock,) = clocks(session, logged.incident_id or 0)
    assert clock.started_at == session.get_one(Call, second).received_at
    correct(logged.call_id, duty, disposition=Disposition.NEW_INCIDENT)
    session.expire_all()
    assert clock.started_at == NOON - HOUR


@pytest.mark.parametrize(
    ("changes", "became", "why"),
    [
        pytest.param({}, Disposition.ADVICE, "belongs to an incident", id="advice-with-an-incident"),
        pytest.param({}, Disposition.WAITING, "what became of", id="waiting"),
        pytest.param(
            {"incident": None, "disposition": Disposition.MISDIAL}, Disposition.NEW_INCIDENT, "no incident", id="none"
        ),
    ],
)
def test_a_call_is_not_held_to_be_what_it_cannot_be(
    duty: Actor, session: Session, changes: dict[str, Any], became: Disposition, why: str
) -> None:
    call_id = log(duty, **changes)
    with pytest.raises(RuleViolation, match=why):
        correct(call_id, duty, disposition=became)


def test_one_call_alone_opens_an_incident(session: Session, duty: Actor) -> None:
    call_id = log(duty)
    second = join(session, call_id, duty)
    with pytest.raises(RuleViolation, match="Another call opened"):
        correct(second, duty, disposition=Disposition.NEW_INCIDENT)


def test_what_became_of_a_call_is_for_whoever_logged_it_or_a_manager(
    session: Session, duty: Actor, officer: Callable[..., Actor]
) -> None:
    call_id = log(duty)
    with pytest.raises(NotAllowed):
        correct(call_id, officer(name="Another"), disposition=Disposition.SPAM)
    correct(call_id, officer(RoleName.MANAGER), disposition=Disposition.SPAM)


def test_another_grade_is_proposed_after_a_correction_and_none_is_given(session: Session, duty: Actor) -> None:
    call_id = log(duty)
    incident_id = session.get_one(Call, call_id).incident_id or 0
    done = correct(call_id, duty, is_trader_on_site=False)
    assert done.proposes is GradeName.PROMPT
    assert queries.get_incident(session, incident_id).grade is GradeName.IMMEDIATE
    assert rows.is_proposed_anew(session, incident_id, GradeName.PROMPT)
    assert correct(call_id, duty, is_trader_on_site=True).proposes is GradeName.IMMEDIATE
    assert not rows.is_proposed_anew(session, incident_id, GradeName.IMMEDIATE)


def test_a_threat_that_is_told_later_proposes_nothing_new_where_it_was_immediate(session: Session, duty: Actor) -> None:
    assert correct(log(duty), duty, has_threat=True).proposes is None
