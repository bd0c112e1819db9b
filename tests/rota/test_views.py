"""Pages of the rota, as managers and officers meet them."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.rota.conftest import give_mobile, identity, put_on_shift
from tsalert.core.actors import Actor
from tsalert.core.clock import in_london, london_date, london_midnight, utc_now
from tsalert.rota import absences, queries
from tsalert.rota.models import Leave, Pattern, Shift, Swap
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName
from tsalert.web.filters import telephone

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def planner(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.MANAGER, name="Morgan")


@pytest.fixture
def robin(standby: Callable[..., Actor]) -> int:
    return identity(standby("Robin"))


@pytest.fixture
def ash(standby: Callable[..., Actor]) -> int:
    return identity(standby("Ash"))


def wall(at: datetime) -> str:
    return f"{in_london(at):%Y-%m-%dT%H:%M}"


def ahead(hours: int) -> datetime:
    """Return the beginning of an hour to come."""
    return utc_now().replace(minute=0, second=0, microsecond=0) + hours * HOUR


def newest(session: Session) -> Shift:
    session.expire_all()
    return session.scalars(select(Shift).order_by(Shift.id.desc())).first() or pytest.fail("no shift")


def test_a_manager_puts_an_officer_on_a_single_shift(planner: FlaskClient, session: Session, robin: int) -> None:
    told = {"duty": "primary", "officer_id": robin, "starts_at": wall(ahead(30)), "ends_at": wall(ahead(40))}
    answer = planner.post("/rota/shifts", data=told, follow_redirects=True)
    assert "The shift is on the rota" in answer.text
    assert (newest(session).starts_at, newest(session).officer_id) == (ahead(30), robin)
    assert "Robin" in planner.get("/rota").text + planner.get("/rota?from=" + str(london_date(ahead(30)))).text


def test_a_refused_shift_comes_back_as_it_was_typed(planner: FlaskClient, session: Session, robin: int) -> None:
    put_on_shift(session, robin, Duty.PRIMARY, ahead(30), ahead(40))
    told = {"duty": "primary", "officer_id": robin, "starts_at": wall(ahead(35)), "ends_at": wall(ahead(45))}
    answer = planner.post("/rota/shifts", data=told | {"note": SCRIPT})
    assert answer.status_code == 422
    assert "overlaps another shift: Robin, On duty" in answer.text
    assert wall(ahead(35)) in answer.text
    assert SCRIPT not in answer.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"officer_id": ""}, "Choose an officer."),
        ({"officer_id": 2**63}, "Choose an officer from the list."),
        ({"officer_id": "x"}, "Choose an officer from the list."),
        ({"duty": "boss"}, "Choose one from the list."),
        ({"starts_at": "2030-03-31T01:30"}, "the clocks went forward"),
        ({"starts_at": "yesterday"}, "Enter a date and time"),
        ({"ends_at": ""}, "Enter when it ends."),
        ({"starts_at": "9999-12-31T23:59"}, "must end after"),
    ],
)
def test_what_no_shift_can_be_is_refused_in_words(
    planner: FlaskClient, robin: int, changes: dict[str, object], said: str
) -> None:
    told = {"duty": "primary", "officer_id": robin, "starts_at": wall(ahead(30)), "ends_at": wall(ahead(40))}
    answer = planner.post("/rota/shifts", data=told | changes)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_shift_is_given_away_and_its_page_says_how(
    planner: FlaskClient, session: Session, robin: int, ash: int
) -> None:
    shift = put_on_shift(session, robin, Duty.PRIMARY, ahead(30), ahead(40)).id
    assert "Give it" in planner.get(f"/rota/shifts/{shift}").text
    page = planner.get(f"/rota/shifts/{shift}/give").text
    assert f'value="{ash}"' in page
    assert f'value="{robin}"' not in page
    refused = planner.post(f"/rota/shifts/{shift}/give", data={"officer_id": ash})
    assert refused.status_code == 422
    assert "Say why." in refused.text
    told = {"officer_id": ash, "reason": "Wedding", "ends_at": wall(ahead(33))}
    answer = planner.post(f"/rota/shifts/{shift}/give", data=told, follow_redirects=True)
    assert "Wedding" in answer.text
    assert session.scalars(select(Swap)).one().ends_at == ahead(33)
    assert queries.on_duty(session, at=ahead(31))[0].name == "Ash"
    assert queries.on_duty(session, at=ahead(33))[0].name == "Robin"


def test_why_a_shift_was_given_is_for_those_concerned(
    planner: FlaskClient, signed_in: Callable[..., FlaskClient], session: Session, robin: int, ash: int
) -> None:
    shift = put_on_shift(session, robin, Duty.PRIMARY, ahead(30), ahead(40)).id
    planner.post(f"/rota/shifts/{shift}/give", data={"officer_id": ash, "reason": "Migraine"})
    assert "Migraine" in planner.get(f"/rota/shifts/{shift}").text
    others = signed_in(RoleName.DUTY_OFFICER, name="Kim").get(f"/rota/shifts/{shift}").text
    assert "Ash" in others
    assert "Migraine" not in others


def test_a_cancelled_shift_is_a_gap_and_cannot_be_cancelled_again(
    planner: FlaskClient, session: Session, robin: int
) -> None:
    shift = put_on_shift(session, robin, Duty.PRIMARY, ahead(30), ahead(40)).id
    assert planner.get(f"/rota/shifts/{shift}/cancel").status_code == 200
    assert planner.post(f"/rota/shifts/{shift}/cancel", data={}).status_code == 422
    answer = planner.post(f"/rota/shifts/{shift}/cancel", data={"reason": "Flu"}, follow_redirects=True)
    assert "Cancelled" in answer.text
    assert planner.post(f"/rota/shifts/{shift}/cancel", data={"reason": "Flu"}).status_code == 409


def test_a_pattern_is_added_changed_and_ended(planner: FlaskClient, session: Session, robin: int, ash: int) -> None:
    today = london_date(utc_now())
    told: dict[str, object] = {
        "duty": "backup",
        "officer_id": robin,
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "starts": "18:00",
        "ends": "08:00",
        "effective_from": str(today + DAY),
        "every_weeks": "1",
    }
    assert planner.get("/rota/patterns/new").status_code == 200
    added = planner.post("/rota/patterns", data=told, follow_redirects=True)
    assert "18:00 to 08:00 next day" in added.text
    pattern = session.scalars(select(Pattern)).one().id
    assert f'value="{today}"' in planner.get(f"/rota/patterns/{pattern}/change").text
    changed = planner.post(
        f"/rota/patterns/{pattern}/change",
        data=told | {"officer_id": ash, "effective_from": str(today + 3 * DAY)},
        follow_redirects=True,
    )
    assert "The pattern is changed" in changed.text
    other = session.scalars(select(Pattern.id).order_by(Pattern.id.desc())).first()
    assert planner.get(f"/rota/patterns/{other}/end").status_code == 200
    planner.post(f"/rota/patterns/{other}/end", data={"last_day": str(today + 4 * DAY)})
    night = [queries.on_duty(session, at=london_midnight(today + days * DAY) + 20 * HOUR) for days in range(1, 6)]
    assert [each[0].name if each else "nobody" for each in night] == ["Robin", "Robin", "Ash", "Ash", "nobody"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weekdays": ""}, "Choose at least one day."),
        ({"weekdays": "7"}, "Choose days from the list."),
        ({"starts": "25:00"}, "Enter a time, like 18:00."),
        ({"starts": "18:00+01:00"}, "Enter a time, like 18:00."),
        ({"every_weeks": "0"}, "Choose every 1 to 8 weeks."),
        ({"effective_from": "9999-12-31"}, "two years ahead"),
        ({"effective_from": "0001-01-01"}, "What was cannot be changed"),
        ({"effective_from": ""}, "Enter a date."),
    ],
)
def test_a_pattern_that_cannot_be_comes_back(
    planner: FlaskClient, robin: int, changes: dict[str, object], said: str
) -> None:
    tomorrow = str(london_date(utc_now()) + DAY)
    told = {"duty": "primary", "officer_id": robin, "weekdays": "0", "starts": "18:00", "ends": "08:00"}
    answer = planner.post("/rota/patterns", data=told | {"effective_from": tomorrow} | changes)
    assert answer.status_code == 422
    assert said in answer.text


def test_leave_is_recorded_and_cancelled(planner: FlaskClient, session: Session, robin: int) -> None:
    today = london_date(utc_now())
    told = {"officer_id": robin, "first_day": str(today + DAY), "last_day": str(today + 2 * DAY)}
    assert "Robin" in planner.post("/rota/leave", data=told, follow_redirects=True).text
    leave = session.scalars(select(Leave)).one().id
    assert planner.post(f"/rota/leave/{leave}/cancel").status_code == 303
    assert planner.post(f"/rota/leave/{leave}/cancel").status_code == 409
    assert planner.post("/rota/leave", data=told | {"first_day": "2020-01-01"}).status_code == 422
    assert planner.post("/rota/leave", data=told | {"last_day": "9999-12-31"}).status_code == 422


def test_gaps_stand_on_the_page_and_lead_to_a_form_that_fills_them(
    planner: FlaskClient, session: Session, robin: int
) -> None:
    put_on_shift(session, robin, Duty.PRIMARY, ahead(0), ahead(24))
    page = planner.get("/rota").text
    link = re.search(r'href="(/rota/shifts/new\?duty=primary[^"]+)"', page)
    assert link
    form = planner.get(link[1].replace("&amp;", "&")).text
    assert f'value="{wall(ahead(24))}"' in form


def test_a_gap_by_leave_leads_to_the_shift_that_is_to_be_given(
    planner: FlaskClient, session: Session, robin: int, ash: int, manager: Actor
) -> None:
    day = london_date(utc_now()) + 2 * DAY
    midnight = london_midnight(day)
    first = put_on_shift(session, robin, Duty.PRIMARY, utc_now() - HOUR, midnight + 9 * HOUR).id
    second = put_on_shift(session, robin, Duty.PRIMARY, midnight + 9 * HOUR, midnight + 33 * HOUR).id
    absences.record_leave(robin, day, day, actor=manager, now=utc_now())
    links = re.findall(r'href="(/rota/shifts/\d+/give[^"]+)"', planner.get("/rota").text)
    assert [int(re.findall(r"\d+", link)[0]) for link in links] == [first, second]
    for link in links:
        page = planner.get(link.replace("&amp;", "&")).text
        times = dict(re.findall(r'name="(starts_at|ends_at)"[^>]*value="([^"]+)"', page))
        told = times | {"officer_id": ash, "reason": "Covers the leave"}
        assert planner.post(link.partition("?")[0], data=told).status_code == 303
    names = {queries.on_duty(session, at=midnight + hours * HOUR)[0].name for hours in range(24)}
    assert names == {"Ash"}


def test_every_page_says_who_is_on_duty_or_that_nobody_is(
    planner: FlaskClient, session: Session, robin: int, ash: int
) -> None:
    assert "Nobody is on duty now" in planner.get("/board").text
    put_on_shift(session, robin, Duty.PRIMARY, ahead(-2), ahead(2))
    put_on_shift(session, ash, Duty.BACKUP, ahead(-2), ahead(2))
    page = planner.get("/account").text
    assert re.search(r"On duty now</a>:\s*<strong>Robin</strong>", page)
    assert "Backup: Ash" in page
    assert "07700" not in page
    assert "Nobody is on duty" not in planner.get("/board").text


def test_gaps_alarm_on_every_page_of_those_who_can_fill_them(
    planner: FlaskClient, signed_in: Callable[..., FlaskClient], session: Session, robin: int
) -> None:
    assert "in the next 7 days" not in planner.get("/board").text
    told = {"duty": "primary", "officer_id": robin, "ends_at": wall(ahead(40))}
    planner.post("/rota/shifts", data=told)
    assert "3 in the next 7 days" in planner.get("/board").text
    assert "in the next 7 days" not in signed_in(RoleName.DUTY_OFFICER).get("/board").text


def test_the_public_is_not_told_who_is_on_duty(client: FlaskClient, session: Session, robin: int) -> None:
    put_on_shift(session, robin, Duty.PRIMARY, ahead(-2), ahead(2))
    assert "Robin" not in client.get("/welcome").text
    assert "Robin" not in client.get("/sign-in").text


def test_who_was_on_duty_at_any_instant_is_told(planner: FlaskClient, session: Session, robin: int) -> None:
    put_on_shift(session, robin, Duty.PRIMARY, ahead(-50), ahead(-40))
    assert "Robin" in planner.get("/rota/on-duty", query_string={"at": wall(ahead(-45))}).text
    assert "Nobody." in planner.get("/rota/on-duty", query_string={"at": wall(ahead(-30))}).text


@pytest.mark.parametrize(
    "path",
    ["/rota?from=9999-12-31", "/rota?from=0001-01-01", "/rota/on-duty", "/rota/patterns", "/account/duty"],
)
def test_any_week_can_be_asked_for(planner: FlaskClient, path: str) -> None:
    assert planner.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/rota?from=x",
        "/rota?other=1",
        "/rota/on-duty?at=0001-01-01T00:00",
        "/rota/on-duty?at=2026-03-29T01:30",
        "/rota/on-duty?at=x",
        "/rota/shifts/new?starts_at=9999-12-31T23:59:59Z",
        "/rota/shifts/new?duty=boss",
    ],
)
def test_what_cannot_be_asked_is_refused(planner: FlaskClient, path: str) -> None:
    assert planner.get(path).status_code == 422


@pytest.mark.parametrize("number", [404, 2**31, 2**63, 2**70])
@pytest.mark.parametrize(
    "path",
    [
        "/rota/shifts/{}",
        "/rota/shifts/{}/give",
        "/rota/officers/{}",
        "/rota/patterns/{}/change",
        "/rota/patterns/{}/end",
    ],
)
def test_what_does_not_exist_is_not_found(planner: FlaskClient, path: str, number: int) -> None:
    assert planner.get(path.format(number)).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/rota/shifts/new", "/rota/patterns/new", "/rota/leave", "/rota/officers", "/rota/shifts/1/give"],
)
def test_an_officer_reads_the_rota_and_changes_nothing(signed_in: Callable[..., FlaskClient], path: str) -> None:
    desk = signed_in(RoleName.DUTY_OFFICER)
    assert desk.get("/rota").status_code == 200
    assert desk.get(path).status_code == 403
    assert desk.post("/rota/shifts", data={}).status_code == 403


def test_a_mobile_is_shown_to_its_officer_and_to_planners_alone(
    app: object, signed_in: Callable[..., FlaskClient], planner: FlaskClient, session: Session, robin: int
) -> None:
    mobile = telephone(queries.mobile_of(session, robin)) or pytest.fail("no mobile")
    assert mobile in planner.get(f"/rota/officers/{robin}").text
    assert mobile in planner.get("/rota/officers").text
    assert mobile not in signed_in(RoleName.DUTY_OFFICER).get(f"/rota/officers/{robin}").text


def test_a_manager_sees_who_has_no_mobile_and_takes_a_lost_one_away(
    planner: FlaskClient, session: Session, robin: int
) -> None:
    assert planner.get("/rota/officers").text.count("None verified") == 1
    assert planner.post(f"/rota/officers/{robin}/mobile/remove").status_code == 303
    assert planner.get("/rota/officers").text.count("None verified") == 2


def test_the_longest_night_is_shown_with_its_length(planner: FlaskClient, session: Session, robin: int) -> None:
    change = datetime.combine(datetime(2026, 10, 24, tzinfo=utc_now().tzinfo).date(), time(17), utc_now().tzinfo)
    shift = put_on_shift(session, robin, Duty.PRIMARY, change, change + 15 * HOUR)
    page = planner.get(f"/rota/shifts/{shift.id}").text
    assert "24 October 2026 at 6:00pm" in page
    assert "25 October 2026 at 8:00am" in page
    assert "15 hours" in page


def test_an_officer_without_a_mobile_cannot_be_chosen_unawares(planner: FlaskClient, session: Session) -> None:
    page = planner.get("/rota/shifts/new").text
    assert "Morgan (no verified mobile)" in page
    someone = int(re.search(r'value="(\d+)"[^>]*>\s*Morgan', page)[1])  # type: ignore[index]
    give_mobile(session, someone)
    assert "Morgan (no verified mobile)" not in planner.get("/rota/shifts/new").text
