"""Which money lines of a case the amounts of a text are from."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy.orm import Session

from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases.rules import RETURNED
from tsalert.cases.vocabulary import MoneyKind
from tsalert.savings.counting.case_studies import quoted_amounts, rounded


def lines_quoted(session: Session, case_id: int, text: str) -> list[int]:
    """Return the money lines that stand and whose amount, alone or summed by kind, a text quotes, rounded or not.

    Those of every case of the same matter count.
    """
    quoted = {each.amount for each in quoted_amounts(text) if each.amount is not None}
    sums = [each for member in merging.matter_of(session, case_id) for each in _each_sum(session, member)]
    return sorted({line for amount, lines in sums for line in lines if {amount, rounded(amount)} & quoted})


def _each_sum(session: Session, case_id: int) -> Iterator[tuple[Decimal, list[int]]]:
    """Yield every amount of a case that a study may quote, with the lines behind it."""
    ledger = cases.ledger(session, case_id)
    by_kind: defaultdict[MoneyKind, list[int]] = defaultdict(list)
    for line in ledger.standing:
        yield line.amount, [line.id]
        by_kind[MoneyKind.of(line.kind)].append(line.id)
    for kind, lines in by_kind.items():
        yield ledger.totals.of(kind), lines
    back = [line for kind in RETURNED for line in by_kind[kind]]
    yield ledger.totals.returned, back
    yield ledger.totals.net_detriment, [*by_kind[MoneyKind.PAID], *back]
