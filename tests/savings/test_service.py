"""Recording, correcting, withdrawing, verifying, and approving rates."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.audit.queries import entries_about
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.response.models import Incident
from tsalert.savings import queries, service
from tsalert.savings.figures import behind, explaining
from tsalert.savings.figures.explaining import Figure, explain
from tsalert.savings.models import Intervention
from tsalert.savings.rates import rate_sets
from tsalert.savings.rates.approving import continue_rate_set
from tsalert.savings.rules import Beneficiary, Evidence, InterventionType, NewIntervention, PartnerShare
from tsalert.savings.valuing.valuation import ValueClass
from tsalert.staff.rules import RoleName

PUBLISHED = "nts-observed-2021-22"
SCAM = NewIntervention(
    type=InterventionType.SCAM_VICTIM, on_date=date(2022, 5, 3), prevented=Decimal("600.00"), evidence=Evidence.BANK
)
BLOCKER = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=date(2022, 5, 3))
Q1 = parse_period("2022/23 Q1")


def test_what_was_recorded_is_read_back_whole(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    new = replace(SCAM, is_rapid_response=True, household_key="BR1 3UH 12", note="Cancelled in time")
    reference = service.record_intervention(new, actor=actor, now=NOW)
    version = queries.get_current(session, reference)
    assert version.content == new
    assert (version.number, version.recorded_by, version.recorded_at) == (1, actor.officer_id, NOW)
    assert [entry.action for entry in entries_about(session, "intervention", version.id)] == ["recorded"]


def test_a_reference_is_found_however_it_was_typed(session: Session, officer: Callable[..., Actor]) -> None:
    reference = service.record_intervention(SCAM, actor=officer(), now=NOW)
    assert queries.get_current(session, f" {reference.lower()} ").reference == reference


def test_the_day_is_london_s_and_not_utc_s(session: Session, officer: Callable[..., Actor]) -> None:
    just_july_in_london = datetime(2022, 6, 30, 23, 30, tzinfo=UTC)
    new = replace(SCAM, on_date=date(2022, 7, 1))
    service.record_intervention(new, actor=officer(), now=just_july_in_london)
    with pytest.raises(RuleViolation, match="future"):
        service.record_intervention(new, actor=officer(), now=datetime(2022, 6, 30, 22, 59, tzinfo=UTC))


def test_31_march_and_1_april_are_valued_by_different_rate_sets(
    session: Session, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER)
    continued = continue_rate_set(PUBLISHED, date(2023, 4, 1), None, actor=manager, now=NOW)
    found = []
    for day in (date(2023, 3, 31), date(2023, 4, 1)):
        reference = service.record_intervention(replace(BLOCKER, on_date=day), actor=manager, now=NOW)
        valuation = explaining.value_intervention(session, queries.get_current(session, reference))
        assert [part.shown for part in valuation.contributions] == [16541, 8932]
        found.append(valuation.rate_set.slug if valuation.rate_set else None)
    assert found == [PUBLISHED, continued]


def test_a_correction_keeps_the_old_version_and_only_the_new_one_counts(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    reference = service.record_intervention(SCAM, actor=actor, now=NOW)
    corrected = replace(SCAM, prevented=Decimal("650.00"))
    service.correct_intervention(reference, corrected, of_version=1, reason="Bank letter", actor=actor, now=NOW)
    assert [version.content.amount for version in queries.list_versions(session, reference)] == [650, 600]
    assert queries.savings_table(session, Q1).row("scams").cell("financial") == queries.savings_table(session, Q1).row(
        "total"
    ).cell("financial")
    assert queries.savings_table(session, Q1).row("total").total.exact == Decimal("1001.00")


def test_two_corrections_of_one_version_are_one_too_many(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    reference = service.record_intervention(SCAM, actor=actor, now=NOW)
    service.correct_intervention(reference, SCAM, of_version=1, reason="First", actor=actor, now=NOW)
    with pytest.raises(Conflict):
        service.correct_intervention(reference, SCAM, of_version=1, reason="Second", actor=actor, now=NOW)
    assert len(queries.list_versions(session, reference)) == 2


def test_a_correction_must_be_verified_again(session: Session, officer: Callable[..., Actor]) -> None:
    first, second = officer(), officer()
    large = replace(SCAM, prevented=Decimal(6000))
    reference = service.record_intervention(large, actor=first, now=NOW)
    service.record_intervention(replace(SCAM, prevented=Decimal(5000)), actor=first, now=NOW)
    assert queries.savings_table(session, Q1).to_verify == 1
    service.verify_intervention(reference, of_version=1, actor=second, now=NOW)
    assert queries.savings_table(session, Q1).to_verify == 0
    larger = replace(SCAM, prevented=Decimal(7000))
    service.correct_intervention(reference, larger, of_version=1, reason="More", actor=second, now=NOW)
    assert queries.get_current(session, reference).awaits_verifying
    with pytest.raises(RuleViolation):
        service.verify_intervention(reference, of_version=2, actor=second, now=NOW)
    service.verify_intervention(reference, of_version=2, actor=first, now=NOW)
    service.verify_intervention(reference, of_version=2, actor=first, now=NOW)
    version = queries.get_current(session, reference)
    assert version.verified_by == first.officer_id
    assert [entry.action for entry in entries_about(session, "intervention", version.id)] == ["corrected", "verified"]


def test_whoever_typed_an_amount_cannot_verify_it_after_somebody_corrected_something_else(
    session: Session, officer: Callable[..., Actor]
) -> None:
    first, second = officer(), officer()
    large = replace(SCAM, prevented=Decimal(9000))
    reference = service.record_intervention(large, actor=first, now=NOW)
    noted = replace(large, note="By telephone")
    service.correct_intervention(reference, noted, of_version=1, reason="A note", actor=second, now=NOW)
    for typist in (first, second):
        with pytest.raises(RuleViolation, match="An officer who did not record"):
            service.verify_intervention(reference, of_version=2, actor=typist, now=NOW)
    service.verify_intervention(reference, of_version=2, actor=officer(), now=NOW)
    assert not queries.get_current(session, reference).awaits_verifying


def test_a_small_amount_needs_no_verifying(session: Session, officer: Callable[..., Actor]) -> None:
    reference = service.record_intervention(SCAM, actor=officer(), now=NOW)
    with pytest.raises(RuleViolation, match="needed no second officer"):
        service.verify_intervention(reference, of_version=1, actor=officer(), now=NOW)


def test_a_withdrawn_intervention_counts_nowhere_and_can_be_touched_no_more(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    reference = service.record_intervention(SCAM, actor=actor, now=NOW)
    service.withdraw_intervention(reference, of_version=1, reason="Twice", actor=actor, now=NOW)
    assert queries.savings_table(session, Q1).grand_total.exact == 0
    assert queries.single_savings(session, Q1, Decimal(1)) == []
    assert [version.is_withdrawn for version in queries.list_versions(session, reference)] == [True, False]
    with pytest.raises(Conflict, match="withdrawn"):
        service.correct_intervention(reference, SCAM, of_version=2, reason="Back", actor=actor, now=NOW)


def test_single_savings_are_the_large_ones_largest_first(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    for amount in ("12000", "36833.00", "11999.99", "18000"):
        service.record_intervention(replace(SCAM, prevented=Decimal(amount)), actor=actor, now=NOW)
    found = queries.single_savings(session, Q1, Decimal(12000))
    assert [saving.amount for saving in found] == [36833, 18000, 12000]
    assert not any(saving.is_verified for saving in found)


def test_of_a_joint_operation_only_our_part_makes_a_large_saving(
    session: Session, officer: Callable[..., Actor]
) -> None:
    half = replace(SCAM, share=Decimal("0.5"), partners=(PartnerShare("Kent", Decimal("0.5")),))
    for amount in ("19999.98", "20000.02"):
        service.record_intervention(replace(half, prevented=Decimal(amount)), actor=officer(), now=NOW)
    found = queries.single_savings(session, Q1, Decimal(10_000))
    assert [saving.amount for saving in found] == [Decimal("10000.01")]


def test_an_incident_counts_once_however_many_interventions_it_had_and_not_when_they_were_withdrawn(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    helped, undone, without = (_incident(session, reference) for reference in ("first", "second", "third"))
    for incident_id, why in ((helped, None), (helped, "A second cheque of the same day"), (undone, None)):
        new = replace(SCAM, incident_id=incident_id, other_money=why)
        reference = service.record_intervention(new, actor=actor, now=NOW)
    service.record_intervention(SCAM, actor=actor, now=NOW)
    service.withdraw_intervention(reference, of_version=1, reason="Not ours", actor=actor, now=NOW)
    assert queries.count_incidents_with_intervention(session, [helped, undone, without]) == 1
    assert queries.count_incidents_with_intervention(session, [undone, without]) == 0


def _incident(session: Session, reference: str) -> int:
    row = Incident(reference=reference, category="scam", state="received", opened_at=NOW)
    session.add(row)
    session.commit()
    return row.id


def test_a_bank_s_loss_and_recovered_money_are_listed_apart(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    recovered = replace(SCAM, prevented=Decimal(0), recovered=Decimal("75.50"))
    for new in (recovered, replace(SCAM, beneficiary=Beneficiary.BANK), replace(SCAM, prevented=Decimal(1))):
        service.record_intervention(new, actor=actor, now=NOW)
    table = queries.savings_table(session, Q1)
    assert table.row("scams").number == 1
    assert table.grand_total.exact == Decimal("1.54")
    assert [item.amount for item in table.apart] == [600, Decimal("75.50")]
    explanation = explain(session, Figure(Q1))
    assert [record.version.content.amount for record in explanation.records] == [1]


def test_records_of_two_rate_sets_are_explained_set_by_set(session: Session, officer: Callable[..., Actor]) -> None:
    manager = officer(RoleName.MANAGER)
    continue_rate_set(PUBLISHED, date(2023, 4, 1), date(2023, 4, 30), actor=manager, now=NOW)
    for day, units in [(date(2023, 4, 2), 1), (date(2023, 4, 30), 1), (date(2023, 5, 1), 7)]:
        service.record_intervention(replace(BLOCKER, on_date=day, units=units), actor=manager, now=NOW)
    explanation = explain(session, Figure(parse_period("2023/24"), row="call_blockers", column="financial"))
    assert [line.contribution.formula for line in explanation.lines] == ["2 × £16,540.50 = £33,081.00 → £33,081"]
    assert [(gap.units, gap.first_day) for gap in explanation.unvalued] == [(7, date(2023, 5, 1))]
    assert explanation.cell.is_incomplete


def test_an_explanation_comes_in_pages(
    session: Session, officer: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind, "PAGE", 2)
    actor = officer()
    made = [
        service.record_intervention(replace(BLOCKER, on_date=date(2022, 5, day)), actor=actor, now=NOW)
        for day in (9, 7, 8)
    ]
    first = explain(session, Figure(Q1))
    assert [record.version.reference for record in first.records] == [made[1], made[2]]
    rest = explain(session, Figure(Q1), after=first.next)
    assert [record.version.reference for record in rest.records] == [made[0]]
    assert rest.next is None


def test_only_somebody_allowed_records(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.record_intervention(SCAM, actor=SERVICE, now=NOW)


def test_an_unknown_ward_is_refused_and_nothing_is_written(session: Session, officer: Callable[..., Actor]) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.record_intervention(replace(SCAM, ward_code="E05"), actor=officer(), now=NOW)
    assert refused.value.field == "ward_code"
    assert queries.list_interventions(session, queries.Filter()).items == []


@pytest.mark.parametrize(
    "change",
    [
        {"recovered": Decimal(1)},
        {"units": 0},
        {"prevented": Decimal(-1)},
        {"superseded_at": NOW},
    ],
    ids=["two-classes", "no-units", "negative", "current-yet-superseded"],
)
def test_the_database_itself_refuses_what_the_rules_refuse(
    session: Session, officer: Callable[..., Actor], change: dict[str, object]
) -> None:
    service.record_intervention(SCAM, actor=officer(), now=NOW)
    with pytest.raises(IntegrityError):
        session.execute(update(Intervention).values(change))


def test_the_published_rates_came_with_the_service(session: Session) -> None:
    published = rate_sets.get_rate_set(session, PUBLISHED)
    assert published.status == "approved"
    assert (published.span.first_day, published.span.last_day) == (date(2021, 4, 1), date(2023, 3, 31))
    worth = {(rate.intervention_type, rate.component): rate.value for rate in published.rates}
    assert worth["call_blocker", ValueClass.FUTURE_FINANCIAL] == Decimal("16540.50")
    assert worth["friends_against_scams", ValueClass.OTHER_SOCIETAL] == Decimal("36.03")
    assert {rate.evidence_grade for rate in published.rates} == {"E"}


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2023, 3, 31), None), (date(2020, 1, 1), date(2021, 4, 1)), (date(2020, 1, 1), None)],
    ids=["last-day-taken", "first-day-taken", "open-over-it"],
)
def test_approved_rates_of_one_basis_never_overlap(
    session: Session, officer: Callable[..., Actor], first: date, last: date | None
) -> None:
    with pytest.raises(RuleViolation, match="already has some of these dates"):
        continue_rate_set(PUBLISHED, first, last, actor=officer(RoleName.MANAGER), now=NOW)
    assert [found.slug for found in rate_sets.approved_sets(session, "published")] == [PUBLISHED]


def test_a_continuation_can_be_continued_and_names_who_approved_it(
    session: Session, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER)
    once = continue_rate_set(PUBLISHED, date(2023, 4, 1), date(2024, 3, 31), actor=manager, now=NOW)
    again = continue_rate_set(once, date(2024, 4, 1), None, actor=manager, now=NOW)
    made = rate_sets.get_rate_set(session, again)
    assert made.slug == "nts-observed-2021-22-from-2024-04-01"
    assert (made.approved_by, made.approved_at) == (manager.officer_id, NOW)
    assert [rate.value for rate in made.rates] == [
        rate.value for rate in rate_sets.get_rate_set(session, PUBLISHED).rates
    ]


def test_only_a_manager_approves_rates_that_exist(session: Session, officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        continue_rate_set(PUBLISHED, date(2023, 4, 1), None, actor=officer(), now=NOW)
    with pytest.raises(NotFound):
        continue_rate_set("nothing", date(2023, 4, 1), None, actor=officer(RoleName.MANAGER), now=NOW)
