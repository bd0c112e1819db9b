"""Every list of the API either comes in pages that begin after a row, or stands under the reason why it stays short."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.cursors import write
from tsalert.core.errors import RuleViolation
from tsalert.keysets import Order, page_among, read_page
from tsalert.parties.models import Party
from tsalert.web.manual import description

TABLE = Path(__file__).with_name("whole_lists.txt")


def whole_lists() -> list[str]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "["))]


def lists(app: Flask) -> Iterator[tuple[str, bool]]:
    """Yield each operation that answers with a list, and whether that comes in pages."""
    whole = description(app).whole
    for path, item in whole["paths"].items():
        for method, told in item.items():
            answer = told.get("responses", {}).get("200", {}) if isinstance(told, dict) else {}
            shape = resolved(whole, answer.get("content", {}).get("application/json", {}).get("schema", {}))
            if "items" in shape.get("properties", {}):
                yield f"{method.upper()} {path}", is_paged(whole, told, shape)


def is_paged(whole: dict[str, Any], told: dict[str, Any], shape: dict[str, Any]) -> bool:
    asked = {each["name"] for each in told.get("parameters", [])}
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    goes_on = resolved(whole, shape["properties"]["next"]).get("type") in (["integer", "null"], ["string", "null"])
    return goes_on and "after" in asked | resolved(whole, body).get("properties", {}).keys()


def resolved(whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return whole["components"]["schemas"][name] if name else schema


def test_every_list_that_grows_with_use_comes_in_pages(app: Flask) -> None:
    told = dict(lists(app))
    assert len(told) > 80
    assert sorted(name for name, paged in told.items() if not paged) == sorted(whole_lists())


def alike(session: Session, number: int) -> None:
    kinds = ["person", "business"] * number
    session.execute(insert(Party), [{"name": "Alex", "created_at": NOW, "kind": kind} for kind in kinds[:number]])


def walk(session: Session, order: Order, *, between: Callable[[int], object] = lambda _last: None) -> list[int]:
    """Go through a list two by two, with something done after each page to the row that it ended with."""
    met: list[int] = []
    after: Any = None
    while after is not None or not met:
        page = read_page(session, select(Party), order, after=after, size=2)
        met, after = met + [each.id for each in page.items], page.next
        between(met[-1])
    return met


@pytest.mark.parametrize(
    "order",
    [
        Order(Party.id),
        Order(Party.id, is_rising=True),
        Order(Party.id, (Party.kind,)),
        Order(Party.id, (Party.created_at, Party.kind == "person"), is_rising=True),
    ],
)
def test_a_list_is_told_once_and_to_its_end_though_rows_come_and_go(session: Session, order: Order) -> None:
    alike(session, 6)
    known = [each.id for each in session.scalars(order.sorts(select(Party)))]
    assert walk(session, order) == known
    erased = walk(session, order, between=lambda last: session.execute(delete(Party).where(Party.id == last)))
    assert erased == known
    assert read_page(session, select(Party), order, after=None, size=3).next is None


def test_a_row_that_came_meanwhile_is_met_where_it_stands(session: Session) -> None:
    alike(session, 4)
    order = Order(Party.id, (Party.kind,))
    first = read_page(session, select(Party), order, after=None, size=2)
    new = insert(Party).values(name="Alex", created_at=NOW, kind="business").returning(Party.id)
    added = session.execute(new).scalar_one()
    rest = [each.id for each in read_page(session, select(Party), order, after=first.next, size=5).items]
    assert [each.kind for each in first.items] == ["person"] * 2
    assert rest == [added, *sorted(set(rest) - {added}, reverse=True)]
    assert len(rest) == 3


@pytest.mark.parametrize("after", ["57", "x" * 2000, "é", write(["person"]), write(["person", "x"]), write([1, 1])])
def test_what_was_never_the_place_of_a_row_is_refused(session: Session, after: str) -> None:
    with pytest.raises(RuleViolation, match="no place in the list") as refused:
        read_page(session, select(Party), Order(Party.id, (Party.kind,)), after=after)
    assert refused.value.field == "after"


@given(places=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 99)), unique=True), size=st.integers(1, 5))
def test_a_list_in_memory_is_told_in_pages_that_hold_each_row_once(places: list[tuple[int, int]], size: int) -> None:
    rows, met, after = sorted(places), [], None
    while True:
        page = page_among(rows, lambda row: row, (int, int), after=after, size=size)
        met, after = [*met, *page.items], page.next
        rows = [row for row in rows if row not in page.items]
        if after is None:
            break
    assert met == sorted(places)
