"""What is sensitive in a case, and who takes people out of the service in files."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.restricting.conftest import Kept, newest_officer
from tsalert.cases import service as cases
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import Evidence, MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.restricting import service
from tsalert.staff.rules import RoleName
from tsalert.tiers import queries

SORT_CODE = "Paid from an account ending 4417"


@pytest.fixture
def line_id(session: Session, kept: Kept, manager: Actor) -> int:
    """What the bank told of one payment."""
    line = NewMoneyLine(MoneyKind.PAID, Decimal(400), evidence=Evidence.BANK, on_date=date(2026, 6, 1), note=SORT_CODE)
    return cases.record_money(kept.case_id, line, actor=manager, now=utc_now())


def test_what_the_bank_told_is_shown_to_those_on_the_case_alone(
    signed_in: Callable[..., FlaskClient], kept: Kept, line_id: int, manager: Actor
) -> None:
    desk = signed_in(RoleName.CASE_OFFICER)
    reader = newest_officer().officer_id or 0
    page, form = f"/cases/{kept.case_id}", f"/cases/{kept.case_id}/money?supersedes={line_id}"
    shown = desk.get(page).text
    assert "£400" in shown
    assert SORT_CODE not in shown + desk.get(f"{page}/timeline").text
    refused = desk.get(form)
    assert (refused.status_code, SORT_CODE in refused.text, "Break the glass" in refused.text) == (403, False, True)
    service.put_on(kept.case_id, reader, actor=manager, now=utc_now())
    assert SORT_CODE in desk.get(page).text
    assert SORT_CODE in desk.get(form).text
    service.take_off(kept.case_id, reader, actor=manager, now=utc_now())
    assert SORT_CODE not in desk.get(page).text


@pytest.mark.parametrize(
    ("role", "note"),
    [(RoleName.CASE_OFFICER, None), (RoleName.MANAGER, SORT_CODE), (RoleName.SAFEGUARDING_LEAD, SORT_CODE)],
)
def test_the_interface_keeps_what_the_bank_told_as_the_page_does(
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    kept: Kept,
    line_id: int,
    role: RoleName,
    note: str | None,
) -> None:
    (line,) = client.get(f"/api/v1/cases/{kept.case_id}/money", headers=bearer(role)).get_json()["items"]
    assert (line["amount"], line["note"]) == ("400.00", note)


def test_whoever_was_put_on_a_case_sees_what_is_sensitive_at_the_next_request(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    other = officer()
    assert not queries.may_see_sensitive(db.session(), other, *kept.case, now=utc_now())
    service.put_on(kept.case_id, other.officer_id or 0, actor=manager, now=utc_now())
    assert queries.may_see_sensitive(db.session(), other, *kept.case, now=utc_now())


@pytest.mark.parametrize("path", ["/units.csv", "/cases/{}/bundle", "/cases/{}/disclosure/schedule.csv"])
def test_people_leave_in_files_only_with_those_who_may_export(
    signed_in: Callable[..., FlaskClient], kept: Kept, path: str
) -> None:
    for role, is_open in ((RoleName.DUTY_OFFICER, False), (RoleName.CASE_OFFICER, True), (RoleName.MANAGER, True)):
        assert (signed_in(role).get(path.format(kept.case_id)).status_code != 403) is is_open, role
