"""Operations on enforcement."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tsalert.staff.rules import RoleName

Headers = dict[str, str]
FRAUD = {"offence": "fraud_representation", "conduct_from": "2026-01-05", "conduct_to": "2026-03-30"}
BEGUN = {"court": "magistrates", "court_name": "Anytown", "begun_on": "2026-05-01"}


@pytest.fixture
def ask(client: FlaskClient, bearer: Callable[..., Headers]) -> Callable[..., Any]:
    """Ask the API: ``ask(path)`` reads, ``ask(path, told)`` writes; returns the body of a good answer."""
    token = bearer(RoleName.CASE_OFFICER)

    def answer(path: str, told: dict[str, Any] | None = None, status: int | None = None) -> Any:
        place = f"/api/v1{path}"
        got = client.get(place, headers=token) if told is None else client.post(place, json=told, headers=token)
        assert got.status_code == (status or (200 if told is None else 201)), got.text
        return got.json if got.data else None

    return answer


def test_a_case_goes_to_court_through_the_api(ask: Callable[..., Any], case_id: int) -> None:
    case = f"/cases/{case_id}"
    ask(f"{case}/money", {"kind": "paid", "amount": "1000", "evidence": "bank"})
    offence = ask(f"{case}/offences", FRAUD)["id"]
    ask(f"{case}/actions", {"kind": "seizure", "on_date": "2026-04-02", "what": "A ladder"})
    roof = {"what": "Roof", "kind": "service", "place": "off_premises", "made_on": "2026-03-02"}
    ask(f"{case}/cancellations", roof)
    place = f"{case}/prosecutions/{ask(f'{case}/prosecutions', BEGUN)['id']}"
    defendant = ask(f"{place}/defendants", {"name": "Al Example (invented)", "offence_ids": [offence]})["id"]
    hearing = {"kind": "first", "at": "2026-06-01T09:00:00Z", "court": "magistrates", "court_name": "Anytown"}
    number = ask(f"{place}/hearings", hearing)["id"]
    ended = ask(f"{place}/hearings/{number}/outcome", {"result": "committed_for_sentence"}, status=200)
    charge = ended["defendants"][0]["charges"][0]["id"]
    of = {"defendant_id": defendant, "on_date": "2026-06-01"}
    ask(f"{place}/decisions", of | {"kind": "plea", "charge_id": charge, "result": "guilty_plea"})
    order = ask(f"{place}/decisions", of | {"kind": "compensation", "amount": "900"})["id"]
    wrong = ask(f"{place}/decisions", of | {"kind": "costs", "amount": "50"})["id"]
    ask(f"{place}/payments", {"order_id": order, "amount": "350.50", "on_date": "2026-06-05"})
    back = {"record": "decision", "record_id": wrong, "reason": "No costs were ordered"}
    ask(f"{case}/enforcement/taken-back", back, status=204)
    found = ask(f"{case}/enforcement")
    assert found["offences"][0]["is_charged"] is True
    assert found["cancellations"][0]["last_day"] == "2027-03-16"
    assert found["actions"][0]["kind"] == "seizure"
    (prosecution,) = found["prosecutions"]
    assert prosecution["orders"] == [
        {"id": order, "defendant_id": defendant, "ordered": "900.00", "paid": "350.50", "left": "549.50"}
    ]
    assert [each["taken_back"] for each in prosecution["decisions"]] == [None, None, "No costs were ordered"]
    assert ask(place) == prosecution
    ledger = ask(f"{case}/money")
    assert (ledger["detriment"], ledger["net_detriment"]) == ("1000.00", "649.50")
    kinds = {each["kind"] for each in ask(f"{case}/timeline")["items"]}
    assert kinds == {"money", "action", "court"}


def test_what_is_refused_names_the_field(ask: Callable[..., Any], case_id: int) -> None:
    wrong = ask(f"/cases/{case_id}/offences", FRAUD | {"offence": "cprs_banned"}, status=422)
    assert "Schedule 20 applied" in wrong["errors"]["offence"]
    assert ask(f"/cases/{case_id}/offences", FRAUD | {"colour": "red"}, status=422)["errors"]["colour"]


def test_deadlines_and_the_list_of_offences_are_given_out(ask: Callable[..., Any]) -> None:
    nothing: dict[str, Any] = {
        "deadlines": [],
        "contracts": [],
        "hearings": [],
        "next_deadlines": None,
        "next_hearings": None,
    }
    assert ask("/deadlines") == nothing
    for of_two in ("deadlines", "hearings"):
        assert list(ask(f"/deadlines?{of_two}=gone", status=422)["errors"]) == [of_two]
    law = {each["code"]: each for each in ask("/deadlines/offences")["items"]}
    assert (law["cprs_banned"]["first"], law["cprs_banned"]["last"]) == ("2008-05-26", "2025-04-05")


def test_a_stranger_and_an_administrator_are_refused(
    client: FlaskClient, bearer: Callable[..., Headers], case_id: int
) -> None:
    token = bearer(RoleName.ADMINISTRATOR)
    for path in (f"cases/{case_id}/enforcement", f"cases/{case_id}/timeline", "deadlines"):
        assert client.get(f"/api/v1/{path}").status_code == 401
        assert client.get(f"/api/v1/{path}", headers=token).status_code == 403
