"""Every list of the API either comes in pages that begin after a row, or stands under the reason why it stays short."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.keysets import Order, read_page
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


def test_a_page_begins_after_a_row_whatever_was_added_or_is_alike(session: Session) -> None:
    kinds = ["person", "business", "person", "business", "person"]
    row = {"name": "Alex", "created_at": NOW}
    session.execute(insert(Party), [row | {"kind": kind} for kind in kinds])
    order = Order(Party.id, (Party.kind,))
    first = read_page(session, select(Party), order, after=None, size=2)
    session.execute(insert(Party), [row | {"kind": "person"}])
    met, after = [each.id for each in first.items], first.next
    while after is not None:
        page = read_page(session, select(Party), order, after=after, size=2)
        met, after = met + [each.id for each in page.items], page.next
    known = session.execute(select(Party.id).order_by(Party.kind.desc(), Party.id.desc())).scalars().all()
    assert met == list(known[1:])


def test_a_list_by_number_goes_on_after_a_row_that_was_taken_away(session: Session) -> None:
    session.execute(insert(Party), [{"kind": "person", "name": "Alex", "created_at": NOW} for _ in range(4)])
    known = list(session.scalars(select(Party.id).order_by(Party.id.desc())))
    first = read_page(session, select(Party), Order(Party.id), after=None, size=2)
    session.execute(delete(Party).where(Party.id == first.next))
    second = read_page(session, select(Party), Order(Party.id), after=first.next, size=2)
    assert [each.id for each in second.items] == known[2:4]
