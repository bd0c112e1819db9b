"""Nothing that may point to a person goes out before an officer has said why it may stay."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import add_case, new_draft, shown
from tests.conftest import NOW
from tsalert.alerts import marking, queries, service
from tsalert.alerts.models import AlertAnswer
from tsalert.alerts.pointing import MayStay
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.staff.rules import RoleName

VAN = "Their van is LK17 ABC."


def write(actor: Actor, body: str = VAN) -> int:
    return service.write_draft(new_draft(body=body), actor=actor, now=NOW)


def keys(session: Session, alert_id: int) -> list[str]:
    return [each.mark.key for each in marking.marks_of(session, queries.get_alert(session, alert_id))]


def test_an_alert_with_an_open_mark_is_not_submitted(session: Session, author: Actor, people: None) -> None:
    alert_id = write(author)
    with pytest.raises(RuleViolation, match="“LK17 ABC”") as refused:
        service.submit(alert_id, actor=author, now=NOW)
    assert refused.value.field == "marks"


def test_an_answered_mark_may_stay(session: Session, author: Actor, approver: Actor, people: None) -> None:
    alert_id = write(author)
    marking.answer(alert_id, keys(session, alert_id), MayStay.NEEDED, actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    assert service.approve(alert_id, shown(alert_id), actor=approver, now=NOW) == 3
    (kept,) = session.scalars(select(AlertAnswer)).all()
    assert (kept.why, kept.answered_by) == ("needed", author.officer_id)
    assert "LK17" not in kept.mark
    (told,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "answered for")).all()
    assert told.detail == {"marks": 1, "why": "needed"}


def test_what_is_taken_out_needs_no_answer_and_what_is_put_in_does(
    session: Session, author: Actor, people: None
) -> None:
    alert_id = write(author)
    marking.answer(alert_id, keys(session, alert_id), MayStay.NEEDED, actor=author, now=NOW)
    service.edit_draft(alert_id, new_draft(body="Ring Mrs Example."), actor=author, now=NOW)
    with pytest.raises(RuleViolation, match="“Mrs Example”"):
        service.submit(alert_id, actor=author, now=NOW)
    service.edit_draft(alert_id, new_draft(body="Nothing more."), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)


def test_the_people_of_the_case_are_known(session: Session, author: Actor, people: None) -> None:
    case_id = add_case(session, summary="Invented", victim_name="Ada Lovelock", address="4 Example Lane")
    alert_id = service.write_draft(new_draft(body="Ada paid.", case_id=case_id), actor=author, now=NOW)
    with pytest.raises(RuleViolation, match="“Ada”"):
        service.submit(alert_id, actor=author, now=NOW)


def test_nobody_sends_an_open_mark_alone(session: Session, officer: Callable[..., Actor], people: None) -> None:
    lone = officer(RoleName.MANAGER, RoleName.LONE_SENDER)
    with pytest.raises(RuleViolation, match="“LK17 ABC”"):
        service.write_and_send_alone(new_draft(body=VAN), "Nobody else answers", actor=lone, now=NOW)
    assert queries.list_alerts(session).items == []
    why = MayStay.NEEDED
    alert_id = service.write_and_send_alone(
        new_draft(body=VAN), "Nobody else answers", may_stay=why, actor=lone, now=NOW
    )
    assert [each.why for each in marking.marks_of(session, queries.get_alert(session, alert_id))] == [why]


def test_an_answer_for_what_is_not_there_is_refused(session: Session, author: Actor, people: None) -> None:
    alert_id = write(author)
    for chosen, said in (([], "Choose what may stay"), (["0" * 64], "reads otherwise by now")):
        with pytest.raises(RuleViolation, match=said):
            marking.answer(alert_id, chosen, MayStay.PUBLIC, actor=author, now=NOW)


def test_a_sent_alert_is_past_answering(session: Session, sending: int, author: Actor) -> None:
    with pytest.raises(Conflict):
        marking.answer(sending, ["0" * 64], MayStay.PUBLIC, actor=author, now=NOW)


def test_the_page_asks_and_keeps_the_answer(
    session: Session, people: None, signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]
) -> None:
    alert_id = write(officer())
    page = signed_in(RoleName.CASE_OFFICER)
    asked = page.get(f"/alerts/{alert_id}").text
    assert "A vehicle registration: Their van is LK17 ABC." in asked
    assert asked.count('id="marks"') == 1  # what else had this name would take the words of the first box from it
    (key,) = keys(session, alert_id)
    refused = page.post(f"/alerts/{alert_id}/answers", data={"marks": key})
    assert (refused.status_code, "Say why it may stay." in refused.text) == (422, True)
    kept = page.post(f"/alerts/{alert_id}/answers", data={"marks": key, "why": "needed"}, follow_redirects=True)
    assert "What stays, and why" in kept.text
    assert "Residents must know it to be safe" in kept.text
