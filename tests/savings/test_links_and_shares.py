"""Interventions with their case, money line, household and partners, and the limit for second officers."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.audit.queries import entries_about
from tsalert.cases import merging
from tsalert.cases import service as cases
from tsalert.cases.merging import NewMerge
from tsalert.cases.models import CaseFile
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import Evidence as CaseEvidence
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.response.models import Incident
from tsalert.response.vocabulary import Category
from tsalert.savings import queries, service
from tsalert.savings.models import Intervention, VerificationLimit
from tsalert.savings.queries import Attention, Filter
from tsalert.savings.recording import limits, linking
from tsalert.savings.rules import (
    Beneficiary,
    EnforcementOutcome,
    Evidence,
    InterventionType,
    NewIntervention,
    PartnerShare,
)
from tsalert.staff.rules import RoleName

DAY = date(2022, 5, 3)
SCAM = NewIntervention(
    type=InterventionType.SCAM_VICTIM, on_date=DAY, prevented=Decimal("600.00"), evidence=Evidence.BANK
)
BARE = NewIntervention(type=InterventionType.SCAM_VICTIM, on_date=DAY)
COURT = NewIntervention(type=InterventionType.ENFORCEMENT_OUTCOME, on_date=DAY)
Q1 = parse_period("2022/23 Q1")
_numbers = count(1)
Officer = Callable[..., Actor]


def incident(session: Session) -> int:
    row = Incident(
        reference=f"R26-{next(_numbers):05}-X",
        category="scam",
        state="received",
        opened_at=NOW,
        address="Flat 3, 12 Sample Road",
        postcode="BR9 1AA",
    )
    session.add(row)
    session.commit()
    return row.id


def case(actor: Actor, *, incident_id: int | None = None, **money: str) -> tuple[int, list[int]]:
    """Open a case with a money line of each kind and amount named; returns it and the lines."""
    new = NewCase(summary="Invented.", category=Category.SCAM, incident_id=incident_id, postcode="BR9 1AA")
    case_id = cases.open_case(replace(new, address=None if incident_id else "7 Sample Road"), actor=actor, now=NOW)
    lines = [
        cases.record_money(
            case_id, NewMoneyLine(MoneyKind(kind), Decimal(amount), CaseEvidence.BANK), actor=actor, now=NOW
        )
        for kind, amount in money.items()
    ]
    return case_id, lines


def continue_in(session: Session, earlier: int, later: int, *repeats: int, actor: Actor) -> None:
    """Let a case continue in another, which records some of its money too."""
    into = session.get_one(CaseFile, later).reference
    merging.merge(earlier, NewMerge(into, "The same gang", repeats), actor=actor, now=NOW)


@pytest.mark.parametrize("kind", list(InterventionType))
def test_every_type_is_recorded_and_read_back(session: Session, officer: Officer, kind: InterventionType) -> None:
    enforced = {"outcome": EnforcementOutcome.FINE, "memo": Decimal("900.00"), "evidence": Evidence.COURT}
    money = {"prevented": Decimal("600.00"), "evidence": Evidence.BANK} if kind.has_money else {}
    new = NewIntervention(type=kind, on_date=DAY, **enforced if kind.shape.has_outcome else money)  # type: ignore[arg-type]
    reference = service.record_intervention(new, actor=officer(), now=NOW)
    assert queries.get_current(session, reference).content == new
    queries.savings_table(session, Q1)


def test_shares_and_partners_are_kept_with_each_version(session: Session, officer: Officer) -> None:
    actor = officer()
    police = PartnerShare("Kent Police", Decimal("0.4"))
    shared = replace(SCAM, share=Decimal("0.50"), partners=(police,))
    reference = service.record_intervention(shared, actor=actor, now=NOW)
    both = replace(shared, partners=(police, PartnerShare("National Trading Standards", Decimal("0.1"))))
    service.correct_intervention(reference, both, of_version=1, reason="One more", actor=actor, now=NOW)
    service.withdraw_intervention(reference, of_version=2, reason="Twice", actor=actor, now=NOW)
    found = queries.list_versions(session, reference)
    assert [len(version.content.partners) for version in found] == [2, 2, 1]
    assert {version.content.share for version in found} == {Decimal("0.5")}
    page = queries.list_interventions(session, Filter())
    assert page.items == []


def test_the_database_refuses_what_no_rule_lets_through(session: Session, officer: Officer) -> None:
    reference = service.record_intervention(SCAM, actor=officer(), now=NOW)
    row = queries.get_current_row(session, reference)
    for bad in ({"share": Decimal("1.5")}, {"share": Decimal(0)}, {"memo": Decimal(1)}, {"counted_units": 2}):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(Intervention).where(Intervention.id == row.id).values(**bad))


def test_a_money_line_gives_amount_class_case_and_evidence(session: Session, officer: Officer) -> None:
    actor = officer()
    case_id, (line_id,) = case(actor, prevented="600.00")
    reference = service.record_intervention(replace(BARE, money_line_id=line_id), actor=actor, now=NOW)
    content = queries.get_current(session, reference).content
    assert (content.prevented, content.case_id, content.evidence) == (Decimal(600), case_id, Evidence.BANK)
    assert content.household_key == "BR9 1AA 7"


def test_a_money_line_counts_once_and_is_free_again_when_its_record_is_withdrawn(
    session: Session, officer: Officer
) -> None:
    actor = officer()
    case_id, (line_id,) = case(actor, prevented="600.00")
    new = replace(BARE, money_line_id=line_id)
    reference = service.record_intervention(new, actor=actor, now=NOW)
    assert linking.free_lines(session, case_id) == []
    assert [line.id for line in linking.free_lines(session, case_id, reference=reference)] == [line_id]
    with pytest.raises(RuleViolation, match=reference) as refused:
        service.record_intervention(new, actor=actor, now=NOW)
    assert refused.value.field == "money_line_id"
    service.correct_intervention(reference, new, of_version=1, reason="Same", actor=actor, now=NOW)
    service.withdraw_intervention(reference, of_version=2, reason="Twice", actor=actor, now=NOW)
    service.record_intervention(new, actor=actor, now=NOW)


def test_the_database_too_lets_a_money_line_count_once(session: Session, officer: Officer) -> None:
    actor = officer()
    _, (line_id,) = case(actor, prevented="600.00")
    service.record_intervention(replace(BARE, money_line_id=line_id), actor=actor, now=NOW)
    other = service.record_intervention(SCAM, actor=actor, now=NOW)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Intervention).where(Intervention.reference == other).values(money_line_id=line_id))


def test_a_record_whose_money_line_is_corrected_is_to_be_looked_at(session: Session, officer: Officer) -> None:
    actor = officer()
    case_id, (line_id,) = case(actor, prevented="600.00")
    new = replace(BARE, money_line_id=line_id)
    reference = service.record_intervention(new, actor=actor, now=NOW)
    wanted = Filter(attention=Attention.MONEY_LINE)
    assert queries.list_interventions(session, wanted).items == []
    right = NewMoneyLine(MoneyKind.PREVENTED, Decimal(650), CaseEvidence.BANK, supersedes=line_id)
    later = cases.record_money(case_id, right, actor=actor, now=NOW)
    assert [item.reference for item in queries.list_interventions(session, wanted).items] == [reference]
    with pytest.raises(RuleViolation, match="was corrected"):
        service.correct_intervention(reference, new, of_version=1, reason="?", actor=actor, now=NOW)
    moved = replace(BARE, money_line_id=later)
    service.correct_intervention(reference, moved, of_version=1, reason="Line corrected", actor=actor, now=NOW)
    assert queries.get_current(session, reference).content.amount == 650
    assert queries.list_interventions(session, wanted).items == []


def test_a_refund_by_a_bank_is_the_banks_loss_on_a_line_of_its_own(session: Session, officer: Officer) -> None:
    actor = officer()
    _, (_, line_id) = case(actor, paid="900.00", refunded_by_bank="600.00")
    reference = service.record_intervention(replace(BARE, money_line_id=line_id), actor=actor, now=NOW)
    content = queries.get_current(session, reference).content
    assert (content.recovered, content.beneficiary) == (Decimal(600), Beneficiary.BANK)
    table = queries.savings_table(session, Q1)
    assert table.grand_total.exact == 0
    assert [(item.title, item.amount) for item in table.apart] == [("Losses that a bank must reimburse", Decimal(600))]


def test_compensation_counts_when_paid_and_is_memo_while_ordered(session: Session, officer: Officer) -> None:
    actor = officer()
    _, (_, ordered, paid) = case(actor, paid="900", compensation_ordered="900", compensation_paid="300")
    references = [
        service.record_intervention(replace(COURT, money_line_id=line), actor=actor, now=NOW)
        for line in (ordered, paid)
    ]
    first, second = (queries.get_current(session, reference).content for reference in references)
    assert (first.memo, first.amount, first.outcome) == (
        Decimal(900),
        Decimal(0),
        EnforcementOutcome.COMPENSATION_ORDERED,
    )
    assert (second.recovered, second.outcome) == (Decimal(300), EnforcementOutcome.COMPENSATION_PAID)


def test_no_more_comes_back_than_the_case_says_was_paid(session: Session, officer: Officer) -> None:
    actor = officer()
    case_id, _ = case(actor, paid="900.00")
    back = replace(BARE, case_id=case_id, recovered=Decimal(600), evidence=Evidence.BANK)
    service.record_intervention(back, actor=actor, now=NOW)
    more = replace(back, recovered=Decimal("300.01"), other_money="The second cheque")
    with pytest.raises(RuleViolation, match="£900 was paid, of which £600") as refused:
        service.record_intervention(more, actor=actor, now=NOW)
    assert refused.value.field == "amount"
    rest = replace(back, recovered=Decimal(300), other_money="The second cheque")
    reference = service.record_intervention(rest, actor=actor, now=NOW)
    service.correct_intervention(
        reference, replace(rest, recovered=Decimal(299)), of_version=1, reason="£1 less", actor=actor, now=NOW
    )


def test_money_prevented_in_a_case_is_not_recovered_in_it(session: Session, officer: Officer) -> None:
    actor = officer()
    case_id, _ = case(actor)
    service.record_intervention(replace(SCAM, case_id=case_id), actor=actor, now=NOW)
    back = replace(BARE, case_id=case_id, recovered=Decimal(600), evidence=Evidence.BANK)
    with pytest.raises(RuleViolation, match="never lost cannot come back") as refused:
        service.record_intervention(back, actor=actor, now=NOW)
    assert refused.value.field == "other_money"


@pytest.mark.parametrize("second", ["incident", "case"])
def test_one_event_is_known_by_its_incident_and_by_the_case_that_grew_out_of_it(
    session: Session, officer: Officer, second: str
) -> None:
    actor = officer()
    incident_id = incident(session)
    first = service.record_intervention(replace(SCAM, incident_id=incident_id), actor=actor, now=NOW)
    assert queries.get_current(session, first).content.household_key == "BR9 1AA 12+3"
    case_id, _ = case(actor, incident_id=incident_id)
    again = replace(SCAM, **{"incident": {"incident_id": incident_id}, "case": {"case_id": case_id}}[second])
    with pytest.raises(RuleViolation, match=first):
        service.record_intervention(again, actor=actor, now=NOW)
    other = service.record_intervention(replace(again, other_money="A second fraud"), actor=actor, now=NOW)
    assert queries.get_current(session, other).content.case_id == case_id
    service.withdraw_intervention(first, of_version=1, reason="Twice", actor=actor, now=NOW)
    service.withdraw_intervention(other, of_version=1, reason="Twice", actor=actor, now=NOW)
    service.record_intervention(again, actor=actor, now=NOW)


def test_two_incidents_of_one_case_are_two_events(session: Session, officer: Officer) -> None:
    actor = officer()
    once, again = incident(session), incident(session)
    case_id, _ = case(actor, incident_id=once)
    cases.link_incident(case_id, again, actor=actor, now=NOW)
    for incident_id in (once, again):
        service.record_intervention(replace(SCAM, incident_id=incident_id), actor=actor, now=NOW)


def test_a_household_that_was_typed_is_written_one_way_and_one_that_was_not_comes_from_the_incident(
    session: Session, officer: Officer
) -> None:
    actor = officer()
    blocker = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=DAY)
    typed = replace(blocker, household_key="7 sample road br91aa", incident_id=incident(session))
    reference = service.record_intervention(typed, actor=actor, now=NOW)
    assert queries.get_current(session, reference).content.household_key == "BR9 1AA 7"
    talk = replace(blocker, type=InterventionType.TALK, incident_id=incident(session))
    reference = service.record_intervention(talk, actor=actor, now=NOW)
    assert queries.get_current(session, reference).content.household_key is None
    with pytest.raises(RuleViolation) as refused:
        service.record_intervention(replace(blocker, household_key="the blue door"), actor=actor, now=NOW)
    assert refused.value.field == "household_key"


def test_a_new_limit_holds_for_later_records_and_changes_nothing_that_earlier_ones_needed(
    session: Session, officer: Officer
) -> None:
    actor, manager = officer(), officer(RoleName.MANAGER)
    small = service.record_intervention(SCAM, actor=actor, now=NOW)
    large = service.record_intervention(replace(SCAM, prevented=Decimal(6000)), actor=actor, now=NOW)
    limits.set_limit(Decimal(500), reason="After the audit", actor=manager, now=NOW)
    assert not queries.get_current(session, small).awaits_verifying
    later = service.record_intervention(SCAM, actor=actor, now=NOW)
    assert queries.get_current(session, later).awaits_verifying
    limits.set_limit(Decimal(10_000), reason="Too many", actor=manager, now=NOW + timedelta(days=1))
    assert queries.get_current(session, large).awaits_verifying
    service.correct_intervention(
        large, replace(SCAM, prevented=Decimal(6000), note="Seen"), of_version=1, reason="Note", actor=actor, now=NOW
    )
    assert queries.get_current(session, large).awaits_verifying
    assert queries.savings_table(session, Q1).to_verify == 2
    waiting = queries.list_interventions(session, Filter(attention=Attention.VERIFICATION)).items
    assert {item.reference for item in waiting} == {later, large}
    changed = replace(SCAM, prevented=Decimal(7000))
    service.correct_intervention(large, changed, of_version=2, reason="Amount", actor=actor, now=NOW)
    assert not queries.get_current(session, large).awaits_verifying


def test_whoever_wrote_the_money_line_does_not_verify_what_was_taken_from_it(
    session: Session, officer: Officer
) -> None:
    writer, recorder, third = officer(), officer(), officer()
    _, (line_id,) = case(writer, prevented="6000")
    reference = service.record_intervention(replace(BARE, money_line_id=line_id), actor=recorder, now=NOW)
    for typist in (writer, recorder):
        with pytest.raises(RuleViolation):
            service.verify_intervention(reference, of_version=1, actor=typist, now=NOW)
    service.verify_intervention(reference, of_version=1, actor=third, now=NOW)
    assert queries.get_current(session, reference).verified_by == third.officer_id


def test_only_a_manager_sets_the_limit_to_an_amount_that_changes_it(session: Session, officer: Officer) -> None:
    manager = officer(RoleName.MANAGER)
    assert limits.current_limit(session) == 5000
    with pytest.raises(NotAllowed):
        limits.set_limit(Decimal(1), reason="No", actor=officer(), now=NOW)
    for wrong in (Decimal(5000), Decimal(-1), Decimal(5_000_001)):
        with pytest.raises(RuleViolation) as refused:
            limits.set_limit(wrong, reason="No", actor=manager, now=NOW)
        assert refused.value.field == "above"
    limits.set_limit(Decimal(0), reason="All of them", actor=manager, now=NOW)
    (limit,) = limits.list_limits(session)
    assert (limit.above, limit.reason, limit.set_by) == (Decimal(0), "All of them", manager.officer_id)
    assert limits.current_limit(session) == 0
    made = session.scalars(select(VerificationLimit.id)).one()
    assert [entry.action for entry in entries_about(session, "verification limit", made)] == ["limit set"]


def test_money_of_a_case_that_continues_in_another_is_not_recorded_there_again(
    session: Session, officer: Officer
) -> None:
    actor = officer()
    earlier, (line_id,) = case(actor, prevented="600.00")
    later, (again,) = case(actor, prevented="600.00")
    first = service.record_intervention(replace(BARE, money_line_id=line_id), actor=actor, now=NOW)
    continue_in(session, earlier, later, line_id, actor=actor)
    for new in (replace(SCAM, case_id=later), replace(BARE, money_line_id=again)):
        with pytest.raises(RuleViolation, match=first) as refused:
            service.record_intervention(new, actor=actor, now=NOW)
        assert refused.value.field == "other_money"
    other = replace(SCAM, case_id=later, other_money="A second cheque")
    service.record_intervention(other, actor=actor, now=NOW)


def test_no_more_comes_back_than_was_paid_in_all_cases_of_a_matter(session: Session, officer: Officer) -> None:
    actor = officer()
    earlier, (_, line_id) = case(actor, paid="900.00", recovered="500.00")
    later, _ = case(actor, demanded="900.00")
    service.record_intervention(replace(BARE, money_line_id=line_id), actor=actor, now=NOW)
    continue_in(session, earlier, later, actor=actor)
    back = replace(BARE, case_id=later, evidence=Evidence.BANK, other_money="Another cheque")
    service.record_intervention(replace(back, recovered=Decimal(400)), actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="£900 was paid, of which £900"):
        service.record_intervention(replace(back, recovered=Decimal(1)), actor=actor, now=NOW)


def test_money_that_two_cases_held_before_they_were_merged_is_to_be_looked_at(
    session: Session, officer: Officer
) -> None:
    actor = officer()
    earlier, later, alone = (case(actor)[0] for _ in range(3))
    both = [service.record_intervention(replace(SCAM, case_id=each), actor=actor, now=NOW) for each in (earlier, later)]
    service.record_intervention(replace(SCAM, case_id=alone), actor=actor, now=NOW)
    service.record_intervention(
        replace(SCAM, case_id=later, prevented=Decimal(50), other_money="Cash"), actor=actor, now=NOW
    )
    wanted = Filter(attention=Attention.MATTER)
    assert queries.list_interventions(session, wanted).items == []
    continue_in(session, earlier, later, actor=actor)
    assert {item.reference for item in queries.list_interventions(session, wanted).items} == set(both)
    told = replace(SCAM, case_id=later, other_money="Two cheques")
    service.correct_intervention(both[1], told, of_version=1, reason="Asked", actor=actor, now=NOW)
    assert queries.list_interventions(session, wanted).items == []
