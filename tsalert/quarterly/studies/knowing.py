"""What the records of a case know that its study must not tell, and the money that it may."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import asdict
from sqlalchemy.orm import Session

from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.core.clock import london_date
from tsalert.core.periods import Period, quarter_of
from tsalert.identifying.knowing import people_of
from tsalert.quarterly.studies.facts import Facts
from tsalert.savings.counting.ledgers import ledger_amounts


def facts_of(session: Session, case: CaseFile, quarter: Period) -> Facts:
    """Return everything that the text of a study is held against: what its case tells, and those of the same matter."""
    matter = merging.matter_of(session, case.id)
    people = people_of(session, matter)
    known = asdict(people)
    came_in = quarter_of(london_date(case.opened_at))
    return Facts(quarter=quarter, came_in=came_in, amounts=_amounts(session, matter), **known)


def _amounts(session: Session, matter: Sequence[int]) -> frozenset[Decimal]:
    """Return every amount of a matter: of each of its cases, and what they come to together, each sum once."""
    together = cases.matter_totals(session, matter[0])
    sums = (together.detriment, together.net_detriment, *together.by_kind.values()) if together else ()
    held = frozenset().union(*(ledger_amounts(session, case_id) for case_id in matter))
    return held | {amount for amount in sums if amount}
