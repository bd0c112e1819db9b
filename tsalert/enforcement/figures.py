"""What enforcement came to in a period: for information, never a saving. What was taken back is left out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.cases.models import MoneyLine
from tsalert.cases.queries import stands
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.periods import Period
from tsalert.enforcement.models import Cancellation, CourtDecision, EnforcementAction, Prosecution
from tsalert.enforcement.queries import is_taken_back
from tsalert.enforcement.vocabulary import ORDERS_OF_MONEY, ActionKind, DecisionKind, Record, Result

_NOTHING = Decimal(0)


class MoneySum(Struct, frozen=True):
    """Some sums of money together: how many, how much, and the largest of them."""

    number: int = 0
    total: Decimal = _NOTHING
    largest: Decimal | None = None


NO_MONEY = MoneySum()


class EnforcementFigures(Struct, frozen=True):
    """The enforcement of a period, each step by its own day.

    :param results: pleas, verdicts and sentences, each defendant's by itself.
    :param ordered: what courts ordered to be paid, by what for.
    :param compensation_paid: what of compensation reached victims, whenever it was ordered.
    """

    prosecutions: int
    actions: Mapping[ActionKind, int]
    contracts_cancelled: int
    results: Mapping[Result, int]
    ordered: Mapping[DecisionKind, MoneySum]
    compensation_paid: MoneySum


def enforcement_figures(session: Session, period: Period) -> EnforcementFigures:
    """Return what enforcement came to in a period."""
    begun = select(func.count()).select_from(Prosecution).where(_in(period, Prosecution.begun_on))
    cancelled = select(func.count()).select_from(Cancellation).where(_in(period, Cancellation.cancelled_on))
    cancelled = cancelled.where(~is_taken_back(Record.CANCELLATION, Cancellation.id))
    return EnforcementFigures(
        session.scalar(begun) or 0,
        _actions(session, period),
        session.scalar(cancelled) or 0,
        _results(session, period),
        _ordered(session, period),
        _compensation_paid(session, period),
    )


def _actions(session: Session, period: Period) -> dict[ActionKind, int]:
    stand = (_in(period, EnforcementAction.on_date), ~is_taken_back(Record.ACTION, EnforcementAction.id))
    query = select(EnforcementAction.kind, func.count()).where(*stand).group_by(EnforcementAction.kind)
    found = dict(session.execute(query).all())
    return {kind: found[kind] for kind in ActionKind if kind in found}


def _results(session: Session, period: Period) -> dict[Result, int]:
    query = select(CourtDecision.result, func.count()).where(*_decided(period), CourtDecision.result.is_not(None))
    found = dict(session.execute(query.group_by(CourtDecision.result)).all())
    return {result: found[result] for result in Result if result in found}


def _ordered(session: Session, period: Period) -> dict[DecisionKind, MoneySum]:
    query = _sums(CourtDecision.kind, CourtDecision.amount).where(*_decided(period))
    query = query.where(CourtDecision.kind.in_(ORDERS_OF_MONEY)).group_by(CourtDecision.kind)
    found = {kind: MoneySum(number, total, largest) for kind, number, total, largest in session.execute(query)}
    return {kind: found[kind] for kind in DecisionKind if kind in found}


def _compensation_paid(session: Session, period: Period) -> MoneySum:
    query = _sums(MoneyLine.kind, MoneyLine.amount).where(_in(period, MoneyLine.on_date), stands())
    query = query.where(MoneyLine.kind == MoneyKind.COMPENSATION_PAID).group_by(MoneyLine.kind)
    sums = (MoneySum(number, total, largest) for _, number, total, largest in session.execute(query))
    return next(sums, NO_MONEY)


def _sums(kind: InstrumentedAttribute[str], amount: InstrumentedAttribute[Any]) -> Select[str, int, Decimal, Decimal]:
    return select(kind, func.count(), func.sum(amount), func.max(amount))


def _decided(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (_in(period, CourtDecision.on_date), ~is_taken_back(Record.DECISION, CourtDecision.id))


def _in(period: Period, day: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return day.between(period.first_day, period.last_day)
