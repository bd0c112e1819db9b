"""What may be recorded of offences, actions and contracts, and when a last day is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.enforcement import rules
from tsalert.enforcement.rules import NewAction, NewCancellation, NewOffence
from tsalert.enforcement.vocabulary import BINDING, ActionKind, ContractKind, Place, Record

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 6, 10), timedelta(days=1)
OFFENCE = NewOffence("fraud", TODAY, TODAY, TODAY)
CONTRACT = NewCancellation("A roof", ContractKind.GOODS, Place.OFF_PREMISES, TODAY)


def test_conduct_may_begin_end_and_be_discovered_on_one_day_or_never_be() -> None:
    rules.require_conduct(OFFENCE, NOW)
    rules.require_conduct(replace(OFFENCE, discovered_on=None), NOW)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"conduct_from": TODAY + DAY}, "conduct_from", "This day has not come yet"),
        ({"conduct_to": TODAY + DAY}, "conduct_to", "This day has not come yet"),
        ({"discovered_on": TODAY + DAY}, "discovered_on", "This day has not come yet"),
        ({"conduct_to": TODAY - DAY}, "conduct_to", "The conduct cannot end before it begins"),
        ({"discovered_on": TODAY - DAY}, "discovered_on", "Nobody can learn of an offence before"),
    ],
)
def test_conduct_that_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.require_conduct(replace(OFFENCE, **changes), NOW)


@pytest.mark.parametrize("kind", ActionKind)
def test_only_what_binds_a_trader_has_an_end(kind: ActionKind) -> None:
    rules.require_action(NewAction(kind, TODAY, "They were told."), NOW)
    bound = NewAction(kind, TODAY, "They were told.", binds_until=TODAY)
    if kind in BINDING:
        rules.require_action(bound, NOW)
        return
    with refused(RuleViolation, "Only undertakings and injunctions bind", field="binds_until"):
        rules.require_action(bound, NOW)


def test_an_action_lies_behind_us_and_ends_after_it_began() -> None:
    for action, field, message in (
        (NewAction(ActionKind.ADVICE, TODAY + DAY, "x"), "on_date", "This day has not come yet"),
        (NewAction(ActionKind.UNDERTAKING, TODAY, "x", binds_until=TODAY - DAY), "binds_until", "It cannot end before"),
    ):
        with refused(RuleViolation, message, field=field):
            rules.require_action(action, NOW)


@pytest.mark.parametrize("field", ["made_on", "delivered_on", "notice_on", "cancelled_on"])
def test_the_days_of_a_contract_lie_behind_us(field: str) -> None:
    today: dict[str, Any] = {field: TODAY}
    tomorrow: dict[str, Any] = {field: TODAY + DAY}
    rules.require_cancellation(replace(CONTRACT, **today), NOW)
    with refused(RuleViolation, "This day has not come yet", field=field):
        rules.require_cancellation(replace(CONTRACT, **tomorrow), NOW)


def test_nothing_is_cancelled_before_it_was_made() -> None:
    with refused(RuleViolation, "A contract cannot be cancelled before", field="cancelled_on"):
        rules.require_cancellation(replace(CONTRACT, cancelled_on=TODAY - DAY), NOW)


def test_a_record_is_taken_back_once() -> None:
    rules.require_still_standing(False, Record.ACTION)  # noqa: FBT003 - as it is declared
    with refused(Conflict, f"This {Record.ACTION.label.lower()} was taken back already"):
        rules.require_still_standing(True, Record.ACTION)  # noqa: FBT003 - as it is declared


@pytest.mark.parametrize(
    ("left", "due"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_a_last_day_is_told_by_the_nearest_reminder(left: int, due: int | None) -> None:
    assert rules.reminder_due(TODAY + left * DAY, TODAY) == due
