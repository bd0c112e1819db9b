"""The money that stands in a case: its money lines, and what its interventions hold."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.vocabulary import MoneyKind
from tsalert.savings.figures.scopes import COUNTED
from tsalert.savings.models import Intervention


def ledger_amounts(session: Session, case_id: int) -> frozenset[Decimal]:
    """Return every amount that stands in a case, those above nought, and the sums that its page shows.

    :raises NotFound: there is no such case.
    """
    case = cases.get_case(session, case_id)
    ledger = cases.ledger(session, case.id)
    sums = (ledger.totals.detriment, ledger.totals.net_detriment, *map(ledger.totals.of, MoneyKind))
    lines = {*(line.amount for line in ledger.standing), *sums}
    columns = (Intervention.prevented, Intervention.recovered, Intervention.future, Intervention.memo)
    of_case = select(*columns).where(*COUNTED, Intervention.case_id == case.id)
    held = {amount for row in session.execute(of_case) for amount in row}
    return frozenset(amount for amount in lines | held if amount)
