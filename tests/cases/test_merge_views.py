"""The pages and operations that continue a case in another."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED
from tsalert.cases import queries, service
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.staff.rules import RoleName

Headers = dict[str, str]


def test_both_pages_lead_to_each_other_and_it_is_undone(
    signed_in: Callable[..., FlaskClient], session: Session, open_case: Callable[..., int], actor: Actor
) -> None:
    desk, earlier, later = signed_in(RoleName.CASE_OFFICER), open_case(), open_case()
    names = {case_id: queries.get_case(session, case_id).reference for case_id in (earlier, later)}
    line = service.record_money(earlier, NewMoneyLine(MoneyKind.PAID, Decimal(640)), actor=actor, now=OPENED)
    form = {"later": names[later].lower(), "reason": "The same gang", "repeats": [str(line)]}
    page = f"/cases/{earlier}/continuation"
    assert "£640" in desk.get(page).text
    assert desk.post(page, data=form | {"reason": ""}).status_code == 422
    assert desk.post(page, data=form | {"later": "D26-99999-A"}).status_code == 422
    assert desk.post(page, data=form).status_code == 303
    assert (
        f'This matter continues in <a class="govuk-link ts-reference" href="/cases/{later}"'
        in desk.get(f"/cases/{earlier}").text
    )
    assert f'Continues <a class="govuk-link ts-reference" href="/cases/{earlier}"' in desk.get(f"/cases/{later}").text
    assert f"Continues in {names[later]}" in desk.get(f"/cases/{earlier}/timeline").text
    assert "Add a money line" not in desk.get(f"/cases/{earlier}").text
    refused = desk.post(f"/cases/{earlier}/notes", data={"kind": "fact", "text": "A van"})
    assert (refused.status_code, f"continues in {names[later]}" in refused.text) == (409, True)
    assert desk.post(f"{page}/undo", data={"reason": ""}).status_code == 422
    assert desk.post(f"{page}/undo", data={"reason": "Two gangs"}).status_code == 303
    shown = desk.get(f"/cases/{earlier}").text
    assert ("Two gangs" in shown, "Add a money line" in shown) == (True, True)


def test_the_api_merges_and_undoes(
    client: FlaskClient, bearer: Callable[..., Headers], session: Session, open_case: Callable[..., int]
) -> None:
    token, earlier, later = bearer(RoleName.CASE_OFFICER), open_case(), open_case()
    cases = f"/api/v1/cases/{earlier}"
    asked = {"later": queries.get_case(session, later).reference, "reason": "The same gang"}
    made: Any = client.post(f"{cases}/merges", json=asked, headers=token)
    assert (made.status_code, made.json["items"][0]["later_id"]) == (201, later)
    assert client.get(cases, headers=token).json["continued_in_id"] == later  # type: ignore[index]
    back = {"later": queries.get_case(session, earlier).reference, "reason": "The same gang"}
    loop: Any = client.post(f"/api/v1/cases/{later}/merges", json=back, headers=token)
    assert loop.status_code == 409
    undone: Any = client.post(f"{cases}/merges/undo", json={"reason": "Two gangs"}, headers=token)
    assert (undone.status_code, undone.json["items"][0]["undo_reason"]) == (200, "Two gangs")
    assert client.get(f"{cases}/merges", headers=token).json == undone.json
