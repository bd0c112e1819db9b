"""A report on real records: its figures stand still while they change, and a late one restates what it touches."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.conftest import QUARTER, Desk
from tests.runs.conftest import Record, published_quarter, record
from tsalert.core.actors import Actor
from tsalert.core.periods import quarter
from tsalert.quarterly import editions, keeping, opening, queries, restating, standing, texts
from tsalert.quarterly.content import Report
from tsalert.quarterly.texts import Place
from tsalert.quarterly.vocabulary import Edition, Ground, SectionKey, SignatureRole, Status
from tsalert.reports.memory import FiguresMemory
from tsalert.savings.rules import InterventionType
from tsalert.staff.rules import RoleName

__all__ = ["published_quarter", "record"]

pytestmark = pytest.mark.usefixtures("published_quarter")
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(session: Session, officer: Callable[..., Actor]) -> Desk:
    author, second = officer(RoleName.CASE_OFFICER, name="Ali Author"), officer(RoleName.MANAGER, name="Sam Second")
    opening.open_report(QUARTER, actor=author, now=NOW)
    return Desk(author, second, FiguresMemory())


def savings(report: Report) -> dict[str, list[str]]:
    table = next(table for table in report.tables() if table.key == "savings_table")
    return {row.key: [figure.shown for figure in row.figures] for row in table.rows}


def late(record: Record, *, now: datetime) -> None:
    record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 29), prevented=Decimal(9000), now=now)


def test_locked_figures_stand_still_and_the_next_revision_has_the_late_record_and_what_it_restates(
    session: Session, desk: Desk, record: Record
) -> None:
    desk.lock()
    before = savings(desk.whole().editions[Edition.BOARD])
    late(record, now=NOW + HOUR)
    assert savings(desk.whole().editions[Edition.BOARD]) == before
    moved = standing.differences(
        session, QUARTER, edition=Edition.BOARD, first=None, second=None, memory=FiguresMemory(), now=NOW + 2 * HOUR
    )
    assert ("savings_table", "£40,500", "£49,500") in [(cell.table, cell.before, cell.now) for cell in moved]
    desk.sign_both()
    desk.publish()
    opening.revise(QUARTER, "An intervention was entered late", Ground.LATE, actor=desk.author, now=NOW + 2 * HOUR)
    desk.lock(now=NOW + 2 * HOUR)
    revised = desk.whole().editions[Edition.BOARD]
    told = next(table for table in revised.tables() if table.key == restating.KEY)
    shown = [[figure.shown for figure in row.figures] for row in told.rows]
    assert any(cells[2:] == ["£40,500", "£49,500"] for cells in shown), shown
    assert savings(revised) != before


def test_a_record_of_a_moment_ago_is_locked_though_a_page_had_read_the_figures_before_it(
    session: Session, desk: Desk, record: Record
) -> None:
    draft = editions.edition_of(
        session, queries.get_report(session, QUARTER), Edition.BOARD, memory=desk.memory, now=NOW
    )
    late(record, now=NOW)
    desk.lock(now=NOW + timedelta(seconds=10))
    assert savings(desk.whole().editions[Edition.BOARD]) != savings(draft)


def test_the_public_edition_restates_from_its_own_cells_alone(desk: Desk, record: Record) -> None:
    desk.finish()
    first = desk.whole().editions[Edition.PUBLIC]
    late(record, now=NOW + HOUR)
    opening.revise(QUARTER, "An intervention was entered late", Ground.LATE, actor=desk.author, now=NOW + 2 * HOUR)
    desk.lock(now=NOW + 2 * HOUR)
    second = desk.whole().editions[Edition.PUBLIC]
    published = {figure.shown for report in (first, second) for table in report.tables() for row in table.rows
                 for figure in row.figures if table.key != restating.KEY}  # fmt: skip
    (annex,) = (table for table in second.tables() if table.key == restating.KEY)
    assert annex.rows
    for row in annex.rows:
        assert {figure.shown for figure in row.figures[2:]} <= published | {"Not shown"}


def test_the_next_quarter_tells_of_this_one_what_was_published(session: Session, desk: Desk, record: Record) -> None:
    """One late record, of which the difference of the two reports would tell the amount."""
    desk.finish()
    later, after = NOW + timedelta(days=120), quarter(2022, 2)
    late(record, now=NOW + HOUR)
    opening.open_report(after, actor=desk.author, now=later)
    reports = [
        editions.edition_of(session, queries.get_report(session, each), edition, memory=FiguresMemory(), now=later)
        for each, edition in ((QUARTER, Edition.PUBLIC), (after, Edition.PUBLIC), (after, Edition.BOARD))
    ]
    published, public, board = (by_quarter(each)[QUARTER.label] for each in reports)
    assert board != published
    assert public == published


def by_quarter(report: Report) -> dict[str, list[str]]:
    table = next(table for table in report.tables() if table.key == "savings_by_class")
    return {row.key: [figure.shown for figure in row.figures] for row in table.rows}


def test_what_is_frozen_is_what_was_signed_and_read(session: Session, desk: Desk) -> None:
    texts.save_text(QUARTER, Place(SectionKey.AHEAD), "**Roofers** again: “ours”.", seen=0, actor=desk.author, now=NOW)
    desk.lock()
    read = desk.whole()
    desk.sign_both()
    desk.publish()
    row = queries.get_report(session, QUARTER)
    kept = editions.thawed(row)
    for edition in Edition:
        assert kept[edition].sections == read.editions[edition].sections
    assert keeping.digest(keeping.freeze({each.value: report for each, report in kept.items()})) == row.digest
    assert desk.whole().digest == read.digest


def test_no_largest_record_stands_in_the_public_edition(session: Session, desk: Desk) -> None:
    desk.finish()
    public = editions.thawed(queries.get_report(session, QUARTER))[Edition.PUBLIC]
    figures = [figure for table in public.tables() for row in table.rows for figure in row.figures]
    assert figures
    assert [figure for figure in figures if figure.largest is not None] == []


def test_the_steps_say_what_is_still_to_do(session: Session, desk: Desk) -> None:
    def tasks() -> dict[str, bool]:
        found = standing.standing_of(session, QUARTER, memory=desk.memory, now=NOW)
        return {task.title: task.is_done for task in found.tasks}

    def missing(title: str) -> tuple[str, ...]:
        found = standing.standing_of(session, QUARTER, memory=desk.memory, now=NOW)
        return tuple(str(each) for task in found.tasks if task.title == title for each in task.missing)

    assert not any(done for title, done in tasks().items() if "case studies" not in title)
    assert missing("Write the texts")[0] == "Purpose and recommendations"
    assert len(missing("Bring the priority actions up to date")) == 6
    for place in texts.PLACES:
        texts.save_text(QUARTER, place, "Words.", seen=0, actor=desk.author, now=NOW)
    assert tasks()["Write the texts"]
    desk.lock()
    desk.sign(SignatureRole.SECOND)
    found = tasks()
    assert (found["Lock the figures"], found["Sign: author"], found["Sign: second person"]) == (True, False, True)
    desk.sign(SignatureRole.AUTHOR)
    desk.publish()
    assert tasks()["Publish"]
    row = queries.get_report(session, QUARTER)
    assert standing.status_of(session, row, memory=desk.memory, now=NOW) is Status.PUBLISHED
