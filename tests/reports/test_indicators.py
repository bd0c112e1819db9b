"""How figures are written."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tsalert.reports.indicators import INDICATORS, percent, share_met
from tsalert.response.clock import tally

NOTHING = tally([], reports=0, immediate=0)


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        pytest.param({}, None, id="no-clock-came-out"),
        pytest.param({"running": 3, "not_applicable": 2}, None, id="neither-met-nor-missed"),
        pytest.param({"met": 3, "late": 1}, "3 of 4", id="too-few-for-a-percentage"),
        pytest.param({"met": 6, "late": 1}, "6 of 7 (86%)", id="late-is-missed"),
        pytest.param({"met": 4, "overdue": 1}, "4 of 5 (80%)", id="overdue-is-missed-already"),
        pytest.param({"met": 4, "breached_then_ended": 2}, "4 of 6 (67%)", id="ending-undoes-no-breach"),
    ],
)
def test_the_share_met_leaves_out_what_runs_or_ended_in_time(counts: dict[str, int], text: str | None) -> None:
    assert share_met(replace(NOTHING, **counts)) == text


@pytest.mark.parametrize(
    ("share", "text"), [("0.36", "36%"), ("0.365", "37%"), ("0.364999", "36%"), ("0", "0%"), ("1", "100%")]
)
def test_a_share_is_rounded_half_up(share: str, text: str) -> None:
    assert percent(Decimal(share)) == text


def test_every_indicator_has_a_name_of_its_own_and_a_definition() -> None:
    names = [indicator.name for indicator in INDICATORS]
    assert len(names) == len(set(names))
    assert all(indicator.definition.endswith(".") for indicator in INDICATORS)
