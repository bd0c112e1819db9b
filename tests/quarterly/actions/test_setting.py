"""Actions and words of the board: versions from a quarter on, never changed, and earlier quarters keep theirs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.quarterly.actions.conftest import ABUSE, IN_Q2, Q1, Q2, Q3, Q4
from tests.quarterly.test_opening import publish
from tsalert.audit import queries as audit
from tsalert.audit import service as trail
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.periods import Period, financial_year, quarter
from tsalert.db import db
from tsalert.quarterly import opening
from tsalert.quarterly.actions import holding, naming, queries, setting, statuses
from tsalert.quarterly.actions.naming import NewStatus
from tsalert.quarterly.actions.setting import NewAction

NEW = NewAction(
    7,
    "Safer high streets",
    "Shops and streets are looked after.",
    "Town teams",
    is_from_records=False,
    reason="Board, item 4",
)


def words(session: Session, when: Period) -> list[str]:
    found = statuses.words_on(statuses.status_versions(session), when.first_day)
    return [each.word for each in statuses.in_use(found)]


def titles(session: Session, when: Period) -> list[str]:
    return [each.heading for each in queries.actions_on(queries.action_versions(session), when.first_day)]


def changed(session: Session, action_id: int, **changes: Any) -> tuple[NewAction, int]:
    held = queries.versions_of(session, action_id)[0]
    kept = NewAction(held.number, held.title, held.text, held.lead, held.is_from_records, "Board, item 5")
    return replace(kept, **changes), max(each.id for each in queries.versions_of(session, action_id))


def renamed(session: Session, name: str, new: NewStatus, by: Actor) -> int:
    newest = max(each.id for each in statuses.versions_of(session, name))
    return naming.change_status(name, new, after=newest, actor=by, now=IN_Q2)


def test_six_actions_come_with_the_service_and_one_is_filled_from_its_records(session: Session) -> None:
    actions = queries.actions_on(queries.action_versions(session), Q1.first_day)
    assert [each.number for each in actions] == [1, 2, 3, 4, 5, 6]
    assert [each.action_id for each in actions if each.is_from_records] == [ABUSE]
    assert "financial abuse" in actions[-1].title


def test_the_boards_own_words_come_with_the_service(session: Session) -> None:
    assert words(session, Q1) == [
        "Not started", "In progress", "Achieved", "Achieved and continues", "Achieved and ongoing",
    ]  # fmt: skip


def test_an_action_is_reported_from_its_quarter_on(session: Session, manager: Actor) -> None:
    setting.add_action(replace(NEW, quarter=Q3), actor=manager, now=IN_Q2)
    assert "7. Safer high streets" not in titles(session, Q2)
    assert "7. Safer high streets" in titles(session, Q3)


def test_a_title_changes_from_a_quarter_on_and_earlier_ones_keep_theirs(session: Session, manager: Actor) -> None:
    new, after = changed(session, 5, title="Cameras", quarter=Q2)
    setting.change_action(5, new, after=after, actor=manager, now=IN_Q2)
    assert ("5. CCTV" in titles(session, Q1), "5. Cameras" in titles(session, Q2)) == (True, True)
    assert [each.title for each in queries.versions_of(session, 5)] == ["Cameras", "CCTV"]


def test_a_retired_action_is_reported_no_more_and_its_number_is_free(session: Session, manager: Actor) -> None:
    new, after = changed(session, 5, is_retired=True, quarter=Q3)
    setting.change_action(5, new, after=after, actor=manager, now=IN_Q2)
    assert "5. CCTV" in titles(session, Q2)
    assert "5. CCTV" not in titles(session, Q3)
    setting.add_action(replace(NEW, number=5, quarter=Q3), actor=manager, now=IN_Q2)
    with pytest.raises(RuleViolation, match="Number 5"):
        setting.add_action(replace(NEW, title="Another", number=5, quarter=Q4), actor=manager, now=IN_Q2)


def test_a_number_that_an_action_has_later_is_taken(session: Session, manager: Actor) -> None:
    setting.add_action(replace(NEW, quarter=Q4), actor=manager, now=IN_Q2)
    with pytest.raises(RuleViolation, match="Number 7"):
        setting.add_action(replace(NEW, title="Another", quarter=Q2), actor=manager, now=IN_Q2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quarter": quarter(2021, 4)}, "quarter"),
        ({"quarter": financial_year(2022)}, "quarter"),
        ({"number": 3}, "number"),
        ({"number": 0}, "number"),
        ({"title": "…"}, "title"),
        ({"is_retired": True}, "is_retired"),
    ],
)
def test_what_cannot_be_an_action_is_refused(manager: Actor, change: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        setting.add_action(replace(NEW, **change), actor=manager, now=IN_Q2)
    assert refused.value.field == field


def test_the_quarter_just_over_takes_changes_until_its_report_is_published(session: Session, manager: Actor) -> None:
    setting.add_action(replace(NEW, quarter=Q1), actor=manager, now=IN_Q2)
    opening.open_report(Q1, actor=manager, now=IN_Q2)
    publish(session)
    with pytest.raises(RuleViolation, match=r"2022/23 Q1 keeps what it had\. Give 2022/23 Q2"):
        setting.add_action(replace(NEW, number=8, quarter=Q1), actor=manager, now=IN_Q2)
    with pytest.raises(RuleViolation, match="keeps what it had"):
        naming.add_status(NewStatus("Paused", "Board", quarter=Q1), actor=manager, now=IN_Q2)


def test_two_who_change_an_action_at_once_notice_each_other(session: Session, manager: Actor) -> None:
    new, after = changed(session, 5, title="Cameras")
    setting.change_action(5, new, after=after, actor=manager, now=IN_Q2)
    with pytest.raises(Conflict, match="meanwhile"):
        setting.change_action(5, replace(new, title="Lenses"), after=after, actor=manager, now=IN_Q2)
    with pytest.raises(RuleViolation, match="already"):
        setting.change_action(5, new, after=changed(session, 5)[1], actor=manager, now=IN_Q2)


def test_a_word_is_added_at_the_end_or_at_a_place(session: Session, manager: Actor) -> None:
    assert naming.add_status(NewStatus("Paused", "Board"), actor=manager, now=IN_Q2) == "paused"
    naming.add_status(NewStatus("Planned", "Board", place=1), actor=manager, now=IN_Q2)
    assert words(session, Q2)[-1] == "Paused"
    assert words(session, Q2).index("Planned") < words(session, Q2).index("In progress")
    assert "Paused" not in words(session, Q1)


def test_old_quarters_keep_the_word_they_had(session: Session, manager: Actor) -> None:
    renamed(session, "in_progress", NewStatus("Under way", "Board", quarter=Q2), manager)
    assert ("In progress" in words(session, Q1), "Under way" in words(session, Q2)) == (True, True)
    assert "In progress" not in words(session, Q2)
    renamed(session, "in_progress", NewStatus("Under way", "Board", quarter=Q3, is_retired=True), manager)
    assert ("Under way" in words(session, Q2), "Under way" in words(session, Q3)) == (True, False)


def test_the_same_word_twice_is_refused(session: Session, manager: Actor) -> None:
    with pytest.raises(RuleViolation, match="already"):
        naming.add_status(NewStatus("in PROGRESS", "Board"), actor=manager, now=IN_Q2)
    with pytest.raises(RuleViolation, match="already"):
        renamed(session, "achieved", NewStatus("Achieved", "Board"), manager)
    with pytest.raises(NotFound):
        naming.change_status("nothing", NewStatus("Nothing", "Board"), after=1, actor=manager, now=IN_Q2)


def test_a_word_that_differs_in_signs_alone_gets_a_name_of_its_own(manager: Actor) -> None:
    assert naming.add_status(NewStatus("Achieved!", "Board"), actor=manager, now=IN_Q2) == "achieved_2"


def test_who_may_not_set_indicators_sets_no_actions_and_no_words(writer: Actor) -> None:
    with pytest.raises(NotAllowed):
        setting.add_action(NEW, actor=writer, now=IN_Q2)
    with pytest.raises(NotAllowed):
        naming.add_status(NewStatus("Paused", "Board"), actor=writer, now=IN_Q2)


def test_the_trail_tells_who_retired_an_action(session: Session, manager: Actor) -> None:
    new, after = changed(session, 5, is_retired=True)
    setting.change_action(5, new, after=after, actor=manager, now=IN_Q2)
    (entry,) = audit.entries_about(session, "board action", 5)
    assert (entry.action, entry.officer_id, entry.detail["holds_from"]) == ("retired", manager.officer_id, "2022-07-01")


@pytest.mark.parametrize("table", ["board_action", "board_action_version", "board_action_status"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "REPLACE"])
def test_no_statement_changes_what_was_set(session: Session, table: str, act: str) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    replacing = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1"
        if is_sqlite
        else f"TRUNCATE {table} CASCADE"
    )
    with pytest.raises(DBAPIError, match="stays"):
        session.execute(text(replacing if act == "REPLACE" else act.format(table)))
    session.rollback()


def test_a_form_offers_the_quarters_that_may_still_change(session: Session, manager: Actor) -> None:
    offered = [label for label, _ in holding.choices(session, now=IN_Q2)]
    assert offered == ["2022/23 Q1", "2022/23 Q3", "2022/23 Q4", "2023/24 Q1", "2023/24 Q2"]
    opening.open_report(Q1, actor=manager, now=IN_Q2)
    publish(session)
    assert holding.choices(session, now=IN_Q2)[0] == ("2022/23 Q3", "2022/23 Q3, October to December 2022")


def add_word(by: Actor, _: int) -> object:
    return naming.add_status(NewStatus("On hold", "Board"), actor=by, now=IN_Q2)


def rename(by: Actor, newest: int) -> object:
    return naming.change_status("achieved", NewStatus("Done", "Board"), after=newest, actor=by, now=IN_Q2)


def add_action(by: Actor, _: int) -> object:
    return setting.add_action(NEW, actor=by, now=IN_Q2)


@pytest.mark.parametrize("act", [add_word, rename, add_action])
def test_of_two_who_set_the_same_in_one_moment_one_is_refused(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch, act: Callable[[Actor, int], object]
) -> None:
    by = Actor(None, "A manager", frozenset({Permission.MANAGE_INDICATORS}), Via.PAGE)
    both, record = Barrier(2), trail.record

    def wait_for_the_other(*told: Any, **more: Any) -> None:
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.5)
        record(*told, **more)

    def try_it(_: int) -> bool:
        with fresh_app.app_context():
            newest = max(each.id for each in statuses.versions_of(db.session(), "achieved"))
            try:
                act(by, newest)
            except (Conflict, RuleViolation):
                return False
            return True

    monkeypatch.setattr(trail, "record", wait_for_the_other)
    with ThreadPoolExecutor(2) as managers:
        assert sorted(managers.map(try_it, range(2))) == [False, True]
