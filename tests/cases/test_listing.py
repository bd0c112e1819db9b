"""Lists of cases: narrowed, counted, kept as filters, and limited to what the reader may see."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED
from tsalert.cases import listing, merging, queries, saved_filters, service
from tsalert.cases.listing import NOBODY, CaseFilter, from_data
from tsalert.cases.merging import NewMerge
from tsalert.cases.models import SavedFilter
from tsalert.cases.rules import NewNote, Progress
from tsalert.cases.saved_filters import NewFilter
from tsalert.cases.vocabulary import Channel, NoteKind, Source, Status, WaitingFor
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.db import transaction
from tsalert.response.vocabulary import Category
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

OpenCase = Callable[..., int]
Headers = dict[str, str]
WANTED = CaseFilter(category=Category.SCAM, period=parse_period("2026/27 Q1"), officer_id=NOBODY, text="gutter")


def listed(session: Session, actor: Actor, **wanted: Any) -> list[int]:
    return [case.id for case in listing.list_cases(session, CaseFilter(**wanted), reader=actor, now=OPENED).items]


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        pytest.param({"category": Category.SCAM, "kind": "romance"}, {}, id="category"),
        pytest.param({"kind": "driveway"}, {"kind": "roofing"}, id="type"),
        pytest.param({"channel": Channel.POSTAL}, {"channel": Channel.ONLINE}, id="channel"),
        pytest.param({"source": Source.BANK}, {"source": Source.POLICE}, id="source"),
    ],
)
def test_a_list_is_narrowed_to_what_was_asked_for(
    session: Session, open_case: OpenCase, actor: Actor, wanted: dict[str, Any], other: dict[str, Any]
) -> None:
    found = open_case(**wanted)
    open_case(**other)
    assert listed(session, actor, **wanted) == [found]


def test_a_list_is_narrowed_by_status_waiting_officer_and_words(
    session: Session, open_case: OpenCase, actor: Actor, officer: Callable[..., Actor]
) -> None:
    other = officer(name="Another Example")
    waiting, theirs = open_case(summary="A zebra"), open_case(officer_id=other.officer_id)
    progress = Progress(Status.INVESTIGATING, waiting_for=WaitingFor.LEGAL)
    service.record_progress(waiting, progress, actor=actor, now=OPENED)
    service.add_note(theirs, NewNote(NoteKind.FACT, "They left in a quagga."), actor=actor, now=OPENED)
    assert listed(session, actor, waiting_for=WaitingFor.LEGAL) == [waiting]
    assert listed(session, actor, status=Status.INVESTIGATING) == [waiting]
    assert listed(session, actor, officer_id=other.officer_id) == [theirs]
    assert listed(session, actor, officer_id=NOBODY) == []
    assert listed(session, actor, text="zebra") == [waiting]
    assert listed(session, actor, text="quagga", officer_id=other.officer_id) == [theirs]
    assert listed(session, actor, text="**") == [theirs, waiting]


def test_cases_are_counted_by_status_and_a_matter_once(session: Session, open_case: OpenCase, actor: Actor) -> None:
    first, second, third = open_case(), open_case(), open_case()
    service.record_progress(third, Progress(Status.INVESTIGATING), actor=actor, now=OPENED)
    later = queries.get_case(session, second).reference
    merging.merge(first, NewMerge(later, "The same gang"), actor=actor, now=OPENED)
    counts = listing.count_by_status(session, CaseFilter(status=Status.OPEN), reader=actor, now=OPENED)
    assert counts == {
        Status.OPEN: 1,
        Status.INVESTIGATING: 1,
        Status.DECISION: 0,
        Status.ACTION: 0,
        Status.CLOSED: 0,
    }


def test_a_restricted_case_shows_what_all_may_know_and_is_found_by_nothing_else(
    session: Session, open_case: OpenCase, actor: Actor
) -> None:
    case_id = open_case(summary="A zebra")
    with transaction() as step:
        root = (Subject.CASE, case_id)
        tiers.restrict(step, *root, root, "An informant is named", actor=SERVICE, now=OPENED)
    (row,) = listing.list_cases(session, CaseFilter(), reader=actor, now=OPENED).items
    assert (row.is_restricted, row.kind, row.waiting_for) == (True, None, None)
    for narrower in ({"text": "zebra"}, {"kind": "roofing"}, {"source": Source.OTHER}, {"channel": Channel.UNKNOWN}):
        assert listed(session, actor, **narrower) == []
        counts = listing.count_by_status(session, CaseFilter(**narrower), reader=actor, now=OPENED)
        assert sum(counts.values()) == 0
    assert listed(session, SERVICE, text="zebra") == [case_id]


def test_a_filter_is_kept_as_it_was_asked_for(session: Session, actor: Actor) -> None:
    number = saved_filters.save(NewFilter("Quarter", WANTED), actor=actor, now=OPENED)
    assert saved_filters.get_filter(session, number, actor).wanted == WANTED


@pytest.mark.parametrize(
    ("name", "value"), [("category", "moon"), ("period", "2022/99"), ("officer_id", "x"), ("z", 1)]
)
def test_a_word_that_left_the_lists_leaves_its_part_open(name: str, value: str | int) -> None:
    assert from_data({name: value, "status": "open"}) == CaseFilter(status=Status.OPEN)


def test_a_filter_is_its_makers_alone_until_it_is_shared(
    session: Session, actor: Actor, officer: Callable[..., Actor]
) -> None:
    other = officer(name="Another Example")
    number = saved_filters.save(NewFilter("Mine", WANTED), actor=actor, now=OPENED)
    with pytest.raises(NotFound):
        saved_filters.get_filter(session, number, other)
    with pytest.raises(NotFound):
        saved_filters.delete(number, actor=other, now=OPENED)
    saved_filters.change(number, NewFilter("Ours", WANTED, is_shared=True), actor=actor, now=OPENED)
    assert [each.name for each in saved_filters.saved_filters(session, other)] == ["Ours"]
    with pytest.raises(NotAllowed):
        saved_filters.delete(number, actor=other, now=OPENED)
    with pytest.raises(NotAllowed):
        saved_filters.change(number, NewFilter("Theirs", WANTED), actor=other, now=OPENED)
    saved_filters.delete(number, actor=actor, now=OPENED)
    assert saved_filters.saved_filters(session, actor) == []


def test_two_filters_of_one_officer_have_two_names(session: Session, actor: Actor) -> None:
    saved_filters.save(NewFilter("Mine", WANTED), actor=actor, now=OPENED)
    with pytest.raises(Conflict, match="already"):
        saved_filters.save(NewFilter("Mine", WANTED), actor=actor, now=OPENED)


def test_so_many_filters_are_kept_and_no_more(session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)
    saved_filters.save(NewFilter("One", WANTED), actor=actor, now=OPENED)
    with pytest.raises(RuleViolation, match="Delete one first"):
        saved_filters.save(NewFilter("Two", WANTED), actor=actor, now=OPENED)


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.CASE_OFFICER)


def test_words_stand_in_no_address(desk: FlaskClient, session: Session, open_case: OpenCase) -> None:
    open_case(summary="A zebra of Ada Example")
    answer = desk.post("/cases/narrowed", data={"text": "Ada Example", "category": "doorstep_crime"})
    assert answer.status_code == 303
    assert answer.location.startswith("/cases?saved=")
    assert "D26-" in desk.get(answer.location).text
    again = desk.post("/cases/narrowed", data={"text": "nobody like that"})
    assert "No case was found" in desk.get(again.location).text
    assert session.scalar(select(func.count()).select_from(SavedFilter)) == 1
    assert desk.post("/cases/narrowed", data={"status": "open"}).location == "/cases?status=open"
    assert desk.post("/cases/narrowed", data={"status": "asleep"}).status_code == 422


def test_a_filter_is_made_used_changed_and_deleted_on_pages(desk: FlaskClient, open_case: OpenCase) -> None:
    open_case(category=Category.SCAM, kind="romance")
    assert 'value="scam" selected' in desk.get("/cases/filters/new?category=scam").text
    assert desk.get(f"/cases/filters/new?saved={'9' * 5000}").status_code == 200
    made = desk.post("/cases/filters", data={"name": "Scams", "category": "scam", "is_shared": "yes"})
    page = desk.get(made.location).text
    assert ('<h1 class="govuk-heading-l">Scams</h1>' in page, "D26-" in page) == (True, True)
    assert "Scams" in desk.get("/cases/filters").text
    number = made.location.rpartition("=")[2]
    assert desk.post("/cases/filters", data={"name": ""}).status_code == 422
    assert desk.post(f"/cases/filters/{number}", data={"name": "Closed", "status": "closed"}).status_code == 303
    assert "No case was found" in desk.get(f"/cases?saved={number}").text
    assert "Closed" in desk.get(f"/cases/filters/{number}").text
    assert desk.post(f"/cases/filters/{number}/delete").status_code == 303
    assert desk.get(f"/cases?saved={number}").status_code == 404


def test_the_api_lists_counts_and_keeps_filters(
    client: FlaskClient, bearer: Callable[..., Headers], open_case: OpenCase
) -> None:
    token, case_id = bearer(RoleName.CASE_OFFICER), open_case(summary="A zebra")
    open_case()
    found: Any = client.post("/api/v1/cases/found", json={"text": "zebra"}, headers=token).json
    assert [each["id"] for each in found["items"]] == [case_id]
    counts: Any = client.get("/api/v1/cases/counts?category=doorstep_crime", headers=token).json
    assert {"status": "open", "cases": 2} in counts["items"]
    made: Any = client.post("/api/v1/case-filters", json={"name": "Z", "text": "zebra"}, headers=token)
    assert (made.status_code, made.json["wanted"]) == (201, {"text": "zebra"})
    path = f"/api/v1/case-filters/{made.json['id']}"
    saved: Any = client.get(f"/api/v1/cases?saved={made.json['id']}", headers=token).json
    assert [each["id"] for each in saved["items"]] == [case_id]
    changed: Any = client.put(path, json={"name": "Y", "status": "open"}, headers=token).json
    assert (changed["name"], changed["wanted"]) == ("Y", {"status": "open"})
    kept: Any = client.get("/api/v1/case-filters", headers=token).json
    assert [each["name"] for each in kept["items"]] == ["Y"]
    assert client.delete(path, headers=token).status_code == 204
    assert client.delete(path, headers=token).status_code == 404
