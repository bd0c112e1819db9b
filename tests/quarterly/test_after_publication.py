"""Records and officers change between the steps of a report and after it: what is published stays readable."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.conftest import QUARTER, Desk
from tests.runs.conftest import Record, published_quarter, record
from tsalert.cases import merging
from tsalert.cases import queries as cases_kept
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.quarterly import editions, opening, queries, restating, sources, standing, verifying
from tsalert.quarterly.content import Report, Section
from tsalert.quarterly.vocabulary import Edition, Ground, SignatureRole, Status
from tsalert.reports.memory import FiguresMemory
from tsalert.response.vocabulary import Category
from tsalert.savings import service as savings
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.staff.rules import RoleName

__all__ = ["published_quarter", "record"]

LATER = NOW + timedelta(hours=1)
Cells = Mapping[tuple[str, str, str], str]


@pytest.fixture
def desk(session: Session, officer: Callable[..., Actor]) -> Desk:
    author, second = officer(RoleName.CASE_OFFICER, name="Ali Author"), officer(RoleName.MANAGER, name="Sam Second")
    opening.open_report(QUARTER, actor=author, now=NOW)
    return Desk(author, second, FiguresMemory())


def cells(report: Report) -> Cells:
    """Return what every cell shows, but for what a revision tells of itself."""
    return {
        (table.caption, row.title, column.title): figure.shown
        for table in report.tables()
        if table.key != restating.KEY
        for row in table.rows
        for column, figure in zip(table.columns, row.figures, strict=True)
    }


def put(session: Session, change: str) -> None:
    """Change an officer for good, whoever reads."""
    session.execute(text(change))
    session.commit()


def case(actor: Actor, summary: str, paid: int, now: datetime) -> int:
    new = NewCase(summary, Category.DOORSTEP_CRIME, opened_at=datetime(2022, 6, 1, 9, tzinfo=UTC))
    case_id = cases.open_case(new, actor=actor, now=now)
    cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(paid)), actor=actor, now=now)
    return case_id


@pytest.fixture
def changed(session: Session, desk: Desk, record: Record, published_quarter: dict[str, str]) -> Callable[[], None]:
    """Enter, correct, withdraw and merge what the quarter is made of."""
    first, again = (case(desk.author, summary, paid, NOW) for summary, paid in (("Roof", 900), ("Roof again", 800)))

    def change() -> None:
        record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 29), prevented=Decimal(9000), now=LATER)
        told: dict[str, Any] = {"of_version": 1, "reason": "It was told wrongly", "actor": desk.author, "now": LATER}
        new = NewIntervention(
            type=InterventionType.SCAM_VICTIM,
            on_date=date(2022, 5, 3),
            prevented=Decimal(700),
            evidence=Evidence.BANK,
        )
        savings.correct_intervention(published_quarter["scam"], new, **told)
        savings.withdraw_intervention(published_quarter["drive"], **told)
        case(desk.author, "Drive", 4000, LATER)
        later = cases_kept.get_case(session, again).reference
        merging.merge(first, merging.NewMerge(later, "The same roof"), actor=desk.author, now=LATER)

    return change


def test_every_cell_in_which_two_revisions_differ_is_listed_whatever_was_done_between(
    session: Session, desk: Desk, changed: Callable[[], None]
) -> None:
    desk.lock()
    locked = cells(desk.whole().editions[Edition.BOARD])
    changed()
    assert cells(desk.whole().editions[Edition.BOARD]) == locked, "what is locked stands still"
    desk.sign_both()
    desk.publish()
    published = queries.get_report(session, QUARTER).frozen
    opening.revise(QUARTER, "Records came late", Ground.LATE, actor=desk.author, now=LATER)
    desk.lock(now=LATER)
    whole = desk.whole()
    for edition in Edition:
        before = cells(editions.thawed(queries.get_report(session, QUARTER, 1))[edition])
        now = cells(whole.editions[edition])
        differing = {
            (*place, before.get(place, "Not shown"), now.get(place, "Not shown"))
            for place in before.keys() | now.keys()
            if before.get(place) != now.get(place)
        }
        (annex,) = (table for table in whole.editions[edition].tables() if table.key == restating.KEY)
        listed = {(row.title, *(figure.shown for figure in row.figures)) for row in annex.rows}
        assert listed == differing
        assert len(listed) == len(annex.rows)
        assert listed or edition is Edition.PUBLIC, "a change of few waits in the public edition alone"
    assert queries.get_report(session, QUARTER, 1).frozen == published
    assert [each.faults for each in verifying.verify(session)] == [(), ()]


@pytest.mark.usefixtures("published_quarter")
def test_an_officer_who_leaves_or_has_another_name_changes_nothing_that_is_published(
    session: Session, desk: Desk
) -> None:
    desk.lock()
    desk.sign(SignatureRole.AUTHOR)
    put(session, "UPDATE officer SET active = (1 = 0) WHERE name = 'Ali Author'")
    desk.sign(SignatureRole.SECOND)
    desk.publish()
    put(session, "UPDATE officer SET name = 'Another name'")
    head = desk.whole().editions[Edition.BOARD].head
    assert (head.author, [each.partition(",")[0] for each in head.signatures]) == (
        "Ali Author", ["Ali Author", "Sam Second"],
    )  # fmt: skip
    assert [each.faults for each in verifying.verify(session)] == [()]


@pytest.mark.usefixtures("published_quarter")
def test_another_name_of_the_author_before_publication_is_another_report_to_sign(session: Session, desk: Desk) -> None:
    desk.lock()
    desk.sign_both()
    put(session, "UPDATE officer SET name = 'Another name' WHERE name = 'Ali Author'")
    assert not any(each.holds for each in desk.whole().signatures)
    desk.sign_both()
    desk.publish()
    assert desk.whole().editions[Edition.BOARD].head.author == "Another name"


def test_figures_that_changed_while_they_were_read_are_read_again(
    session: Session, desk: Desk, record: Record, published_quarter: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, times = sources.figures_of, list[int]()

    def disturbed(*arguments: Any, **told: Any) -> tuple[Section, ...]:
        found = read(*arguments, **told)
        times.append(1)
        if len(times) == 1:
            record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 29), prevented=Decimal(9000), now=NOW)
        return found

    monkeypatch.setattr(sources, "figures_of", disturbed)
    desk.lock()
    assert len(times) == 2
    moved = standing.differences(
        session, QUARTER, edition=Edition.BOARD, first=None, second=None, memory=FiguresMemory(), now=NOW
    )
    assert moved == (), "what is locked is of one moment"


def test_figures_that_never_stand_still_are_not_locked(
    session: Session, desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disturbed(*_: Any, **__: Any) -> tuple[Section, ...]:
        record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 29), prevented=Decimal(9000), now=NOW)
        return ()

    monkeypatch.setattr(sources, "figures_of", disturbed)
    with pytest.raises(Conflict, match="while they were read") as refusal:
        desk.lock()
    assert "lock its figures" in refusal.value.legal
    assert queries.get_report(session, QUARTER).status == Status.DRAFT
