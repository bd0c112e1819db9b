"""What victims lost in a period, case by case taken together: by what was done to them and how they were reached."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.cases.queries import opened_in, stands
from tsalert.cases.vocabulary import Channel, MoneyKind
from tsalert.core.periods import Period
from tsalert.response.vocabulary import REPORTED_CATEGORIES, Category


@dataclass(frozen=True, slots=True)
class CaseLoss:
    """The money that left the victim of one case; None where none is told."""

    category: Category
    channel: Channel
    loss: Decimal | None


@dataclass(frozen=True, slots=True)
class LossSummary:
    """The cases of one kind: ``number`` of them tell a loss, and mean and median are of those alone."""

    label: str
    cases: int
    number: int
    total: Decimal
    mean: Decimal | None
    median: Decimal | None


@dataclass(frozen=True, slots=True)
class PeriodLosses:
    """The losses of the cases opened in a period, of the categories that a board counts."""

    by_category: tuple[LossSummary, ...]
    by_channel: tuple[LossSummary, ...]
    altogether: LossSummary


def period_losses(session: Session, period: Period) -> PeriodLosses:
    """Return what the victims of a period's cases lost."""
    found = _case_losses(session, period)
    return PeriodLosses(
        _by(found, lambda each: each.category.label),
        _by(found, lambda each: each.channel.label),
        summarise("All", found),
    )


def summarise(label: str, cases: Iterable[CaseLoss]) -> LossSummary:
    """Add losses up; of an even number the median is the mean of the two in the middle."""
    of_all = [each.loss for each in cases]
    told = [loss for loss in of_all if loss]
    total = sum(told, Decimal(0))
    mean, middle = (total / len(told), Decimal(median(told))) if told else (None, None)
    return LossSummary(label, len(of_all), len(told), total, mean, middle)


def _by(cases: Iterable[CaseLoss], label: Callable[[CaseLoss], str]) -> tuple[LossSummary, ...]:
    """Summarise kind by kind, the greatest loss first."""
    found: defaultdict[str, list[CaseLoss]] = defaultdict(list)
    for each in cases:
        found[label(each)].append(each)
    summaries = [summarise(name, members) for name, members in found.items()]
    return tuple(sorted(summaries, key=lambda each: (-each.total, -each.cases, each.label)))


def _case_losses(session: Session, period: Period) -> list[CaseLoss]:
    paid = select(func.sum(MoneyLine.amount)).where(
        MoneyLine.case_id == CaseFile.id, MoneyLine.kind == MoneyKind.PAID, stands()
    )
    query = select(CaseFile.category, CaseFile.channel, paid.correlate(CaseFile).scalar_subquery()).where(
        opened_in(period), CaseFile.category.in_(REPORTED_CATEGORIES)
    )
    rows = session.execute(query)
    return [CaseLoss(Category.of(category), Channel.of(channel), loss) for category, channel, loss in rows]
