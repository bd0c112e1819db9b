"""Nobody is rung or texted at night without a reason of whoever approved it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tests.alerts.test_views import digest_on
from tests.conftest import NOW
from tsalert.alerts import queries, service
from tsalert.alerts.lone_queries import sent_alone
from tsalert.alerts.night import reasons as night_reasons
from tsalert.alerts.night.models import NightReason
from tsalert.alerts.night.rules import wakes_people
from tsalert.alerts.rules import Channel, Urgency
from tsalert.alerts.scheduling import service as scheduling
from tsalert.alerts.steps import Status
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.delivery.models import Mailing
from tsalert.staff.rules import RoleName

NIGHT = NOW.replace(hour=22)
ENDS = NIGHT + timedelta(days=2)
WHY = "An armed man is at doors in Bickley now."
ALL = tuple(Channel)


def sent(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Mailing)) or 0


def submitted(author: Actor, **changes: object) -> int:
    words = {"urgency": Urgency.URGENT, "channels": ALL} | changes
    alert_id = service.write_draft(new_draft(**words), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    return alert_id


@pytest.fixture
def urgent(author: Actor, people: None) -> int:
    """An urgent alert for mail, text and call that waits for approval."""
    return submitted(author)


@pytest.mark.parametrize(
    ("channels", "urgency", "hour", "wakes"),
    [
        (ALL, Urgency.URGENT, 22, True),
        ((Channel.SMS,), Urgency.URGENT, 3, True),
        ((Channel.VOICE,), Urgency.URGENT, 6, True),
        ((Channel.EMAIL,), Urgency.URGENT, 22, False),
        (ALL, Urgency.ROUTINE, 22, False),
        (ALL, Urgency.URGENT, 7, False),  # 8am in London's summer
        (ALL, Urgency.URGENT, 19, False),
        (ALL, Urgency.URGENT, 20, True),
    ],
)
def test_only_an_urgent_text_or_call_at_night_wakes_people(
    channels: tuple[Channel, ...], urgency: Urgency, hour: int, *, wakes: bool
) -> None:
    assert wakes_people(channels, urgency, ENDS, NOW.replace(hour=hour)) is wakes


def test_by_day_nobody_is_asked(session: Session, urgent: int, approver: Actor) -> None:
    assert service.approve(urgent, shown(urgent), actor=approver, now=NOW) == 3


def test_at_night_it_needs_a_reason_of_the_approver(
    session: Session, urgent: int, author: Actor, approver: Actor
) -> None:
    with pytest.raises(RuleViolation, match="Say why it cannot wait") as refused:
        service.approve(urgent, shown(urgent), actor=approver, now=NIGHT)
    assert refused.value.field == "night_reason"
    assert sent(session) == 0
    with pytest.raises(NotAllowed, match="somebody else"):
        night_reasons.give_reason(urgent, shown(urgent), WHY, actor=author, now=NIGHT)
    for _ in range(2):
        night_reasons.give_reason(urgent, shown(urgent), WHY, actor=approver, now=NIGHT)
    assert service.approve(urgent, shown(urgent), actor=approver, now=NIGHT) == 3
    told = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "let wake people")).all()
    assert len(told) == 1


def test_a_reason_is_for_the_alert_as_it_read(session: Session, urgent: int, author: Actor, approver: Actor) -> None:
    with pytest.raises(RuleViolation):
        night_reasons.give_reason(urgent, shown(urgent), "  now  ", actor=approver, now=NIGHT)
    with pytest.raises(Conflict):
        night_reasons.give_reason(urgent, "0" * 64, WHY, actor=approver, now=NIGHT)
    night_reasons.give_reason(urgent, shown(urgent), WHY, actor=approver, now=NIGHT)
    changed = new_draft(urgency=Urgency.URGENT, channels=ALL, sms="Something else.")
    service.edit_draft(urgent, changed, actor=author, now=NIGHT)
    service.submit(urgent, actor=author, now=NIGHT)
    with pytest.raises(RuleViolation, match="Say why"):
        service.approve(urgent, shown(urgent), actor=approver, now=NIGHT)


def test_whoever_sends_alone_has_said_why_already(
    session: Session, officer: Callable[..., Actor], people: None
) -> None:
    lone = officer(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER)
    draft = new_draft(urgency=Urgency.URGENT, channels=ALL)
    alert_id = service.write_and_send_alone(draft, WHY, actor=lone, now=NIGHT)
    assert queries.standing(session, queries.get_alert(session, alert_id)) is Status.SENDING
    assert [each.alert.id for each in sent_alone(session).items] == [alert_id], "a manager reviews it the next day"


def test_a_moment_at_night_needs_the_reason_when_it_is_chosen(session: Session, urgent: int, approver: Actor) -> None:
    with pytest.raises(RuleViolation, match="Say why"):
        scheduling.schedule(urgent, shown(urgent), NIGHT, actor=approver, now=NOW)
    night_reasons.give_reason(urgent, shown(urgent), WHY, actor=approver, now=NOW)
    scheduling.schedule(urgent, shown(urgent), NIGHT, actor=approver, now=NOW)
    assert scheduling.start_due(NIGHT) == 1


def test_one_that_slips_into_the_night_asks_instead_of_waking_anybody(
    session: Session, urgent: int, approver: Actor
) -> None:
    evening = NOW.replace(hour=19, minute=50)
    scheduling.schedule(urgent, shown(urgent), evening, actor=approver, now=NOW)
    assert scheduling.start_due(evening + timedelta(minutes=20)) == 0
    assert queries.standing(session, queries.get_alert(session, urgent)) is Status.HELD
    night_reasons.give_reason(urgent, shown(urgent), WHY, actor=approver, now=NIGHT)
    assert scheduling.start(urgent, shown(urgent), actor=approver, now=NIGHT) == 3


@pytest.mark.parametrize("change", ["UPDATE night_reason SET reason = 'x'", "DELETE FROM night_reason"])
def test_why_people_were_woken_cannot_be_changed(session: Session, urgent: int, approver: Actor, change: str) -> None:
    night_reasons.give_reason(urgent, shown(urgent), WHY, actor=approver, now=NIGHT)
    with pytest.raises(DBAPIError, match="as it was said"), session.begin_nested():
        session.execute(text(change))


def test_the_page_asks_at_night_and_shows_what_was_said(
    session: Session, signed_in: Callable[..., FlaskClient], urgent: int
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert (
            "Why it cannot wait until the morning"
            not in signed_in().get(f"/alerts/{urgent}").text.split("later time")[0]
        )
    with time_machine.travel(NIGHT, tick=False):
        browser, place = signed_in(name="Avery Approver"), f"/alerts/{urgent}"
        page = browser.get(place).text
        assert "Why it cannot wait until the morning" in page
        form = {"digest": digest_on(page)}
        for reason in ("", "now"):
            refused = browser.post(f"{place}/approve", data=form | {"night_reason": reason})
            assert refused.status_code == 422
            assert 'href="#night_reason"' in refused.text
        assert sent(session) == 0
        answer = browser.post(f"{place}/approve", data=form | {"night_reason": WHY}, follow_redirects=True)
    assert f"{WHY} (Avery Approver)" in answer.text
    assert sent(session) == 1


def test_the_api_asks_at_night_too(
    client: FlaskClient, session: Session, bearer: Callable[..., dict[str, str]], urgent: int
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        headers, told = bearer(), {"digest": shown(urgent)}
        refused = client.post(f"/api/v1/alerts/{urgent}/approve", json=told, headers=headers)
        assert refused.status_code == 422
        assert refused.json is not None
        assert "night_reason" in refused.json["errors"]
        done = client.post(f"/api/v1/alerts/{urgent}/approve", json=told | {"night_reason": WHY}, headers=headers)
    assert done.status_code == 200
    assert session.scalar(select(NightReason.reason)) == WHY
