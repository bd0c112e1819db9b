"""Long lists of partners and of what they passed on come in pages, of which none leaves anything out."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.circulation import ledger, queries, service, telling
from tsalert.circulation.queries import Wanted
from tsalert.circulation.rules import NewPartner, Told
from tsalert.core import cursors
from tsalert.core.actors import Actor
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import Subscriber

NAMES = ["Anerley", "bickley", "Bickley", "Chislehurst", "Downe"]
DAY = timedelta(days=1)


@pytest.fixture
def ids(session: Session, manager: Actor) -> dict[str, int]:
    """Five partners, which came in the order of the last first."""
    new = reversed(NAMES)
    return {name: service.add_partner(NewPartner(name), actor=manager, now=NOW) for name in new}


def pages(read: Callable[[str | None], tuple[list[Any], str | None]]) -> Iterator[list[Any]]:
    after: str | None = None
    while True:
        items, after = read(after)
        yield items
        if after is None:
            return


def test_partners_come_in_pages_by_name(session: Session, ids: dict[str, int]) -> None:
    def read(after: str | None) -> tuple[list[str], str | None]:
        page = queries.page_of_partners(session, Wanted(), after=after, limit=2, now=NOW)
        return [line.partner.name for line in page.items], page.next

    assert [[name.lower() for name in page] for page in pages(read)] == [
        ["anerley", "bickley"], ["bickley", "chislehurst"], ["downe"],
    ]  # fmt: skip


def test_a_page_goes_on_though_the_partner_before_it_has_left_the_list(
    session: Session, manager: Actor, ids: dict[str, int]
) -> None:
    first = queries.page_of_partners(session, Wanted(), limit=2, now=NOW)
    service.end_partner(first.items[-1].partner.id, actor=manager, now=NOW)
    second = queries.page_of_partners(session, Wanted(), after=first.next, limit=3, now=NOW)
    assert [line.partner.name.lower() for line in second.items] == ["bickley", "chislehurst", "downe"]
    assert second.next is None


@pytest.mark.parametrize("gone", [{1}, {0}, {2}, {1, 2}])
def test_a_page_goes_on_though_partners_were_erased_and_tells_no_name_in_its_address(
    session: Session, ids: dict[str, int], gone: set[int]
) -> None:
    everybody = [line.partner for line in queries.page_of_partners(session, Wanted(), now=NOW).items]
    first = queries.page_of_partners(session, Wanted(), limit=2, now=NOW)
    assert first.next is not None
    assert all(isinstance(each, int) for each in cursors.read(first.next, (int, int)))
    lost = [everybody[place].id for place in gone]
    session.execute(update(Subscriber).where(Subscriber.id.in_(lost)).values(erased_at=NOW, name=None))
    second = queries.page_of_partners(session, Wanted(), after=first.next, limit=3, now=NOW)
    met = [line.partner.id for line in (*first.items, *second.items)]
    left = [each.id for each in everybody if each.id not in lost]
    assert [number for number in met if number not in lost] == left


@pytest.fixture
def told(manager: Actor, ids: dict[str, int], sent: int) -> None:
    """Each partner says that it passed one alert on, two of them at the same instant each."""
    for place, name in enumerate(NAMES):
        telling.acknowledge_for(sent, ids[name], Told(100 + place), actor=manager, now=NOW + place // 2 * DAY)


def test_the_ledger_comes_in_pages_the_latest_first(session: Session, told: None) -> None:
    def read(after: str | None) -> tuple[list[int], str | None]:
        page = ledger.page_of(session, after=after, limit=2)
        return [line.reach for line in page.items], page.next

    assert list(pages(read)) == [[104, 103], [102, 101], [100]]


def test_the_interface_leads_from_page_to_page(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], told: None
) -> None:
    head = bearer(RoleName.MANAGER)
    given = client.get("/api/v1/circulation?limit=4", headers=head).json
    assert given is not None
    rest = client.get(f"/api/v1/circulation?after={given['next']}", headers=head).json
    assert rest is not None
    assert [each["acknowledged"] for each in (*given["items"], *rest["items"])] == [104, 103, 102, 101, 100]
    assert rest["next"] is None


def test_whom_an_officer_looks_for_stands_in_no_address_on_any_page_of_what_is_found(
    signed_in: Callable[..., FlaskClient], ids: dict[str, int]
) -> None:
    browser = signed_in(RoleName.MANAGER)
    assert "Anerley" in browser.get("/partners?search=bickley").text
    first = browser.post("/partners/found", data={"search": "bickley", "limit": "1"}).text
    after = re.search(r'name="after" value="([\w-]+)"', first)
    assert after
    second = browser.post("/partners/found", data={"search": "bickley", "after": after[1]}).text
    assert ("Anerley" in first + second, 'name="after"' in second) == (False, False)
    assert {ids["bickley"], ids["Bickley"]} == {int(each) for each in re.findall(r'/partners/(\d+)"', first + second)}
    assert not re.search(r"(?:href|action)=\"[^\"]*bickley", first + second)
    refused = browser.post("/partners/found", data={"search": "bick\u202eley"})
    assert (refused.status_code, 'value="bick\u202eley"' in refused.text) == (422, True)
    assert browser.get("/partners/found").location == "/partners"


def test_the_interface_takes_whom_to_look_for_in_the_body(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], ids: dict[str, int]
) -> None:
    head = bearer(RoleName.MANAGER)
    found = client.post("/api/v1/partners/found", json={"search": "chisle"}, headers=head).json
    assert found is not None
    assert [each["name"] for each in found["items"]] == ["Chislehurst"]
    assert client.get("/api/v1/partners?search=chisle", headers=head).status_code == 422


def test_pages_lead_on_and_the_file_of_the_ledger_is_whole(
    signed_in: Callable[..., FlaskClient], ids: dict[str, int], told: None
) -> None:
    browser = signed_in(RoleName.MANAGER)
    assert "Next page" in browser.get("/partners?limit=2").text
    shown = browser.get(f"/circulation?limit=2&partner_id={ids['Downe']}").text
    assert ("Downe" in shown, "Anerley" in shown) == (True, False)
    assert "Older" in browser.get("/circulation?limit=2").text
    assert len(browser.get("/circulation.csv?limit=2").text.splitlines()) == 1 + len(NAMES)
