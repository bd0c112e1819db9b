"""Who writes the board's actions, and the records of quarters."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.reports.conftest import quarter as records
from tsalert.core.actors import Actor
from tsalert.core.periods import quarter
from tsalert.staff.rules import RoleName

__all__ = ["records"]
Q1, Q2, Q3, Q4 = (quarter(2022, number) for number in (1, 2, 3, 4))
IN_Q2 = datetime(2022, 8, 10, 9, 0, tzinfo=UTC)
ABUSE = 6


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Morgan Manager")


@pytest.fixture
def writer(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.CASE_OFFICER, name="Wilma Writer")
