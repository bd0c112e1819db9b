"""Every list of the API either comes in pages that begin after a row, or stands under the reason why it stays short."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tests.conftest import NOW, PASSWORD
from tests.web.conftest import undone
from tsalert import keysets
from tsalert.core.cursors import write
from tsalert.core.errors import RuleViolation
from tsalert.delivery.models import Endpoint
from tsalert.keysets import Order, Page, every, page_among, read_page
from tsalert.parties.models import Party
from tsalert.staff.rules import RoleName
from tsalert.staff.tokens import rules
from tsalert.web.fields import PageAsked
from tsalert.web.manual import description

# A list by weeks has neither a first nor a last page.
NEXT = re.compile(r'govuk-pagination__next">\s*<a [^>]*href="(?!/rota\?|/oddities\?)([^"]+)"')
ENDED = re.compile("Nothing more is on this list|No more calls are waiting")
TABLE = Path(__file__).with_name("whole_lists.txt")
# What a list is asked with, where an address with a number in each place is not enough.
PLACES = {
    "GET /api/v1/response-figures/incidents": ["/api/v1/response-figures/incidents?period=2022/23"],
    "GET /api/v1/savings/not-counted": ["/api/v1/savings/not-counted?period=2022/23"],
}
BODIES: dict[str, dict[str, Any]] = {"POST /api/v1/subscribers/found": {"search": "example"}}
# Each page is worked out from a run, from one reference on.
WORKED_OUT = {"GET /api/v1/savings/runs/{run_id}/lines", "GET /api/v1/savings/runs/{run_id}/difference"}
# The demonstration has nothing to which they belong.
NOT_SHOWN = ["GET /api/v1/oddities/{week}/{line}/entries"]


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


@pytest.mark.any_database
def test_every_list_that_comes_in_pages_is_told_to_its_end_and_once(
    served: Flask, token: str, monkeypatch: pytest.MonkeyPatch, short_pages: Callable[[int], None]
) -> None:
    monkeypatch.setattr(rules, "QUOTA", 10**9)
    browser, wrong, held = served.test_client(), list[str](), set[str]()

    def ask(place: str, body: dict[str, Any] | None, after: int | str | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        if body is None:
            answer = browser.get(f"{place}{'&' if '?' in place else '?'}{urlencode(_given(after))}", headers=headers)
        else:
            answer = browser.post(place, json=body | _given(after), headers=headers)
        return answer.get_json() if answer.status_code == 200 else {"items": [], "next": None}

    for name in (name for name, paged in lists(served) if paged):
        body = BODIES.get(name, {}) if name.startswith("POST") else None
        with undone(served, monkeypatch):
            short_pages(50)
            cuts = noted(monkeypatch)
            places = PLACES.get(name) or dict.fromkeys(re.sub(r"{\w+}", str(n), name.split()[1]) for n in range(1, 40))
            answers = ((place, ask(place, body, None)) for place in places)
            place, whole = next(((place, whole) for place, whole in answers if len(whole["items"]) > 1), ("", {}))
            if cuts or name in WORKED_OUT:
                held.add(name)
            if place:
                wrong += faults(name, whole, partial(ask, place, body), short_pages)
    assert wrong == []
    assert sorted(name for name, paged in lists(served) if paged and name not in held) == NOT_SHOWN


@pytest.mark.any_database
def test_a_later_page_whose_rows_are_gone_says_so_and_leads_back_to_the_first(
    served: Flask, token: str, monkeypatch: pytest.MonkeyPatch, short_pages: Callable[[int], None]
) -> None:
    assert token  # its holder is there
    monkeypatch.setitem(served.config, "WTF_CSRF_ENABLED", value=False)
    browser = served.test_client()
    browser.post("/sign-in", data={"email": "all@example.org", "password": PASSWORD})
    short_pages(1)
    later = [unescape(found) for page in plain_pages(served) for found in NEXT.findall(browser.get(page).text)]
    assert len(later) > 25
    for name in ("_cut", "_cut_among"):
        monkeypatch.setattr(keysets, name, lambda *_: Page([], None))
    wrong = list[str]()
    for address in later:
        told = browser.get(address).text
        if "govuk-pagination__prev" not in told or not ENDED.search(told):
            wrong.append(address)
    assert wrong == []


def plain_pages(app: Flask) -> Iterator[str]:
    """Yield the address of each page that is the same for every record."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and not rule.arguments and not rule.rule.startswith("/api/"):
            yield rule.rule


def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return where it is noted that a list is cut into pages by tsalert/keysets.py."""
    found: list[str] = []

    def noting(name: str, cut: Callable[..., Any]) -> Callable[..., Any]:
        def note(*asked: Any) -> Any:
            found.append(name)
            return cut(*asked)

        return note

    for name in ("_cut", "_cut_among"):
        monkeypatch.setattr(keysets, name, noting(name, getattr(keysets, name)))
    return found


def _given(after: int | str | None) -> dict[str, Any]:
    return {} if after is None else {"after": after}


def faults(
    name: str, whole: dict[str, Any], ask: Callable[[Any], dict[str, Any]], short_pages: Callable[[int], None]
) -> Iterator[str]:
    """Say what is wrong with a list: as it is told in halves, and on a page that is just as long as it is."""
    told = [identity(each) for each in whole["items"]]
    short_pages(len(told) // 2)
    pages = [ask(None)]
    while pages[-1]["next"] is not None and sum(len(page["items"]) for page in pages) < len(told):
        pages.append(ask(pages[-1]["next"]))
    if [identity(each) for page in pages for each in page["items"]][: len(told)] != told:
        yield f"{name}: its halves are not the whole"
    short_pages(len(told))
    if (ask(None)["next"] is None) != (whole["next"] is None):
        yield f"{name}: it does not end with a page that is full"


def identity(item: dict[str, Any]) -> object:
    return next((item[name] for name in ("id", "reference", "incident_id", "party_id") if name in item), item)


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


def test_a_list_of_many_goes_on_behind_numbers_that_shorter_ones_never_reach(session: Session) -> None:
    numbers, kept = [2**31 + 2, 2**31 + 1, 2**31], {"channel": "email", "status": "active", "created_at": NOW}
    session.execute(
        insert(Endpoint), [kept | {"id": each, "address": "", "address_key": str(each)} for each in numbers]
    )

    def read(place: int | None) -> Page[Endpoint]:
        after = PageAsked().load({"after": str(place)})["after"] if place else None
        return read_page(session, select(Endpoint), Order(Endpoint.id), after=after, size=1)

    assert [each.id for each in every(read)] == numbers
    with pytest.raises(RuleViolation, match="no place in the list"):
        read_page(session, select(Party), Order(Party.id), after=2**31)


def test_a_place_that_is_none_is_refused_alike_where_only_the_head_is_asked_for(
    signed_in: Callable[..., FlaskClient],
) -> None:
    desk = signed_in(RoleName.MANAGER)
    for path in ("/alerts?after=x", f"/alerts?after={2**63}", f"/alerts?after={2**31}", "/access?grants=x"):
        assert [desk.get(path).status_code, desk.head(path).status_code] == [422, 422], path


@given(places=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 99)), unique=True), size=st.integers(1, 5))
def test_a_list_in_memory_is_told_in_pages_that_hold_each_row_once(places: list[tuple[int, int]], size: int) -> None:
    rows, met, after = sorted(places), list[tuple[int, int]](), None
    while True:
        page = page_among(rows, lambda row: row, (int, int), after=after, size=size)
        met, after = [*met, *page.items], page.next
        rows = [row for row in rows if row not in page.items]
        if after is None:
            break
    assert met == sorted(places)
