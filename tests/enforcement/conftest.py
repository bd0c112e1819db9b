"""Offences, prosecutions and defendants to test with; all of them invented."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.cases.conftest import actor, described, incident
from tsalert.cases import service as cases
from tsalert.core.actors import Actor
from tsalert.enforcement import court, service
from tsalert.enforcement.court_rules import NewDefendant, NewProsecution
from tsalert.enforcement.rules import NewOffence
from tsalert.enforcement.vocabulary import CourtKind

__all__ = ["actor", "incident"]

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
FRAUD = NewOffence("fraud_representation", date(2026, 1, 5), date(2026, 3, 30))
BANNED = NewOffence("dmcc_banned", date(2026, 1, 5), date(2026, 3, 30), discovered_on=date(2026, 4, 1))
BEGUN = NewProsecution(CourtKind.MAGISTRATES, "Anytown Magistrates' Court", date(2026, 5, 1))


@pytest.fixture
def open_case(actor: Actor) -> Callable[..., int]:
    """Open cases: ``open_case()`` returns the id."""

    def make(*, now: datetime = NOW, **changes: Any) -> int:
        return cases.open_case(described(**changes), actor=actor, now=now)

    return make


@pytest.fixture
def case_id(open_case: Callable[..., int]) -> int:
    """A doorstep-crime case."""
    return open_case()


@pytest.fixture
def charged(case_id: int, actor: Actor) -> tuple[int, int, int]:
    """A prosecution for fraud with one defendant: the numbers of the case, the prosecution and the defendant."""
    offence = service.record_offence(case_id, FRAUD, actor=actor, now=NOW)
    prosecution = court.begin_prosecution(case_id, BEGUN, actor=actor, now=NOW)
    new = NewDefendant((offence,), name="Al Example (invented)")
    return case_id, prosecution, court.add_defendant(case_id, prosecution, new, actor=actor, now=NOW)
