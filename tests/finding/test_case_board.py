"""The board of cases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tsalert.cases import merging, queries, service
from tsalert.cases.merging import NewMerge
from tsalert.cases.rules import Progress
from tsalert.cases.vocabulary import Outcome, Status, WaitingFor
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.rules import NewCancellation
from tsalert.enforcement.vocabulary import ContractKind, Place
from tsalert.finding import case_board
from tsalert.finding.case_board import Column, read_case_board
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
OpenCase = Callable[..., int]


def board(actor: Actor, officer_id: int | None = None) -> dict[Status, Column]:
    found = read_case_board(db.session(), officer_id=officer_id, actor=actor, now=NOW)
    return {column.status: column for column in found}


def test_open_cases_stand_by_status_the_oldest_first(session: Session, open_case: OpenCase, actor: Actor) -> None:
    older, newer, moved = open_case(now=NOW - timedelta(days=3)), open_case(now=NOW), open_case(now=NOW)
    progress = Progress(Status.INVESTIGATING, waiting_for=WaitingFor.VICTIM)
    service.record_progress(moved, progress, actor=actor, now=NOW)
    closed = open_case(now=NOW)
    service.record_progress(closed, Progress(Status.CLOSED, outcome=Outcome.NO_OFFENCE), actor=actor, now=NOW)
    found = board(actor)
    assert [card.id for card in found[Status.OPEN].cards] == [older, newer]
    assert [card.days_old for card in found[Status.OPEN].cards] == [3, 0]
    assert [card.waiting_for for card in found[Status.INVESTIGATING].cards] == [WaitingFor.VICTIM]
    assert list(found) == [Status.OPEN, Status.INVESTIGATING, Status.DECISION, Status.ACTION]


def test_a_card_tells_what_must_be_done_first(session: Session, open_case: OpenCase, actor: Actor) -> None:
    case_id = open_case(now=NOW)
    made = NewCancellation(
        "Paint", ContractKind.SERVICE, Place.OFF_PREMISES, date(2026, 6, 5), notice_on=date(2026, 6, 5)
    )
    enforcement.record_cancellation(case_id, made, actor=actor, now=NOW)
    (card,) = board(actor)[Status.OPEN].cards
    assert card.next_step is not None
    assert (card.next_step.what, card.next_step.on, card.next_step.days_left) == (
        "Last day to cancel",
        date(2026, 6, 19),
        9,
    )


def test_mine_are_mine_and_a_matter_stands_once(
    session: Session, open_case: OpenCase, actor: Actor, officer: Callable[..., Actor]
) -> None:
    other = officer(name="Another Example")
    mine, theirs = open_case(now=NOW), service.open_case(described(), actor=other, now=NOW)
    assert [card.id for card in board(actor, actor.officer_id)[Status.OPEN].cards] == [mine]
    later = queries.get_case(session, theirs).reference
    merging.merge(mine, NewMerge(later, "The same gang"), actor=actor, now=NOW)
    assert [card.id for card in board(actor)[Status.OPEN].cards] == [theirs]


def test_a_restricted_case_is_on_nobody_elses_board(session: Session, open_case: OpenCase, actor: Actor) -> None:
    root = (Subject.CASE, open_case(now=NOW))
    with transaction() as step:
        tiers.restrict(step, *root, root, "An informant is named", actor=SERVICE, now=NOW)
    assert board(actor)[Status.OPEN].number == 0
    assert board(SERVICE)[Status.OPEN].number == 1


def test_a_long_column_says_how_long_it_is(
    signed_in: Callable[..., FlaskClient], session: Session, open_case: OpenCase, monkeypatch: Any
) -> None:
    monkeypatch.setattr(case_board, "SHOWN", 1)
    open_case(now=NOW)
    open_case(now=NOW)
    page = signed_in(RoleName.CASE_OFFICER).get("/cases/board?everybody=yes").text
    assert ("(2)" in page, page.count('class="ts-board-card"'), "The list has them all" in page) == (True, 1, True)


def test_the_api_gives_the_same_board(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], open_case: OpenCase
) -> None:
    case_id = open_case(now=utc_now() - timedelta(days=1))
    found: Any = client.get("/api/v1/case-board?everybody=yes", headers=bearer(RoleName.DUTY_OFFICER)).json
    column = found["items"][0]
    assert (column["status"], column["number"], column["cards"][0]["id"]) == ("open", 1, case_id)
