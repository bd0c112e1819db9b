"""What a board decides of an indicator: versions with dates, reasons and names, never changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import NotAllowed, NotFound, RuleViolation
from tsalert.reports.indicators import get_indicator, indicators_on, list_versions
from tsalert.reports.rag import Rating
from tsalert.reports.setting import NewVersion, set_indicator
from tsalert.reports.vocabulary import Audience, Polarity, RagRule
from tsalert.staff.rules import RoleName

NOW = datetime(2022, 8, 10, 9, 0, tzinfo=UTC)
NEW = NewVersion(
    "Met within two hours",
    "Of the clocks that came out.",
    Rating(RagRule.TARGET, Polarity.HIGHER, Decimal("92.5"), Decimal(5)),
    Audience.BOARD,
    "Board, 4 August 2022, item 6",
)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER)


def test_demand_and_savings_come_without_a_rating(session: Session) -> None:
    rules = {each.name: each.rating.rule for each in indicators_on(session, date(2022, 6, 30))}
    assert rules["enquiries"] is rules["detriment"] is rules["total_savings"] is RagRule.NONE


def test_a_version_holds_for_the_quarter_that_runs_and_not_for_those_before(session: Session, manager: Actor) -> None:
    set_indicator("share_met", NEW, actor=manager, now=NOW)
    before, after = (get_indicator(session, "share_met", day) for day in (date(2022, 6, 30), date(2022, 9, 30)))
    assert (before.label, after.label) == ("Immediate responses met within two hours", "Met within two hours")
    assert after.rating == NEW.rating
    assert (after.holds_from, after.reason, after.set_by) == (date(2022, 7, 1), NEW.reason, manager.officer_id)
    assert [each.label for each in list_versions(session, "share_met")] == [after.label, before.label]


def test_of_two_versions_from_the_same_day_the_later_one_holds(session: Session, manager: Actor) -> None:
    set_indicator("share_met", NEW, actor=manager, now=NOW)
    set_indicator("share_met", replace(NEW, label="Met in time"), actor=manager, now=NOW)
    assert get_indicator(session, "share_met", date(2022, 9, 30)).label == "Met in time"


def test_the_trail_tells_who_set_which_target(session: Session, manager: Actor) -> None:
    version = set_indicator("share_met", NEW, actor=manager, now=NOW)
    (entry,) = audit.entries_about(session, "indicator", version)
    assert (entry.officer_id, entry.detail["target_before"], entry.detail["target"]) == (
        manager.officer_id, "90", "92.5",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"holds_from": date(2022, 6, 30)}, "holds_from"),
        ({"rating": Rating(RagRule.TARGET, Polarity.HIGHER)}, "target"),
        ({"rating": Rating(RagRule.TARGET, Polarity.HIGHER, Decimal(120))}, "target"),
        ({"rating": Rating(RagRule.LAST_YEAR, Polarity.NEITHER)}, "polarity"),
    ],
)
def test_what_cannot_hold_is_refused(session: Session, manager: Actor, change: dict[str, object], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        set_indicator("share_met", replace(NEW, **change), actor=manager, now=NOW)
    assert refused.value.field == field


def test_the_same_again_is_refused(session: Session, manager: Actor) -> None:
    set_indicator("share_met", NEW, actor=manager, now=NOW)
    with pytest.raises(RuleViolation, match="already"):
        set_indicator("share_met", NEW, actor=manager, now=NOW)


def test_an_unknown_indicator_is_not_found(session: Session, manager: Actor) -> None:
    with pytest.raises(NotFound):
        set_indicator("happiness", NEW, actor=manager, now=NOW)


def test_an_officer_sets_no_targets(session: Session, officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        set_indicator("share_met", NEW, actor=officer(), now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE indicator_version SET target = '1'",
        "DELETE FROM indicator_version",
        "INSERT OR REPLACE INTO indicator_version SELECT * FROM indicator_version WHERE id = 1",
    ],
)
def test_no_statement_changes_what_was_set(session: Session, statement: str) -> None:
    if session.get_bind().dialect.name == "postgresql" and "REPLACE" in statement:
        statement = "TRUNCATE indicator_version"
    with pytest.raises(DBAPIError, match="stays as it was set"):
        session.execute(text(statement))
    session.rollback()
