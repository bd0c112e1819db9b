"""Use cases of alerts: written, decided on, sent once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, settle, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import queries, service
from tsalert.alerts.lone_queries import sent_alone
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Urgency, Verdict
from tsalert.alerts.steps import Status
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.delivery.models import Delivery, Mailing, SentMessage
from tsalert.keysets import every
from tsalert.staff.rules import RoleName

REASON = "Nobody else is on duty and they are at doors now."


def standing(session: Session, alert_id: int) -> Status:
    return queries.standing(session, queries.get_alert(session, alert_id))


def count(session: Session, model: type[Mailing | Delivery | Alert | SentMessage]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def acts(session: Session, alert_id: int) -> list[str]:
    mine = (AuditEvent.subject == "alert", AuditEvent.subject_id == alert_id)
    return list(session.scalars(select(AuditEvent.action).where(*mine).order_by(AuditEvent.id)))


def test_references_of_a_year_follow_each_other(session: Session, author: Actor) -> None:
    first, second = (service.write_draft(new_draft(), actor=author, now=NOW) for _ in range(2))
    numbers = [int(queries.get_alert(session, number).reference.split("-")[2]) for number in (first, second)]
    assert queries.get_alert(session, first).reference.startswith("TS-2026-")
    assert numbers[1] == numbers[0] + 1


def test_an_alert_goes_from_draft_to_everybody(session: Session, author: Actor, approver: Actor, people: None) -> None:
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    assert service.approve(alert_id, shown(alert_id), actor=approver, now=NOW) == 3
    assert standing(session, alert_id) is Status.SENDING
    alert = queries.get_alert(session, alert_id)
    progress = queries.progress(session, alert)
    assert progress is not None
    assert progress.by_channel == {"email": {"pending": 2}, "sms": {"pending": 1}}
    assert alert.approved_digest == shown(alert_id)
    assert count(session, SentMessage) == 0, "approving calls no provider"
    assert acts(session, alert_id) == ["drafted", "submitted", "approved"]


def test_what_is_sent_is_what_was_shown(session: Session, sending: int) -> None:
    mailing = session.scalars(select(Mailing)).one()
    alert = queries.get_alert(session, sending)
    assert mailing.subject == f"Roofers in Bickley ({alert.reference})"
    assert mailing.not_after == alert.expires_at
    assert mailing.lane == "bulk"
    assert f"/check/{alert.reference}" in (mailing.sms or "")


def test_an_urgent_alert_goes_first_and_reaches_readers_of_digests(
    session: Session, author: Actor, approver: Actor
) -> None:
    subscribe(session, "weekly@example.org", frequency="weekly")
    session.commit()
    alert_id = service.write_draft(new_draft(urgency=Urgency.URGENT), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    assert service.approve(alert_id, shown(alert_id), actor=approver, now=NOW) == 1
    assert session.scalars(select(Mailing.lane)).one() == "urgent"


def test_only_the_chosen_wards_and_channels_get_it(session: Session, author: Actor, approver: Actor) -> None:
    subscribe(session, "penge@example.org", ward="Penge")
    subscribe(session, "bickley@example.org", ward="Bickley")
    subscribe(session, "+447700900002", ward="Penge")
    session.commit()
    draft = new_draft(wards=("PENGE",), channels=(Channel.EMAIL,))
    alert_id = service.write_draft(draft, actor=author, now=NOW)
    assert queries.reach(session, queries.get_alert(session, alert_id)) == {"email": 1}
    service.submit(alert_id, actor=author, now=NOW)
    assert service.approve(alert_id, shown(alert_id), readers=1, actor=approver, now=NOW) == 1


def test_who_wrote_it_cannot_approve_it(session: Session, author: Actor, pending: int) -> None:
    with pytest.raises(NotAllowed, match="somebody else"):
        service.approve(pending, shown(pending), actor=author, now=NOW)
    assert standing(session, pending) is Status.PENDING_APPROVAL
    assert count(session, Mailing) == 0


def test_who_changed_a_word_cannot_approve_it_either(author: Actor, approver: Actor, pending: int) -> None:
    service.edit_draft(pending, new_draft(body="Mended."), actor=approver, now=NOW)
    service.submit(pending, actor=author, now=NOW)
    with pytest.raises(NotAllowed):
        service.approve(pending, shown(pending), actor=approver, now=NOW)


def test_approving_twice_sends_once(session: Session, approver: Actor, sending: int) -> None:
    with pytest.raises(Conflict) as refused:
        service.approve(sending, shown(sending), actor=approver, now=NOW)
    assert refused.value.legal == ("pause it", "withdraw it for good")
    assert count(session, Mailing) == 1
    assert count(session, Delivery) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Another text."},
        {"headline": "Another headline"},
        {"sms": "Another text message."},
        {"advice": ""},
        {"channels": (Channel.EMAIL,)},
        {"urgency": Urgency.URGENT},
        {"topic": "scams"},
        {"expires_at": NOW + timedelta(days=8)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_after_it_was_read_undoes_the_approval(
    session: Session, author: Actor, approver: Actor, pending: int, change: dict[str, object]
) -> None:
    read = shown(pending)
    service.edit_draft(pending, new_draft(**change), actor=author, now=NOW)
    with pytest.raises(Conflict):
        service.approve(pending, read, actor=approver, now=NOW)
    service.submit(pending, actor=author, now=NOW)
    with pytest.raises(Conflict, match="changed since you read it"):
        service.approve(pending, read, actor=approver, now=NOW)
    assert count(session, Mailing) == 0


def test_an_alert_that_nobody_would_get_is_refused_with_nothing_left_behind(
    session: Session, author: Actor, approver: Actor
) -> None:
    subscribe(session, "ann@example.org", status="unconfirmed")
    session.commit()
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    with pytest.raises(RuleViolation, match="Nobody would get this alert"):
        service.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    session.expire_all()
    assert standing(session, alert_id) is Status.PENDING_APPROVAL
    assert count(session, Mailing) == 0


def test_an_alert_that_expired_while_it_waited_is_refused(approver: Actor, pending: int) -> None:
    with pytest.raises(RuleViolation, match="must end in the future"):
        service.approve(pending, shown(pending), actor=approver, now=NOW + timedelta(days=8))


def test_a_returned_alert_says_why_and_must_be_changed_first(
    session: Session, author: Actor, approver: Actor, pending: int
) -> None:
    service.send_back(pending, "  Name the road, please.  ", actor=approver, now=NOW)
    assert queries.get_alert(session, pending).remark == "Name the road, please."
    with pytest.raises(Conflict):
        service.submit(pending, actor=author, now=NOW)
    service.edit_draft(pending, new_draft(), actor=author, now=NOW)
    service.submit(pending, actor=author, now=NOW)
    assert standing(session, pending) is Status.PENDING_APPROVAL
    assert queries.get_alert(session, pending).remark is None


def test_a_rejected_alert_is_at_its_end(session: Session, author: Actor, approver: Actor, pending: int) -> None:
    service.reject(pending, "This names the victim's road.", actor=approver, now=NOW)
    with pytest.raises(Conflict):
        service.edit_draft(pending, new_draft(), actor=author, now=NOW)
    assert standing(session, pending) is Status.REJECTED


def test_returning_needs_a_reason(approver: Actor, pending: int) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.send_back(pending, "no", actor=approver, now=NOW)
    assert refused.value.field == "reason"


def test_a_lone_officer_sends_with_a_reason_and_is_reviewed_by_another(
    session: Session, officer: Callable[..., Actor], people: None
) -> None:
    lone = officer(RoleName.MANAGER, RoleName.LONE_SENDER)
    manager = officer(RoleName.MANAGER)
    alert_id = service.write_draft(new_draft(), actor=lone, now=NOW)
    assert service.send_alone(alert_id, shown(alert_id), REASON, actor=lone, now=NOW) == 3
    [entry] = sent_alone(session).items
    assert (entry.alert.id, entry.review) == (alert_id, None)
    with pytest.raises(NotAllowed, match="somebody else must review"):
        service.review(alert_id, Verdict.JUSTIFIED, "Fine.", actor=lone, now=NOW)
    service.review(alert_id, Verdict.JUSTIFIED, "Fine.", actor=manager, now=NOW)
    [entry] = sent_alone(session).items
    assert entry.review is not None
    assert entry.review.verdict == Verdict.JUSTIFIED
    with pytest.raises(Conflict):
        service.review(alert_id, Verdict.NOT_JUSTIFIED, "Again.", actor=manager, now=NOW)


def test_an_approved_alert_has_nothing_to_review(officer: Callable[..., Actor], sending: int) -> None:
    with pytest.raises(Conflict):
        service.review(sending, Verdict.JUSTIFIED, "Fine.", actor=officer(RoleName.MANAGER), now=NOW)


@pytest.mark.parametrize("reason", ["", "short"])
def test_sending_alone_needs_a_reason(
    session: Session, officer: Callable[..., Actor], people: None, reason: str
) -> None:
    lone = officer(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER)
    alert_id = service.write_draft(new_draft(), actor=lone, now=NOW)
    with pytest.raises(RuleViolation):
        service.send_alone(alert_id, shown(alert_id), reason, actor=lone, now=NOW)
    assert count(session, Mailing) == 0


def test_an_officer_without_leave_cannot_send_alone(author: Actor, people: None) -> None:
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    with pytest.raises(NotAllowed):
        service.send_alone(alert_id, shown(alert_id), REASON, actor=author, now=NOW)


def test_writing_and_sending_at_once_leaves_nothing_when_nobody_would_get_it(
    session: Session, officer: Callable[..., Actor]
) -> None:
    lone = officer(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER)
    with pytest.raises(RuleViolation):
        service.write_and_send_alone(new_draft(), REASON, actor=lone, now=NOW)
    assert count(session, Alert) == 0


def test_sending_is_paused_resumed_and_stopped(session: Session, approver: Actor, sending: int) -> None:
    service.pause(sending, actor=approver, now=NOW)
    assert standing(session, sending) is Status.PAUSED
    with pytest.raises(Conflict):
        service.pause(sending, actor=approver, now=NOW)
    service.resume(sending, actor=approver, now=NOW)
    assert standing(session, sending) is Status.SENDING
    service.withdraw(sending, "It was about another firm.", actor=approver, now=NOW)
    assert standing(session, sending) is Status.CANCELLED
    with pytest.raises(Conflict):
        service.resume(sending, actor=approver, now=NOW)
    assert acts(session, sending)[-3:] == ["paused", "resumed", "withdrawn"]


@pytest.mark.parametrize(("fate", "status"), [("accepted", Status.COMPLETED), ("failed", Status.FAILED)])
def test_an_alert_ends_as_its_messages_do(session: Session, sending: int, fate: str, status: Status) -> None:
    settle(session, queries.mailings_of(session, sending)[0], fate)
    assert standing(session, sending) is status


def test_a_draft_cannot_be_paused(author: Actor, people: None) -> None:
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    with pytest.raises(Conflict):
        service.pause(alert_id, actor=author, now=NOW)


def test_only_an_officer_writes_alerts(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.write_draft(new_draft(), actor=SERVICE, now=NOW)
    assert count(session, Alert) == 0


def test_an_administrator_can_neither_write_nor_approve(officer: Callable[..., Actor], pending: int) -> None:
    administrator = officer(RoleName.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        service.write_draft(new_draft(), actor=administrator, now=NOW)
    with pytest.raises(NotAllowed):
        service.approve(pending, shown(pending), actor=administrator, now=NOW)


def test_an_alert_cannot_hang_on_a_case_that_does_not_exist(session: Session, author: Actor) -> None:
    with pytest.raises(NotFound):
        service.write_draft(new_draft(case_id=2**40 - 1), actor=author, now=NOW)
    assert count(session, Alert) == 0


def test_a_misspelt_ward_is_refused(author: Actor, people: None) -> None:
    with pytest.raises(RuleViolation, match="There is no ward Bickly"):
        service.write_draft(new_draft(wards=("Bickly",)), actor=author, now=NOW)


def test_residents_see_only_what_was_sent(session: Session, author: Actor, sending: int) -> None:
    draft_id = service.write_draft(new_draft(), actor=author, now=NOW)
    sent, draft = queries.get_alert(session, sending), queries.get_alert(session, draft_id)
    assert queries.find_published(session, sent.reference) is sent
    assert queries.find_published(session, draft.reference) is None
    assert queries.current(session, now=NOW) == [sent]
    assert queries.past(session, now=NOW).items == []
    assert queries.past(session, now=NOW + timedelta(days=7)).items == [sent]


def test_past_alerts_come_in_pages_without_gap_or_repeat(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    made = []
    for day in (3, 1, 2, 2):
        now = NOW + timedelta(hours=day)
        alert_id = service.write_draft(replace(new_draft(), expires_at=NOW + timedelta(days=1)), actor=author, now=now)
        service.submit(alert_id, actor=author, now=now)
        service.approve(alert_id, shown(alert_id), actor=approver, now=now)
        made.append(alert_id)
    later = NOW + timedelta(days=2)
    pages = every(lambda after: queries.past(session, now=later, after=after, size=1))
    assert [alert.id for alert in pages] == [made[0], made[3], made[2], made[1]]


def test_a_link_elsewhere_that_was_written_before_the_rule_does_not_go_out(
    session: Session, pending: int, approver: Actor
) -> None:
    queries.get_alert(session, pending).advice = "Read <https://other.example>."
    session.commit()
    with pytest.raises(RuleViolation, match=r"other\.example") as refused:
        service.approve(pending, shown(pending), actor=approver, now=NOW)
    assert refused.value.field == "advice"
