"""The records behind published quarters, made through the services; people and houses are invented."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.periods import Period
from tsalert.response import dispatching
from tsalert.response import service as response
from tsalert.response.dispatching import NewMilestone
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.steps import Step
from tsalert.response.vocabulary import Category, Disposition, GradeName
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.savings.service import record_intervention

BOARD = (Category.DOORSTEP_CRIME, Category.SCAM, Category.FINANCIAL_ABUSE)


class Quarter:
    """Makes the records of one period, spread over its days."""

    def __init__(self, period: Period, actor: Actor) -> None:
        self.period = period
        self.actor = actor
        self.span = period.ends_at - period.starts_at

    def moment(self, number: int, among: int) -> datetime:
        """Return the instant of one of many records: the first opens the period, the last ends it."""
        return self.period.starts_at + (self.span - timedelta(seconds=1)) * number / max(among - 1, 1)

    def record_first_of_2022_23(self) -> None:
        """Record what the published first quarter of 2022/23 is made of."""
        self.open_cases(233, board=76, detriment=Decimal("505804.50"))
        self.log_reports(30, immediate=7, intervened=5)
        self.record_savings_of_first_of_2022_23()

    def record_savings_of_first_of_2022_23(self) -> None:
        """Record what the published savings of that quarter are made of, and nothing else of it."""
        self.record(InterventionType.SCAM_VICTIM, date(2022, 5, 3), "600")
        self.record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 30), "40500")
        self.record(InterventionType.FRIENDS_AGAINST_SCAMS, date(2022, 4, 1), units=112)
        self.record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=3)

    def open_cases(self, number: int, *, board: int, detriment: Decimal) -> None:
        """Open enquiries, some of the board's categories, among which a loss is split unevenly, to the penny."""
        parts = [detriment - (board - 1) * Decimal("0.01"), *[Decimal("0.01")] * (board - 1)]
        for place in range(number):
            category = BOARD[place % 3] if place < board else Category.OTHER
            at = self.moment(place, number)
            case_id = cases.open_case(NewCase("An enquiry", category), actor=self.actor, now=at)
            paid = parts[place] if place < board else Decimal(1_000_000)
            cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, paid), actor=self.actor, now=at)

    def open_untold(self, number: int) -> None:
        """Open scam cases that tell no loss."""
        for place in range(number):
            at = self.moment(place, number)
            cases.open_case(NewCase("An enquiry", Category.SCAM), actor=self.actor, now=at)

    def open_late(self) -> None:
        """Open a scam case of the period after its end."""
        new = NewCase("An enquiry", Category.SCAM, opened_at=self.moment(1, 3))
        cases.open_case(new, actor=self.actor, now=self.period.ends_at + timedelta(days=20))

    def lose(self, paid: Decimal, *, back: Decimal) -> None:
        """Open a scam case of which the bank gave some money back."""
        at = self.moment(1, 3)
        case_id = cases.open_case(NewCase("An enquiry", Category.SCAM), actor=self.actor, now=at)
        for kind, amount in ((MoneyKind.PAID, paid), (MoneyKind.REFUNDED_BY_BANK, back)):
            if amount:
                cases.record_money(case_id, NewMoneyLine(kind, amount), actor=self.actor, now=at)

    def log_reports(self, number: int, *, immediate: int, intervened: int) -> None:
        """Log calls to the rapid-response number; immediate ones are reached within the hour."""
        for place in range(number):
            at = self.moment(place, number)
            grade = GradeName.IMMEDIATE if place < immediate else GradeName.NONE
            told = NewIncident(Category.DOORSTEP_CRIME, grade=grade, grade_reason="As the officer saw it")
            call = NewCall(disposition=Disposition.NEW_INCIDENT, incident=told, happening="Men on the roof")
            incident_id = response.log_call(call, actor=self.actor, now=at).incident_id
            assert incident_id is not None
            if place < immediate:
                self._attend(incident_id, at)
            if place < intervened:
                self.record(InterventionType.ADVICE, at.date(), incident_id=incident_id)

    def record(
        self, kind: InterventionType, on_date: date, amount: str = "0", units: int = 1, incident_id: int | None = None
    ) -> None:
        """Record an intervention of the period."""
        evidence = Evidence.BANK if Decimal(amount) else None
        new = NewIntervention(
            type=kind,
            on_date=on_date,
            prevented=Decimal(amount),
            units=units,
            evidence=evidence,
            incident_id=incident_id,
        )
        record_intervention(new, actor=self.actor, now=datetime(2023, 5, 1, 9, 0, tzinfo=UTC))

    def _attend(self, incident_id: int, at: datetime) -> None:
        for minutes, step in ((20, Step.EN_ROUTE), (55, Step.ON_SCENE)):
            then = at + timedelta(minutes=minutes)
            dispatching.record_milestone(incident_id, NewMilestone(step), actor=self.actor, now=then)


@pytest.fixture
def quarter(session: Session, officer: Callable[..., Actor]) -> Callable[[Period], Quarter]:
    """Begin the records of a period."""
    actor = officer()
    return lambda period: Quarter(period, actor)
