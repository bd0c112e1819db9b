"""The list as programs read it."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from tests.subscribers.conftest import CONSENT, Import
from tsalert.staff.rules import RoleName

LIST = "/api/v1/subscribers"


def test_the_list_is_read_searched_and_one_subscription_ended(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], run_import: Import
) -> None:
    reader, keeper = bearer(RoleName.DUTY_OFFICER), bearer(RoleName.CASE_OFFICER)
    run_import(f"Pat Example,pat@example.org,,,,,,,,{CONSENT}", f"Sam Example,sam@example.org,,,,,,,,{CONSENT}")
    listed: Any = client.get(LIST, headers=reader).json
    assert [each["name"] for each in listed["items"]] == ["Sam Example", "Pat Example"]
    assert "sam@example.org" not in str(listed)
    for search in ("pat@example.org", "pat ex"):
        found: Any = client.post(f"{LIST}/found", json={"search": search}, headers=reader).json
        assert [each["name"] for each in found["items"]] == ["Pat Example"]
    place = f"{LIST}/{found['items'][0]['id']}"
    shown: Any = client.get(place, headers=reader).json
    assert [each["address"] for each in shown["addresses"]] == ["pat@example.org"]
    assert shown["consents"][0]["method"] == "import"
    end = f"{LIST}/subscriptions/{shown['subscriptions'][0]['id']}/end"
    assert client.post(end, headers=reader).status_code == 403
    assert [client.post(end, headers=keeper).status_code for _ in range(2)] == [204, 409]
    ended: Any = client.get(place, headers=reader).json
    assert ended["subscriptions"][0]["ended_at"] is not None


def test_a_page_of_the_list_ends_where_the_next_begins(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], run_import: Import
) -> None:
    token = bearer(RoleName.CASE_OFFICER)
    run_import(*(f"Pat {number},pat{number}@example.org,,,,,,,,{CONSENT}" for number in range(51)))
    first: Any = client.get(LIST, headers=token).json
    rest: Any = client.get(f"{LIST}?after={first['next']}", headers=token).json
    assert (len(first["items"]), [each["name"] for each in rest["items"]], rest["next"]) == (50, ["Pat 0"], None)
    assert client.get(f"{LIST}?after={2**63}", headers=token).status_code == 422
