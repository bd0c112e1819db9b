"""When a call is said to have come in: clocks that differ, forms left open, voicemails, and how long saving takes."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.response import queries, rules, service
from tsalert.response.models import Call
from tsalert.response.opening import seal_opening
from tsalert.response.prompts import PROMPTS
from tsalert.response.queries import TimeToSave
from tsalert.response.schemas import NewCallFormSchema
from tsalert.response.vocabulary import CallSource, Disposition, Line, MoneyState
from tsalert.staff.rules import RoleName

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


def advice(opened_at: datetime | None = None, **told: str) -> dict[str, str]:
    opened = seal_opening(opened_at or utc_now())
    return {"opened": opened, "disposition": "advice", "happening": "Men on the roof"} | told


def test_a_claimed_time_two_minutes_ahead_is_a_clock_that_differs(session: Session, duty: Actor) -> None:
    service.log_call(roof_call(claimed_at=NOON + 2 * MINUTE), actor=duty, now=NOON)
    assert session.scalars(select(Call.received_at)).one() == NOON + 2 * MINUTE


def test_a_claimed_time_two_minutes_and_a_second_ahead_is_refused(session: Session, duty: Actor) -> None:
    with pytest.raises(RuleViolation) as refusal:
        service.log_call(roof_call(claimed_at=NOON + 2 * MINUTE + SECOND), actor=duty, now=NOON)
    assert refusal.value.field == "claimed_at"
    assert session.scalars(select(Call.id)).all() == []


def test_a_form_opened_on_a_server_whose_clock_is_ahead_counts_from_now(session: Session, duty: Actor) -> None:
    service.log_call(roof_call(opened_at=NOON + 2 * MINUTE), actor=duty, now=NOON)
    call = session.scalars(select(Call)).one()
    assert call.opened_at == call.received_at == call.recorded_at == NOON


@given(skew=st.timedeltas(min_value=-3 * HOUR, max_value=3 * HOUR))
def test_no_form_is_taken_that_says_it_was_opened_well_after_now(skew: timedelta) -> None:
    may = rules.is_possible_opening(NOON + skew, now=NOON)
    assert may is (skew <= 2 * MINUTE)


def test_a_seal_from_the_future_is_refused_and_renewed(desk: FlaskClient, session: Session) -> None:
    ahead = advice(utc_now() + HOUR)
    refused = desk.post("/calls", data=ahead)
    assert refused.status_code == 422
    assert "Men on the roof" in refused.text
    renewed = re.findall(r'name="opened" value="([^"]+)"', refused.text)[0]
    assert renewed != ahead["opened"]
    assert desk.post("/calls", data=ahead | {"opened": renewed}).status_code == 303


def test_a_form_left_open_overnight_asks_when_the_call_came_in(desk: FlaskClient, session: Session) -> None:
    left_open = advice(utc_now() - 12 * HOUR - MINUTE)
    refused = desk.post("/calls", data=left_open)
    assert refused.status_code == 422
    assert "Say when the call came in" in refused.text
    claimed = (utc_now() - 5 * MINUTE).isoformat()
    assert desk.post("/calls", data=left_open | {"claimed_at": claimed}).status_code == 303
    call = session.scalars(select(Call)).one()
    assert call.received_at == datetime.fromisoformat(claimed)
    assert call.opened_at < call.received_at < call.recorded_at


def test_a_long_call_counts_from_when_its_form_was_opened(session: Session, duty: Actor) -> None:
    service.log_call(roof_call(opened_at=NOON - 30 * MINUTE), actor=duty, now=NOON)
    assert session.scalars(select(Call.received_at)).one() == NOON - 30 * MINUTE


def test_a_voicemail_reads_as_what_it_is_on_its_call_and_its_incident(
    desk: FlaskClient, session: Session, duty: Actor
) -> None:
    now = utc_now()
    late = roof_call(claimed_at=now - 95 * MINUTE, opened_at=now - MINUTE, line=Line.RAPID_VOICEMAIL)
    logged = service.log_call(late, actor=duty, now=now)
    page = desk.get(f"/calls/{logged.call_id}").text
    assert ", as the officer says" in page
    assert "1 hour 35 minutes after it came in" in page
    page = desk.get(f"/incidents/{logged.incident_id}").text
    assert "That time is the officer's own; it was written down" in page
    assert re.search(r"(24|25) minutes left", page)


@pytest.mark.parametrize(
    ("is_safe", "shown", "hidden"),
    [
        pytest.param(True, 'href="tel:+447700900123"', "Do not ring", id="safe"),
        pytest.param(False, "Do not ring it: it is not safe", "tel:", id="not-safe"),
        pytest.param(None, "Nobody asked whether it is safe", "tel:", id="not-asked"),
    ],
)
def test_a_number_can_be_tapped_only_where_it_is_safe_to_ring_it(
    desk: FlaskClient,
    session: Session,
    duty: Actor,
    is_safe: bool | None,  # noqa: FBT001
    shown: str,
    hidden: str,
) -> None:
    new = roof_call(is_safe_to_call_back=is_safe)
    logged = service.log_call(new, actor=duty, now=utc_now(), is_demo=True)
    for path in (f"/incidents/{logged.incident_id}", f"/calls/{logged.call_id}"):
        page = desk.get(path).text
        assert shown in page
        assert hidden not in page
        assert 'href="geo:0,0?q=1%20Example%20Road"' in page


def test_a_proposal_says_when_the_grade_chosen_needs_a_reason(desk: FlaskClient) -> None:
    same = desk.get("/calls/proposal?has_threat=yes&grade=immediate").text
    other = desk.get("/calls/proposal?has_threat=yes&grade=prompt").text
    none = desk.get("/calls/proposal?has_threat=yes&grade=proposed").text
    assert "say why" not in same + none
    assert "You chose prompt: say why" in other


def test_the_median_time_to_save_leaves_out_what_was_not_typed_during_the_call(session: Session, duty: Actor) -> None:
    assert queries.time_to_save(session) is None
    form = roof_call(disposition=Disposition.ADVICE, incident=None)
    for seconds in (30, 40, 100):
        service.log_call(replace(form, opened_at=NOON - seconds * SECOND), actor=duty, now=NOON)
    service.log_call(form, actor=duty, now=NOON)
    service.log_call(replace(form, opened_at=NOON - HOUR, claimed_at=NOON - 2 * HOUR), actor=duty, now=NOON)
    assert queries.time_to_save(session) == TimeToSave(median_seconds=40, calls=3)


def test_the_time_to_save_is_for_those_who_read_figures(
    signed_in: Callable[..., FlaskClient], client: FlaskClient, bearer: Callable[..., dict[str, str]], duty: Actor
) -> None:
    head = bearer(RoleName.MANAGER)
    assert client.get("/api/v1/calls/time-to-save", headers=head).status_code == 404
    now = utc_now()
    service.log_call(roof_call(opened_at=now - 41 * SECOND), actor=duty, now=now)
    assert "<strong>41 seconds</strong>" in signed_in(RoleName.MANAGER).get("/calls").text
    assert client.get("/api/v1/calls/time-to-save", headers=head).get_json() == {"median_seconds": 41, "calls": 1}


def test_every_prompt_is_called_up_by_what_the_form_can_hold() -> None:
    values = {
        "money_state": {state.value for state in MoneyState},
        "source": {source.value for source in CallSource},
        "is_trader_on_site": {"yes"},
        "is_vulnerable": {"yes"},
        "has_threat": {"yes"},
    }
    for prompt in PROMPTS:
        for answer in prompt.answers:
            name, _, value = answer.partition("=")
            assert name in NewCallFormSchema().fields, answer
            assert value in values[name], answer
        assert all(re.fullmatch(r"[a-z ]+", word) for word in prompt.words), prompt.title
    assert any(not prompt.answers and not prompt.words for prompt in PROMPTS)
