"""Two cases that are one matter continue in one of them, count once, and can be told apart again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED, described
from tests.conftest import PASSWORD
from tsalert.cases import merging, queries, service
from tsalert.cases.figures import case_figures
from tsalert.cases.losses import period_losses
from tsalert.cases.merging import NewMerge
from tsalert.cases.models import CaseFile, CaseMerge
from tsalert.cases.rules import NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import MoneyKind, NoteKind, Outcome, Status
from tsalert.core.actors import Actor, Via
from tsalert.core.errors import Conflict, RuleViolation, TsalertError
from tsalert.core.periods import parse_period
from tsalert.db import db
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

LATER = OPENED + timedelta(hours=1)
QUARTER = parse_period("2026/27 Q1")
WHY = "The same gang at the same house"


def reference(case_id: int) -> str:
    return queries.get_case(db.session(), case_id).reference


def merge(earlier: int, later: int, actor: Actor, *repeats: int) -> int:
    return merging.merge(earlier, NewMerge(reference(later), WHY, repeats), actor=actor, now=LATER)


def paid(case_id: int, pounds: int, actor: Actor) -> int:
    return service.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(pounds)), actor=actor, now=OPENED)


@pytest.fixture
def pair(session: Session, open_case: Callable[..., int]) -> tuple[int, int]:
    return open_case(), open_case(now=OPENED + timedelta(minutes=5))


def test_the_earlier_case_can_only_be_read_and_names_the_other(pair: tuple[int, int], actor: Actor) -> None:
    earlier, later = pair
    merge(earlier, later, actor)
    for write in (
        lambda: paid(earlier, 5, actor),
        lambda: service.add_note(earlier, NewNote(NoteKind.FACT, "A van"), actor=actor, now=LATER),
        lambda: service.amend_case(earlier, described(), actor=actor, now=LATER),
        lambda: service.record_progress(earlier, Progress(Status.INVESTIGATING), actor=actor, now=LATER),
    ):
        with pytest.raises(Conflict, match=f"continues in {reference(later)}"):
            write()
    paid(later, 5, actor)


def test_a_matter_counts_once_with_the_money_of_both(pair: tuple[int, int], actor: Actor, session: Session) -> None:
    earlier, later = pair
    twice, once = paid(earlier, 4000, actor), paid(earlier, 250, actor)
    paid(later, 4000, actor)
    before = case_figures(session, QUARTER)
    assert (before.enquiries, before.detriment) == (2, Decimal(8250))
    merge(earlier, later, actor, twice)
    after = case_figures(session, QUARTER)
    assert (after.enquiries, after.scam_doorstep_abuse, after.detriment) == (1, 1, Decimal(4250))
    totals = queries.matter_totals(session, later)
    assert totals is not None
    assert totals.detriment == Decimal(4250)
    assert once != twice
    merging.undo(earlier, "Two gangs after all", actor=actor, now=LATER)
    assert case_figures(session, QUARTER) == before
    assert queries.matter_totals(session, later) is None


def test_what_was_paid_in_the_earlier_case_can_come_back_in_the_later(
    pair: tuple[int, int], actor: Actor, session: Session
) -> None:
    earlier, later = pair
    paid(earlier, 5000, actor)
    merge(earlier, later, actor)
    back = NewMoneyLine(MoneyKind.REFUNDED_BY_BANK, Decimal(5000))
    line_id = service.record_money(later, back, actor=actor, now=LATER)
    with pytest.raises(RuleViolation, match="£5,000 was paid"):
        service.record_money(later, NewMoneyLine(MoneyKind.RECOVERED, Decimal(1)), actor=actor, now=LATER)
    with pytest.raises(RuleViolation, match="£5,000 was paid"):
        service.record_money(later, replace(back, amount=Decimal(5001), supersedes=line_id), actor=actor, now=LATER)
    less = replace(back, amount=Decimal(4000), supersedes=line_id)
    service.record_money(later, less, actor=actor, now=LATER)
    totals = queries.matter_totals(session, later)
    assert totals is not None
    assert totals.net_detriment == Decimal(1000)


def test_the_losses_of_a_merged_matter_are_one_case_with_the_money_of_both(
    session: Session, pair: tuple[int, int], actor: Actor
) -> None:
    earlier, later = pair
    paid(earlier, 300, actor)
    twice = paid(earlier, 1000, actor)
    paid(later, 1000, actor)
    merge(earlier, later, actor, twice)
    found = period_losses(session, QUARTER).altogether
    assert (found.cases, found.number, found.total, found.largest) == (1, 1, Decimal(1300), Decimal(1300))
    assert found.total == case_figures(session, QUARTER).detriment


def test_a_matter_counts_in_the_quarter_of_the_case_in_which_it_stands(
    session: Session, open_case: Callable[..., int], actor: Actor
) -> None:
    earlier, later = open_case(opened_at=datetime(2026, 2, 1, tzinfo=UTC)), open_case()
    paid(earlier, 100, actor)
    merge(earlier, later, actor)
    past = case_figures(session, parse_period("2025/26 Q4"))
    assert (past.enquiries, past.detriment, case_figures(session, QUARTER).detriment) == (0, Decimal(0), Decimal(100))


def test_a_chain_leads_to_its_end_and_is_undone_link_by_link(
    session: Session, open_case: Callable[..., int], actor: Actor
) -> None:
    first, second, third = open_case(), open_case(), open_case()
    merge(first, second, actor)
    merge(second, third, actor)
    assert ends(session, first, second, third) == [third, third, None]
    merging.undo(second, "Another matter", actor=actor, now=LATER)
    assert ends(session, first, second, third) == [second, None, None]
    merging.undo(first, "Another matter", actor=actor, now=LATER)
    assert ends(session, first, second, third) == [None, None, None]


def ends(session: Session, *case_ids: int) -> list[int | None]:
    return [queries.get_case(session, case_id).continued_in_id for case_id in case_ids]


def test_a_loop_is_refused(session: Session, open_case: Callable[..., int], actor: Actor) -> None:
    first, second, third = open_case(), open_case(), open_case()
    merge(first, second, actor)
    for earlier, later in ((second, first), (third, first)):
        with pytest.raises(Conflict, match=f"{reference(first)} continues in {reference(second)}"):
            merge(earlier, later, actor)
    with pytest.raises(RuleViolation, match="another case"):
        merge(third, third, actor)


def test_the_same_again_changes_nothing_and_another_is_refused(
    session: Session, pair: tuple[int, int], open_case: Callable[..., int], actor: Actor
) -> None:
    number = merge(*pair, actor)
    assert merge(*pair, actor) == number
    with pytest.raises(Conflict, match="continues in"):
        merge(pair[0], open_case(), actor)


def test_what_cannot_be_is_refused(session: Session, pair: tuple[int, int], actor: Actor) -> None:
    earlier, later = pair
    foreign = paid(later, 10, actor)
    with pytest.raises(RuleViolation, match="money lines of this case"):
        merge(earlier, later, actor, foreign)
    with pytest.raises(RuleViolation, match="another case"):
        merging.merge(earlier, NewMerge("D26-99999-A", WHY), actor=actor, now=LATER)
    with pytest.raises(Conflict, match="does not continue"):
        merging.undo(earlier, "Nothing", actor=actor, now=LATER)
    closing = Progress(Status.CLOSED, outcome=Outcome.NO_OFFENCE)
    service.record_progress(later, closing, actor=actor, now=LATER)
    with pytest.raises(Conflict, match="is closed"):
        merge(earlier, later, actor)


def test_both_cases_tell_of_it_for_good(session: Session, pair: tuple[int, int], actor: Actor) -> None:
    earlier, later = pair
    merge(earlier, later, actor)
    merging.undo(earlier, "Two gangs after all", actor=actor, now=LATER)
    merge(earlier, later, actor)
    for case_id in pair:
        told = merging.merges_of(session, case_id)
        assert [each.undo_reason for each in told] == [None, "Two gangs after all"]
        assert {(each.earlier_id, each.later_id) for each in told} == {pair}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM case_merge",
        "UPDATE case_merge SET reason = 'x'",
        "UPDATE case_merge SET later_id = earlier_id",
    ],
)
def test_the_database_keeps_what_was_decided(
    session: Session, pair: tuple[int, int], actor: Actor, statement: str
) -> None:
    merge(*pair, actor)
    with pytest.raises(DBAPIError, match="a merge stays as it was decided"), session.begin_nested():
        session.execute(text(statement))


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=12))
def test_whatever_is_merged_and_undone_every_matter_stands_in_one_case(
    session: Session, actor: Actor, acts: list[tuple[int, int, bool]]
) -> None:
    made = [service.open_case(described(), actor=actor, now=OPENED) for _ in range(5)]
    for one, other, is_undone in acts:
        try:
            if is_undone:
                merging.undo(made[one], "Not the same", actor=actor, now=LATER)
            else:
                merge(made[one], made[other], actor)
        except TsalertError:
            continue
    standing = {
        row.earlier_id: row.later_id for row in session.scalars(select(CaseMerge).where(CaseMerge.undone_at.is_(None)))
    }
    for case_id in made:
        end, steps = case_id, 0
        while end in standing:
            end, steps = standing[end], steps + 1
            assert steps <= len(made)
        kept = session.scalars(select(CaseFile.continued_in_id).where(CaseFile.id == case_id)).one()
        assert kept == (end if end != case_id else None)


def test_merges_in_the_same_second_never_close_a_loop(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        staff.create_officer("a@example.org", name="A", roles=[RoleName.CASE_OFFICER], password=PASSWORD, now=OPENED)
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "a@example.org"), Via.PAGE)
        made = [service.open_case(described(), actor=actor, now=OPENED) for _ in range(4)]
        names = {case_id: reference(case_id) for case_id in made}
        db.session.remove()
    ring = [*pairwise(made), (made[-1], made[0])]
    pairs = [pair for one, other in ring for pair in ((one, other), (other, one))]

    def act(pair: tuple[int, int]) -> bool:
        with fresh_app.app_context():
            try:
                merging.merge(pair[0], NewMerge(names[pair[1]], WHY), actor=actor, now=LATER)
            except Conflict:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(act, pairs))
    with fresh_app.app_context():
        standing = dict(db.session.execute(select(CaseMerge.earlier_id, CaseMerge.later_id)).all())
        assert 1 <= sum(done) == len(standing) < len(made)
        ends_of = {case.id: case.continued_in_id for case in db.session.scalars(select(CaseFile))}
        for case_id in made:
            end = case_id
            while end in standing:
                end = standing[end]
            assert ends_of[case_id] == (end if end != case_id else None)
