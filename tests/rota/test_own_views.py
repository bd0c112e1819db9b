"""An officer's own page: mobile, shifts, calendar."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.rota.conftest import put_on_shift
from tests.rota.test_mobiles import texted
from tests.rota.test_views import ahead
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.installation.service import mark_demo
from tsalert.rota import absences, queries
from tsalert.rota.models import CalendarLink, OfficerMobile
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db


@pytest.fixture
def own(signed_in: Callable[..., FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Robin, who has verified a mobile on a demonstration."""
    desk = signed_in(RoleName.DUTY_OFFICER, name="Robin")
    monkeypatch.setitem(desk.application.config, "TSALERT_DEMO", value=True)
    mark_demo(session)
    session.commit()
    return desk


@pytest.fixture
def robin(own: FlaskClient, session: Session) -> int:
    return next(officer_id for officer_id, name in staff.active_officers(session) if name == "Robin")


def verify(own: FlaskClient, session: Session, number: str = "07700 900123") -> None:
    assert own.post("/account/duty/mobile", data={"phone": number}).status_code == 303
    assert own.post("/account/duty/code", data={"code": texted(session)}).status_code == 303


def address_of(own: FlaskClient) -> str:
    page = own.post("/account/duty/calendar", follow_redirects=True).text
    # Nothing follows the address: a full stop would be copied with it, and lead to no calendar.
    found = re.search(r"(/rota/calendar/[\w-]+\.ics)\s*<", page)
    assert found
    return found[1]


def test_a_mobile_is_verified_by_the_code_however_it_is_spaced(own: FlaskClient, session: Session, robin: int) -> None:
    assert "no verified mobile" in own.get("/account/duty").text
    own.post("/account/duty/mobile", data={"phone": "07700 900123"})
    page = own.get("/account/duty").text
    assert "07700 900123" in page
    code = texted(session)
    assert code not in page
    own.post("/account/duty/code", data={"code": f"{code[:3]} {code[3:]}"})
    assert queries.mobile_of(session, robin) == "+447700900123"
    assert "Verified" in own.get("/account/duty").text


@pytest.mark.parametrize(
    ("path", "told", "said"),
    [
        ("mobile", {"phone": "020 7946 0123"}, "Enter a British mobile number."),
        ("mobile", {"phone": "07911 100001"}, "not put through to mobiles of the Channel Islands"),
        ("mobile", {"phone": ""}, "Enter a mobile number."),
        ("code", {"code": "123456"}, "Ask for a new one."),
        ("code", {"code": ""}, "Enter the six digits"),
        ("code", {"code": "é" * 6}, "Ask for a new one."),
    ],
)
def test_what_proves_nothing_comes_back_in_words(
    own: FlaskClient, session: Session, path: str, told: dict[str, str], said: str
) -> None:
    answer = own.post(f"/account/duty/{path}", data=told)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_wrong_code_of_strange_letters_is_only_wrong(own: FlaskClient, session: Session) -> None:
    own.post("/account/duty/mobile", data={"phone": "07700 900123"})
    assert "not the code" in own.post("/account/duty/code", data={"code": "é" * 6}).text


def test_too_many_codes_are_refused_for_an_hour(own: FlaskClient) -> None:
    answers = [own.post("/account/duty/mobile", data={"phone": "07700 900123"}).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]


def test_a_mobile_is_removed(own: FlaskClient, session: Session, robin: int) -> None:
    verify(own, session)
    assert own.post("/account/duty/mobile/remove").status_code == 303
    assert own.post("/account/duty/mobile/remove").status_code == 409
    assert session.scalars(select(OfficerMobile.removed_at)).one() is not None


def test_the_calendar_holds_the_officers_shifts_in_utc_and_nothing_else(
    own: FlaskClient, session: Session, robin: int
) -> None:
    verify(own, session)
    put_on_shift(session, robin, Duty.BACKUP, ahead(20), ahead(34))
    answer = own.application.test_client().get(address_of(own))
    assert answer.mimetype == "text/calendar"
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (ahead(20), ahead(34))
    assert str(event["summary"]) == "Backup"
    assert b"DTSTART:" in answer.data
    assert b"Robin" not in answer.data
    assert b"+4477" not in answer.data


def test_a_shift_keeps_its_name_in_the_calendar_when_part_of_it_falls_to_leave(
    own: FlaskClient, session: Session, robin: int, manager: Actor
) -> None:
    verify(own, session)
    put_on_shift(session, robin, Duty.PRIMARY, ahead(20), ahead(90))
    path = address_of(own)
    before = names(own, path)
    day = ahead(48).date()
    absences.record_leave(robin, day, day, actor=manager, now=utc_now())
    after = names(own, path)
    assert before[0] in after
    assert len(after) == 2


def names(own: FlaskClient, path: str) -> list[str]:
    return [str(event["uid"]) for event in Calendar.from_ical(own.get(path).data).walk("VEVENT")]


def test_a_calendar_that_has_not_changed_is_not_sent_again(own: FlaskClient, session: Session, robin: int) -> None:
    verify(own, session)
    path = address_of(own)
    mark = own.get(path).headers["ETag"]
    assert own.get(path, headers={"If-None-Match": mark}).status_code == 304
    put_on_shift(session, robin, Duty.PRIMARY, ahead(20), ahead(34))
    assert own.get(path, headers={"If-None-Match": mark}).status_code == 200


def test_a_renewed_or_revoked_address_is_gone(own: FlaskClient, session: Session) -> None:
    first = address_of(own)
    second = address_of(own)
    assert (own.get(first).status_code, own.get(second).status_code) == (404, 200)
    assert own.post("/account/duty/calendar/revoke").status_code == 303
    assert own.get(second).status_code == 404
    assert own.post("/account/duty/calendar/revoke").status_code == 409
    kept = session.scalars(select(CalendarLink.token_digest)).all()
    assert not any(digest in first + second for digest in kept)


def test_the_calendar_of_an_officer_who_left_is_gone(own: FlaskClient, session: Session, robin: int) -> None:
    path = address_of(own)
    staff.get_officer_by_id(session, robin).active = False
    session.commit()
    assert own.application.test_client().get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "é", "x" * 5000, "..%2f"])
def test_an_address_that_was_never_given_is_not_found(client: FlaskClient, token: str) -> None:
    assert client.get(f"/rota/calendar/{token}.ics").status_code == 404


def test_an_officers_page_shows_shifts_to_come_and_marks_gaps(own: FlaskClient, session: Session, robin: int) -> None:
    put_on_shift(session, robin, Duty.PRIMARY, ahead(20), ahead(34))
    put_on_shift(session, robin, Duty.PRIMARY, utc_now() - timedelta(days=9), utc_now() - timedelta(days=8))
    page = own.get("/account/duty").text
    assert page.count("/rota/shifts/") == 1
    assert "Has a gap" in page
    verify(own, session)
    assert "Has a gap" not in own.get("/account/duty").text
