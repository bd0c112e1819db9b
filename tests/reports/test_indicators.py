"""How figures are written."""

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.reports.change import write_value
from tsalert.reports.indicators import indicators_on, percent
from tsalert.reports.measures import MEASURES, share_met
from tsalert.response.clock import tally

NOTHING = tally([], reports=0, immediate=0)


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        pytest.param({}, "0 of 0", id="no-clock-came-out"),
        pytest.param({"running": 3, "not_applicable": 2}, "0 of 0", id="neither-met-nor-missed"),
        pytest.param({"met": 3, "late": 1}, "3 of 4", id="too-few-for-a-percentage"),
        pytest.param({"met": 6, "late": 1}, "86% (6 of 7)", id="late-is-missed"),
        pytest.param({"met": 4, "overdue": 1}, "80% (4 of 5)", id="overdue-is-missed-already"),
        pytest.param({"met": 4, "breached_then_ended": 2}, "67% (4 of 6)", id="ending-undoes-no-breach"),
    ],
)
def test_the_share_met_leaves_out_what_runs_or_ended_in_time(counts: dict[str, int], text: str) -> None:
    assert write_value(share_met(replace(NOTHING, **counts))) == text


@pytest.mark.parametrize(
    ("share", "text"), [("0.36", "36%"), ("0.365", "37%"), ("0.364999", "36%"), ("0", "0%"), ("1", "100%")]
)
def test_a_share_is_rounded_half_up(share: str, text: str) -> None:
    assert percent(Decimal(share)) == text


def test_every_indicator_has_a_name_of_its_own_and_a_definition(session: Session) -> None:
    found = indicators_on(session, date(2022, 6, 30))
    assert [each.name for each in found] == [measure.name for measure in MEASURES]
    assert all(each.definition.endswith(".") for each in found)
