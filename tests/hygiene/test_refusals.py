"""Addresses that a provider refuses at once, while it is spoken to: they count like those that come back later."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.conftest import EVERYBODY, Provider
from tests.hygiene.conftest import WORDS, enlist, state
from tests.plans import asking, plans
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Delivery, Mailing, Suppression
from tsalert.delivery.ports import Rejected
from tsalert.delivery.returning import Returned
from tsalert.delivery.rules import Channel, EndpointStatus, Lane, SuppressionReason
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.hygiene import canaries, refusals, service
from tsalert.hygiene.models import AddressReport
from tsalert.hygiene.reporting import report
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import Subscription

PAT, PHONE, LATER = "pat@example.org", "+447700900123", timedelta(minutes=1)
GONE = {
    Channel.EMAIL: Rejected("550 5.1.1 <pat@example.org>: user unknown", SuppressionReason.BOUNCED),
    Channel.SMS: Rejected("21614: not a mobile number", SuppressionReason.BOUNCED),
}
Refuse = Callable[..., None]


@pytest.fixture
def refuse(app: Flask, session: Session, tmp_path: Path) -> Refuse:
    """Send an alert to everybody by one channel, whose provider refuses every address as dead."""

    def go(channel: Channel = Channel.EMAIL) -> None:
        with transaction() as work:
            mailing_id = delivery.create_mailing(work, WORDS, lane=Lane.URGENT, now=utc_now())
            delivery.enqueue(work, mailing_id, EVERYBODY, now=utc_now(), channels=[channel])
        provider = Provider(channel)
        addresses = ("pat@example.org", PHONE, "canary@example.org", *(f"p{n}@example.org" for n in range(20)))
        provider.answers.update(dict.fromkeys(addresses, GONE[channel]))
        sender = Sender(provider, Surroundings(app, tmp_path / "journals", Event(), nullcontext()))
        while sender.turn():
            pass
        sender.leave()

    return go


def reports(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(AddressReport.code, AddressReport.effect).order_by(AddressReport.id))
    return [(code, effect) for code, effect in rows]


def test_a_refusal_that_cannot_be_taken_in_keeps_no_other_waiting(
    session: Session, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlist(f"Pat Example,{PAT}", "Sam Example,p1@example.org")
    refuse()
    first = session.scalars(select(func.min(Delivery.id))).one()

    def fail(work: Session, returned: Returned, *told: Any, **more: Any) -> object:
        if returned.delivery_id == first:
            raise KeyError(first)
        return report(work, returned, *told, **more)

    monkeypatch.setattr(refusals, "report", fail)
    with pytest.raises(ExceptionGroup):
        refusals.take_refusals(utc_now() + LATER)
    assert reports(session) == [("5.1.1", "ended")]


@pytest.mark.parametrize(("channel", "address", "code"), [(Channel.EMAIL, PAT, "5.1.1"), (Channel.SMS, PHONE, "21614")])
def test_an_address_that_is_refused_as_dead_ends_and_can_be_restored(
    session: Session, refuse: Refuse, officer: Callable[..., Actor], channel: Channel, address: str, code: str
) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    refuse(channel)
    assert [refusals.take_refusals(utc_now() + LATER) for _ in range(2)] == [1, 0]
    assert (state(session, address), reports(session)) == ("bounced", [(code, "ended")])
    assert "messages came back" in session.scalars(select(Subscription.ended_reason)).all()
    report_id = session.scalars(select(AddressReport.id)).one()
    service.restore(report_id, actor=officer(RoleName.MANAGER), now=utc_now() + LATER)
    assert state(session, address) == "active"
    assert session.scalars(select(Suppression.id)).all() == []


def test_a_server_that_suddenly_knows_nobody_ends_no_more_addresses_than_are_believed_without_a_person(
    session: Session, refuse: Refuse, officer: Callable[..., Actor]
) -> None:
    officer(RoleName.MANAGER)
    enlist(*(f"Person {number},p{number}@example.org" for number in range(20)))
    refuse()
    assert refusals.take_refusals(utc_now() + LATER) == 20
    assert [effect for _, effect in reports(session)] == ["ended"] * 10 + ["held"] * 10
    assert state(session, "p19@example.org") == "active"
    assert "Many messages came back: decide what to believe" in session.scalars(select(Mailing.subject)).all()


def test_a_test_address_that_is_refused_is_never_ended(
    session: Session, refuse: Refuse, officer: Callable[..., Actor]
) -> None:
    canaries.add_canary("canary@example.org", actor=officer(RoleName.MANAGER), now=NOW)
    refuse()
    refusals.take_refusals(utc_now() + LATER)
    assert (state(session, "canary@example.org"), reports(session)) == ("active", [("5.1.1", "let_alone")])


def test_what_was_refused_long_ago_or_for_another_reason_is_left_alone(session: Session, refuse: Refuse) -> None:
    enlist(f"Pat Example,{PAT}")
    refuse()
    assert refusals.take_refusals(utc_now() + timedelta(days=15)) == 0
    session.scalars(select(Delivery)).one().status = "failed"
    session.commit()
    assert refusals.take_refusals(utc_now() + LATER) == 0


def test_an_address_that_the_provider_knows_to_have_left_is_written_to_no_more_at_once(
    app: Flask, session: Session, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    monkeypatch.setitem(GONE, Channel.SMS, Rejected("21610: has replied STOP", SuppressionReason.OPTED_OUT))
    refuse(Channel.SMS)
    assert state(session, PHONE) == EndpointStatus.OPTED_OUT.value
    assert refusals.take_refusals(utc_now() + LATER) == 0


def test_refusals_are_found_by_the_index_of_what_is_missing(session: Session) -> None:
    with asking("hard_bounced") as asked:
        refusals.take_refusals(NOW)
    (plan,) = plans(session, asked)
    assert "ix_delivery_missing" in plan
