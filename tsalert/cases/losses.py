"""What victims lost in a period, case by case taken together: by what was done to them and how they were reached."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from statistics import median

from msgspec import Struct
from sqlalchemy import ColumnElement, CompoundSelect, func, select
from sqlalchemy.orm import Session, aliased

from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.cases.queries import is_repeated, opened_in, stands
from tsalert.cases.vocabulary import Channel, MoneyKind
from tsalert.core.periods import Period
from tsalert.response.vocabulary import REPORTED_CATEGORIES, Category


class CaseLoss(Struct, frozen=True):
    """The money that left the victim of one case; None where none is told."""

    category: Category
    channel: Channel
    loss: Decimal | None


class LossSummary(Struct, frozen=True):
    """The cases of one kind: ``number`` of them tell a loss, and mean and median are of those alone.

    :param key: the code of the kind; empty for all together.
    :param largest: the largest loss of a single case; never for anybody outside.
    """

    label: str
    cases: int
    number: int
    total: Decimal
    mean: Decimal | None
    median: Decimal | None
    key: str = ""
    largest: Decimal | None = None


class PeriodLosses(Struct, frozen=True):
    """The losses of the cases opened in a period, of the categories that a board counts.

    Cases that are one matter count once, as the one in which it stands, with the money of them all.
    """

    by_category: tuple[LossSummary, ...]
    by_channel: tuple[LossSummary, ...]
    altogether: LossSummary


def period_losses(session: Session, period: Period) -> PeriodLosses:
    """Return what the victims of a period's cases lost."""
    found = _case_losses(session, period)
    return PeriodLosses(
        _by(found, lambda each: each.category),
        _by(found, lambda each: each.channel),
        summarise("All", found),
    )


def summarise(label: str, cases: Iterable[CaseLoss], *, key: str = "") -> LossSummary:
    """Add losses up; of an even number the median is the mean of the two in the middle."""
    of_all = [each.loss for each in cases]
    told = [loss for loss in of_all if loss]
    total = sum(told, Decimal(0))
    mean, middle = (total / len(told), Decimal(median(told))) if told else (None, None)
    return LossSummary(label, len(of_all), len(told), total, mean, middle, key, max(told, default=None))


def _by(cases: Iterable[CaseLoss], kind_of: Callable[[CaseLoss], Category | Channel]) -> tuple[LossSummary, ...]:
    """Summarise kind by kind, the greatest loss first."""
    found: defaultdict[Category | Channel, list[CaseLoss]] = defaultdict(list)
    for each in cases:
        found[kind_of(each)].append(each)
    summaries = [summarise(kind.label, members, key=kind.value) for kind, members in found.items()]
    return tuple(sorted(summaries, key=lambda each: (-each.total, -each.cases, each.label)))


def _case_losses(session: Session, period: Period) -> list[CaseLoss]:
    matter = _matters(period).subquery("matter")
    paid = (
        select(matter.c.stands_in, func.sum(MoneyLine.amount).label("loss"))
        .join(MoneyLine, MoneyLine.case_id == matter.c.recorded_in)
        .where(MoneyLine.kind == MoneyKind.PAID, stands(), ~is_repeated())
        .group_by(matter.c.stands_in)
        .subquery("paid")
    )
    query = (
        select(CaseFile.category, CaseFile.channel, paid.c.loss)
        .outerjoin(paid, paid.c.stands_in == CaseFile.id)
        .where(*_counted(period), CaseFile.continued_in_id.is_(None))
    )
    rows = session.execute(query)
    return [CaseLoss(Category.of(category), Channel.of(channel), loss) for category, channel, loss in rows]


def _matters(period: Period) -> CompoundSelect[int, int]:
    """Select each case whose money counts in a period, with the one in which it stands: itself, or a later one."""
    earlier = aliased(CaseFile)
    own = select(CaseFile.id.label("recorded_in"), CaseFile.id.label("stands_in"))
    merged = select(earlier.id, CaseFile.id).join(CaseFile, CaseFile.id == earlier.continued_in_id)
    return own.where(*_counted(period), CaseFile.continued_in_id.is_(None)).union_all(merged.where(*_counted(period)))


def _counted(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (opened_in(period), CaseFile.category.in_(REPORTED_CATEGORIES))
