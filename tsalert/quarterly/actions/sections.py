"""The section of the board's report that tells how far each priority action stands."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.actions import queries, rules
from tsalert.quarterly.actions.holding import quarter_before
from tsalert.quarterly.actions.queries import ActionVersion, Update
from tsalert.quarterly.content import Column, Figure, Prose, Row, Section, Table
from tsalert.quarterly.vocabulary import SectionKey, Unit

NOT_TOLD, NOT_YET = "Nothing reported", "Not an action then"


def actions_section(session: Session, quarter: Period) -> Section:
    """Return a quarter's actions: how far each stands and stood, then each with the updates of its financial year.

    They stand one under another, the newest first, those of the quarters before the report's as they stand now.
    """
    versions = queries.action_versions(session)
    actions = queries.actions_on(versions, quarter.first_day)
    before = quarter_before(quarter)
    told = queries.standing_updates(session, min(before.first_day, _year_begins(quarter)), quarter.first_day)
    had = {each.action_id for each in queries.actions_on(versions, before.first_day)}
    rows = tuple(
        Row(
            f"action_{each.action_id}",
            each.heading,
            (
                Figure(_word(told.get((each.action_id, quarter.first_day)))),
                Figure(
                    _word(told.get((each.action_id, before.first_day)), NOT_TOLD if each.action_id in had else NOT_YET)
                ),
            ),
        )
        for each in actions
    )
    texts = tuple(Prose(_text(each, quarter, told), title=each.heading) for each in actions)
    return Section(SectionKey.ACTIONS, (_table(quarter, before, rows), *texts) if rows else ())


def _table(quarter: Period, before: Period, rows: tuple[Row, ...]) -> Table:
    columns = (Column("status", quarter.label, Unit.WORDS), Column("before", before.label, Unit.WORDS))
    caption = f"How far each priority action stands, {quarter.prose}"
    return Table("priority_actions", caption, "Action", columns, rows)


def _text(action: ActionVersion, quarter: Period, told: Mapping[tuple[int, date], Update]) -> str:
    year = _year_begins(quarter)
    own = [each for (action_id, _), each in told.items() if action_id == action.action_id]
    shown = sorted((each for each in own if each.quarter.first_day >= year), key=lambda each: each.quarter.first_day)
    missing = None if any(each.quarter == quarter for each in shown) else quarter.label
    updates = (rules.Told(each.quarter.label, each.word, each.text) for each in reversed(shown))
    return rules.report_text(action.text, action.lead, updates, missing)


def _word(update: Update | None, missing: str = NOT_TOLD) -> str:
    return update.word if update else missing


def _year_begins(quarter: Period) -> date:
    """Return the first day of a quarter's financial year."""
    day = quarter.first_day
    return date(day.year if day.month >= 4 else day.year - 1, 4, 1)
