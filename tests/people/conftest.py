"""A trader of several years and his victims; all of them invented."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.cases.conftest import actor, described, open_case
from tests.response.conftest import roof_call
from tsalert.cases import service as cases
from tsalert.cases.people import service as people
from tsalert.cases.people.rules import NewRole
from tsalert.cases.people.vocabulary import Role
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.parties.vocabulary import Side
from tsalert.response import service as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.vocabulary import CallSource

__all__ = ["actor", "open_case"]

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
PAVERS = "Pretend Paving, van ZZ99 ZZZ"


@pytest.fixture
def years(actor: Actor) -> tuple[int, int]:
    """Three incidents in three years, each with its case, of one victim and one trader: the numbers of both."""
    calls = []
    for days, paid in ((795, 400), (400, 1600), (10, 12000)):
        at = NOW - timedelta(days=days)
        logged = response.log_call(roof_call(source=CallSource.RESIDENT, trader=PAVERS), actor=actor, now=at)
        calls.append(logged.call_id)
        new = described(incident_id=logged.incident_id, victim_name="Alex Example")
        case_id = cases.open_case(new, actor=actor, now=at)
        cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(paid)), actor=actor, now=at)
        told = {part.role: part.party_id for part in parties_of_calls(db.session(), [logged.call_id])}
        suspect = NewRole(role=Role.SUSPECT, party_id=told[Side.TRADER], source="The call")
        people.give_role(case_id, suspect, actor=actor, now=at)
    told = {part.role: part.party_id for part in parties_of_calls(db.session(), calls)}
    return told[Side.CALLER], told[Side.TRADER]


Maker = Callable[..., int]
