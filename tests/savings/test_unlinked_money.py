"""Money of records that name no incident and no case: the household and the day tell that it may be the same."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.savings.test_links_and_shares import incident
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.savings import queries, service
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention

HOME = "BR9 1AA 12"
SAVED = NewIntervention(
    type=InterventionType.DOORSTEP_CRIME,
    on_date=date(2022, 5, 3),
    prevented=Decimal(4000),
    evidence=Evidence.BANK,
    household_key=HOME,
)
Officer = Callable[..., Actor]


@pytest.mark.parametrize("recovered", [False, True])
def test_money_of_one_home_and_day_is_not_recorded_again_without_a_reason(officer: Officer, *, recovered: bool) -> None:
    actor = officer()
    service.record_intervention(SAVED, actor=actor, now=NOW)
    again = replace(SAVED, prevented=Decimal(0), recovered=Decimal(4000)) if recovered else SAVED
    with pytest.raises(RuleViolation) as refused:
        service.record_intervention(again, actor=actor, now=NOW)
    assert refused.value.field == "other_money"
    service.record_intervention(replace(again, other_money="A second trader called"), actor=actor, now=NOW)
    service.record_intervention(replace(SAVED, on_date=date(2022, 5, 4)), actor=actor, now=NOW)
    service.record_intervention(replace(SAVED, household_key="BR9 1AA 14"), actor=actor, now=NOW)
    service.record_intervention(replace(SAVED, household_key=None), actor=actor, now=NOW)


def test_a_record_of_the_incident_and_one_of_its_home_alone_may_be_the_same(session: Session, officer: Officer) -> None:
    actor = officer()
    linked = replace(SAVED, household_key=None, incident_id=incident(session))
    reference = service.record_intervention(linked, actor=actor, now=NOW)
    home = queries.get_current(session, reference).content.household_key
    with pytest.raises(RuleViolation, match=reference):
        service.record_intervention(replace(SAVED, household_key=home), actor=actor, now=NOW)


def test_two_incidents_of_one_home_and_day_are_two_events(session: Session, officer: Officer) -> None:
    for _ in range(2):
        new = replace(SAVED, incident_id=incident(session))
        service.record_intervention(new, actor=officer(), now=NOW)


def test_correcting_a_record_does_not_run_into_itself(session: Session, officer: Officer) -> None:
    actor = officer()
    reference = service.record_intervention(SAVED, actor=actor, now=NOW)
    lower = replace(SAVED, prevented=Decimal(3000))
    service.correct_intervention(reference, lower, of_version=1, reason="A smaller cheque", actor=actor, now=NOW)
    assert queries.get_current(session, reference).content.prevented == Decimal(3000)
