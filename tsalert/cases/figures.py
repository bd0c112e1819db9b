"""What the cases and the helpline's contacts of a period amount to, by the definitions of the board's indicators."""

from collections import Counter, defaultdict
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import CompoundSelect, Integer, Select, cast, func, select
from sqlalchemy.orm import Session, aliased

from tsalert.cases.models import CaseFile, HelplineContact, MoneyLine
from tsalert.cases.queries import is_repeated, opened_in, stands
from tsalert.cases.rules import MoneyTotals, add_up
from tsalert.cases.vocabulary import HelplineKind, Impact, MoneyKind, ScamKind, kind_label
from tsalert.core.periods import Period
from tsalert.response.vocabulary import REPORTED_CATEGORIES, Category


class CaseFigures(Struct, frozen=True):
    """The cases opened in a period; money, vulnerability and impact are those of the board's three categories.

    Cases that are one matter count once, as the one in which it stands, with the money of them all; a sum that two of
    them record counts once.
    """

    by_category: dict[Category, int]
    money: MoneyTotals
    chosen_for_vulnerability: int
    able_to_stay_at_home: int

    @property
    def enquiries(self) -> int:
        """Cases of every category."""
        return sum(self.by_category.values())

    @property
    def scam_doorstep_abuse(self) -> int:
        """Cases of scams, doorstep crime and financial abuse."""
        return sum(self.by_category.get(category, 0) for category in REPORTED_CATEGORIES)

    @property
    def detriment(self) -> Decimal:
        """Money that left the victims."""
        return self.money.detriment

    @property
    def net_detriment(self) -> Decimal:
        """Money that left the victims and has not come back."""
        return self.money.net_detriment


class MeanLoss(Struct, frozen=True):
    """The losses told for one kind of complaint; complaints that name no loss are not among the ``number``."""

    label: str
    number: int
    total: Decimal

    @property
    def mean(self) -> Decimal:
        """The total over the number, to be rounded only where it is shown."""
        return self.total / self.number


class HelplineFigures(Struct, frozen=True):
    """What the consumer helpline received for our area in a period."""

    complaints: int
    transferred: int
    scam_or_doorstep: int
    scams: int
    investment_frauds: int
    mean_losses: tuple[MeanLoss, ...]

    @property
    def investment_share(self) -> Decimal | None:
        """The part of the scam complaints that was investment fraud, between 0 and 1; None without scams."""
        return Decimal(self.investment_frauds) / self.scams if self.scams else None


def case_figures(session: Session, period: Period) -> CaseFigures:
    """Return the enquiries, cases and detriment of a period, a case counting where it was opened."""
    by_category: dict[Category, int] = {}
    vulnerable = at_home = 0
    for name, number, chosen, home in session.execute(_counts(period)):
        category = Category(name)
        by_category[category] = number
        if category in REPORTED_CATEGORIES:
            vulnerable, at_home = vulnerable + chosen, at_home + home
    totals = add_up((MoneyKind(kind), amount) for kind, amount in session.execute(_sums(period)))
    return CaseFigures(by_category, totals, vulnerable, at_home)


def helpline_figures(session: Session, period: Period) -> HelplineFigures:
    """Return what the helpline received in a period."""
    counts: Counter[str] = Counter()
    losses: dict[str, list[MeanLoss]] = defaultdict(list)
    for kind, category, scam_kind, number, told, total in session.execute(_contacts(period)):
        is_scam, is_transferred = category == Category.SCAM, kind == HelplineKind.REFERRAL
        counts["complaints"] += number
        counts["transferred"] += number * is_transferred
        counts["scam_or_doorstep"] += number * (is_transferred and category in _SCAM_OR_DOORSTEP)
        counts["scams"] += number * is_scam
        counts["investment_frauds"] += number * (is_scam and scam_kind == ScamKind.INVESTMENT)
        if total is not None:
            label = _loss_label(category, scam_kind)
            losses[label].append(MeanLoss(label, told, total))
    return HelplineFigures(
        **{name: counts[name] for name in _HELPLINE_COUNTS},
        mean_losses=tuple(_together(label, parts) for label, parts in sorted(losses.items())),
    )


_HELPLINE_COUNTS = ("complaints", "transferred", "scam_or_doorstep", "scams", "investment_frauds")
_SCAM_OR_DOORSTEP = frozenset({Category.SCAM, Category.DOORSTEP_CRIME})


def _counts(period: Period) -> Select[str, int, int, int]:
    return (
        select(
            CaseFile.category,
            func.count(),
            func.sum(cast(CaseFile.chosen_for_vulnerability, Integer)),
            func.count().filter(CaseFile.impact == Impact.ABLE_TO_STAY_AT_HOME),
        )
        .where(opened_in(period), CaseFile.continued_in_id.is_(None))
        .group_by(CaseFile.category)
    )


def _sums(period: Period) -> Select[str, Decimal]:
    """Select the money of a period by its kind; found from the period's cases, however much was recorded in all."""
    return (
        select(MoneyLine.kind, func.sum(MoneyLine.amount))
        .where(MoneyLine.case_id.in_(_with_money_of(period)), stands(), ~is_repeated())
        .group_by(MoneyLine.kind)
    )


def _with_money_of(period: Period) -> CompoundSelect[int]:
    """Select the cases whose money counts in a period: its own, and those that continue in one of them."""
    counted = (opened_in(period), CaseFile.category.in_(REPORTED_CATEGORIES))
    own = select(CaseFile.id).where(*counted, CaseFile.continued_in_id.is_(None))
    earlier = aliased(CaseFile)
    return own.union_all(select(earlier.id).join(CaseFile, CaseFile.id == earlier.continued_in_id).where(*counted))


def _contacts(period: Period) -> Select[str, str, str | None, int, int, Decimal | None]:
    axes = (HelplineContact.kind, HelplineContact.category, HelplineContact.scam_kind)
    amounts = (func.count(), func.count(HelplineContact.loss), func.sum(HelplineContact.loss))
    within = HelplineContact.received_on.between(period.first_day, period.last_day)
    return select(*axes, *amounts).where(within).group_by(*axes)


def _loss_label(category: str, scam_kind: str | None) -> str:
    if category == Category.SCAM and scam_kind:
        return f"Scam: {kind_label(scam_kind).lower()}"
    return Category(category).label


def _together(label: str, parts: list[MeanLoss]) -> MeanLoss:
    return MeanLoss(label, sum(part.number for part in parts), sum((part.total for part in parts), Decimal(0)))
