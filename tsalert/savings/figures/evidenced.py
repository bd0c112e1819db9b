"""How many records are behind a period's evidenced money, and the largest of them: for disclosure control alone."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from tsalert.core.periods import Period
from tsalert.savings.figures.groups import Kind
from tsalert.savings.figures.scopes import COUNTED, in_period
from tsalert.savings.figures.sums import class_of_money
from tsalert.savings.models import Intervention
from tsalert.savings.rules import Beneficiary, InterventionType
from tsalert.savings.valuing.valuation import ValueClass, product

_AMOUNTS = ("prevented", "recovered", "future", "memo")


class Evidenced(Struct, frozen=True):
    """Records of one kind that hold money; ``largest`` is our part of the largest of them."""

    kind: Kind
    records: int
    largest: Decimal


def evidenced_money(session: Session, period: Period) -> tuple[Evidenced, ...]:
    """Return the records of a period that hold money, those of which we had another part by themselves."""
    money, is_bank_loss = class_of_money().label("money"), (Intervention.beneficiary == Beneficiary.BANK).label("bank")
    record = (
        select(Intervention.type, money, is_bank_loss, Intervention.share, *_columns())
        .where(*COUNTED, in_period(period))
        .subquery()
        .c
    )
    keys = (record.type, record.money, record.bank, record.share)
    most = [func.max(record[name]) for name in _AMOUNTS]
    rows = session.execute(select(*keys, func.count(), *most).where(record.money.is_not(None)).group_by(*keys))
    own = tuple(
        Evidenced(
            Kind(type=InterventionType(kind), money=ValueClass(held), is_bank_loss=bool(is_bank)),
            records,
            product((share, max(amounts))),
        )
        for kind, held, is_bank, share, records, *amounts in rows
    )
    return (*own, *_told_by_excess(session, period))


def _told_by_excess(session: Session, period: Period) -> Iterator[Evidenced]:
    """Return whose money units tell of that count only what exceeds it: their printed rate less their figure is it.

    It is told as one person's, however many there are: what one of them lost may be nearly all of it.
    """
    earlier, keys = aliased(Intervention), (Intervention.type, Intervention.beneficiary)
    most = (func.max(earlier.prevented), func.max(earlier.future))
    query = select(*keys, *most).join(earlier, earlier.id == Intervention.overlaps_id).group_by(*keys)
    alone = (*COUNTED, in_period(period), class_of_money().is_(None))
    for kind, beneficiary, *amounts in session.execute(query.where(*alone)):
        is_bank_loss = beneficiary == Beneficiary.BANK
        told = Kind(type=InterventionType(kind), money=ValueClass.FUTURE_FINANCIAL, is_bank_loss=is_bank_loss)
        if max(amounts):
            yield Evidenced(told, 1, max(amounts))


def together(found: Iterable[Evidenced]) -> tuple[int, Decimal]:
    """Return how many records some kinds have, and the largest of them all."""
    kinds = list(found)
    return sum(each.records for each in kinds), max((each.largest for each in kinds), default=Decimal(0))


def _columns() -> list[object]:
    return [getattr(Intervention, name) for name in _AMOUNTS]
