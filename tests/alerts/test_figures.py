"""An alert in figures: by ward as they were, what it cost as it was sent, and the calls that quote it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.alerts.test_resending import ANN, again, ended, endpoint, send
from tests.response.conftest import roof_call
from tsalert.alerts import editions, queries
from tsalert.alerts.figures import queries as figures
from tsalert.alerts.figures import quoting
from tsalert.alerts.models import Alert, AlertCall
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotFound, RuleViolation, Withheld
from tsalert.delivery.models import Delivery
from tsalert.response import queries as response
from tsalert.response import service as calls
from tsalert.response.vocabulary import Disposition
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription
from tsalert.tiers.service import restrict
from tsalert.tiers.vocabulary import Subject

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sent(author: Actor, approver: Actor, people: None, session: Session) -> int:
    """An alert on its way to Ann in Bickley, and to Bob and a telephone whose wards are not known."""
    session.execute(update(Subscriber).where(Subscriber.id == min_id(session)).values(ward="Bickley"))
    session.commit()
    return send(author, approver)


def min_id(session: Session) -> int:
    return session.scalars(select(Subscriber.id).order_by(Subscriber.id)).first() or 0


def lines(session: Session, alert_id: int) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    found, _ = figures.by_ward(session, alert_id)
    return {(one.ward, one.channel): (one.messages, one.sent, one.delivered, one.failed) for one in found}


def call(actor: Actor, words: str) -> int:
    """Log a call about which somebody told these words; returns its id."""
    told = roof_call(disposition=Disposition.ADVICE, happening=words, incident=None)
    return calls.log_call(told, actor=actor, now=utc_now()).call_id


def test_messages_are_counted_by_ward_and_channel(session: Session, sent: int) -> None:
    ended(session, ann="hard_bounced", phone="failed")
    figures.keep_figures(utc_now())
    assert lines(session, sent) == {
        ("Bickley", "email"): (1, 1, 0, 1),
        ("", "email"): (1, 1, 1, 0),
        ("", "sms"): (1, 0, 0, 1),
    }


def test_an_alert_that_cannot_be_counted_keeps_no_other_from_it(
    session: Session, author: Actor, approver: Actor, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty, mailings_of = send(author, approver), editions.all_mailings_of

    def fail(work: Session, alert_id: int) -> list[int]:
        if alert_id == faulty:
            raise KeyError(faulty)
        return mailings_of(work, alert_id)

    monkeypatch.setattr(editions, "all_mailings_of", fail)
    with pytest.raises(ExceptionGroup):
        figures.keep_figures(utc_now())
    assert (bool(lines(session, sent)), lines(session, faulty)) == (True, {})


def test_the_counts_follow_the_receipts_for_some_days_and_then_stay(session: Session, sent: int) -> None:
    now = utc_now()
    figures.keep_figures(now)
    assert lines(session, sent)["Bickley", "email"] == (1, 0, 0, 0)
    ended(session, ann="accepted")
    figures.keep_figures(now + timedelta(minutes=1))
    assert lines(session, sent)["Bickley", "email"] == (1, 1, 0, 0)
    session.execute(update(Delivery).where(Delivery.status == "accepted").values(status="delivered"))
    session.commit()
    figures.keep_figures(now + timedelta(minutes=40))
    assert lines(session, sent)["Bickley", "email"] == (1, 1, 0, 0)
    figures.keep_figures(now + timedelta(hours=2))
    assert lines(session, sent)["Bickley", "email"] == (1, 1, 1, 0)
    session.execute(update(Subscriber).values(ward="Darwin"))
    session.commit()
    figures.keep_figures(now + timedelta(days=9))
    assert lines(session, sent)["Bickley", "email"] == (1, 1, 1, 0)


def test_while_it_is_being_sent_it_is_counted_every_few_minutes(session: Session, sent: int) -> None:
    now = utc_now()
    figures.keep_figures(now)
    session.execute(update(Delivery).where(Delivery.channel == "email").values(status="accepted"))
    session.commit()
    figures.keep_figures(now + timedelta(minutes=1))
    assert lines(session, sent)["Bickley", "email"] == (1, 0, 0, 0)
    figures.keep_figures(now + timedelta(minutes=5))
    assert lines(session, sent)["Bickley", "email"] == (1, 1, 0, 0)


def test_an_alert_that_nobody_got_at_once_keeps_no_other_from_being_counted(
    session: Session, sent: int, author: Actor, approver: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.execute(update(Subscription).values(frequency="daily"))
    session.commit()
    assert queries.reach(session, queries.get_alert(session, send(author, approver))) == {"email": 0, "sms": 0}
    monkeypatch.setattr(figures, "_AT_ONCE", 1)
    figures.keep_figures(utc_now())
    assert lines(session, sent)["Bickley", "email"] == (1, 0, 0, 0)


def test_an_address_of_two_wards_is_counted_once(session: Session, sent: int, author: Actor, approver: Actor) -> None:
    second = Subscriber(kind="resident", language="en", ward="Darwin", formats=[], created_at=utc_now())
    session.add(second)
    session.flush()
    session.add(SubscriberEndpoint(subscriber_id=second.id, endpoint_id=endpoint(session, ANN), channel="email"))
    session.commit()
    figures.keep_figures(utc_now())
    assert lines(session, sent)["Bickley", "email"] == (1, 0, 0, 0)
    assert ("Darwin", "email") not in lines(session, sent)


def test_the_cost_is_that_of_the_day_on_which_it_was_sent(session: Session, app: Flask, sent: int) -> None:
    assert figures.spent(session, sent) == []
    ended(session)
    (line,) = figures.spent(session, sent)
    chosen = app.extensions["tsalert_settings"]
    assert (line.channel, line.sent, line.unit, line.pence_each) == ("sms", 1, "segment", chosen.pence_per_segment)
    assert line.pounds == (line.units * chosen.pence_per_segment / 100).quantize(Decimal("0.01"))


def test_what_the_provider_refused_costs_nothing_and_what_is_sent_again_costs_again(
    session: Session, sent: int, approver: Actor
) -> None:
    ended(session, phone="failed")
    assert figures.total(figures.spent(session, sent)) == Decimal("0.00")
    again(sent, approver)
    ended(session)
    assert [(line.round, line.sent) for line in figures.spent(session, sent)] == [(1, 1)]


def test_page_and_figures_tell_what_was_set_aside_and_what_of_it_was_taken(
    session: Session, signed_in: SignIn, client: FlaskClient, bearer: Callable[..., dict[str, str]], sent: int
) -> None:
    ended(session, phone="failed")
    told = client.get(f"/api/v1/alerts/{sent}/figures", headers=bearer()).json
    assert told is not None
    assert Decimal(told["pounds"]) == 0 < Decimal(told["set_aside"])
    browser = signed_in()
    for place in (f"/alerts/{sent}", f"/alerts/{sent}/figures"):
        page = browser.get(place).text
        assert f"£{told['set_aside']}" in page
        assert "£0.00" in page
        assert "et aside" in page
        assert "ost so far" in page


def test_a_call_that_names_an_alert_stands_by_it_once(session: Session, sent: int, approver: Actor) -> None:
    reference = queries.get_alert(session, sent).reference
    named = call(approver, f"I got your message {reference.lower().replace('-', ' ')} about roofers")
    call(approver, "TS-2099-001 is none of yours, is it?")
    call(approver, "It costs too much")
    assert quoting.note_quoting_calls(utc_now()) == 1
    assert quoting.note_quoting_calls(utc_now()) == 0
    assert [each.id for each in quoting.calls_of(session, sent, approver, now=utc_now()).items] == [named]
    assert quoting.count_calls(session, sent) == 1


def test_a_draft_is_quoted_by_nobody(session: Session, sent: int, approver: Actor) -> None:
    reference = queries.get_alert(session, sent).reference
    session.execute(update(Alert).values(published_at=None))
    session.commit()
    call(approver, reference)
    assert quoting.note_quoting_calls(utc_now()) == 0


def test_an_officer_links_a_call_once(session: Session, sent: int, approver: Actor) -> None:
    number = call(approver, "The roofers from your message are here")
    reference = response.get_call(session, number).reference
    quoting.link_call(sent, reference, actor=approver, now=utc_now())
    with pytest.raises(Conflict):
        quoting.link_call(sent, reference, actor=approver, now=utc_now())
    (each,) = quoting.calls_of(session, sent, approver, now=utc_now()).items
    assert (each.id, each.linked_by) == (number, approver.officer_id)
    with pytest.raises(RuleViolation):
        quoting.link_call(sent, "nonsense", actor=approver, now=utc_now())
    with pytest.raises(NotFound):
        quoting.link_call(999_999, reference, actor=approver, now=utc_now())


def test_a_call_that_was_linked_by_mistake_is_taken_off_and_not_brought_back_by_its_words(
    session: Session,
    signed_in: SignIn,
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    sent: int,
    approver: Actor,
) -> None:
    named = call(approver, f"Not about {queries.get_alert(session, sent).reference}, he says")
    quoting.note_quoting_calls(utc_now())
    browser = signed_in(RoleName.DUTY_OFFICER)
    reference = response.get_call(session, named).reference
    assert (
        f'Unlink<span class="govuk-visually-hidden"> {reference}</span>' in browser.get(f"/alerts/{sent}/figures").text
    )
    assert browser.post(f"/alerts/{sent}/calls/{named}/unlink").status_code == 303
    assert reference not in browser.get(f"/alerts/{sent}/figures").text
    assert quoting.note_quoting_calls(utc_now()) == 0
    assert quoting.count_calls(session, sent) == 0
    assert browser.post(f"/alerts/{sent}/calls/{named}/unlink").status_code == 404
    quoting.link_call(sent, reference, actor=approver, now=utc_now())
    (linked,) = quoting.calls_of(session, sent, approver, now=utc_now()).items
    assert linked.linked_by == approver.officer_id
    place, token = f"/api/v1/alerts/{sent}/calls/{named}", bearer(RoleName.DUTY_OFFICER)
    assert [client.delete(place, headers=token).status_code for _ in range(2)] == [204, 404]


def test_the_page_shows_all_three_and_links_a_call(
    session: Session, signed_in: SignIn, sent: int, approver: Actor
) -> None:
    ended(session)
    browser, place = signed_in(RoleName.DUTY_OFFICER), f"/alerts/{sent}"
    assert "within a minute or two" in browser.get(f"{place}/figures").text
    figures.keep_figures(utc_now())
    reference = response.get_call(session, call(approver, "They are here")).reference
    assert f"{place}/figures" in browser.get(place).text
    assert browser.post(f"{place}/calls", data={"call": reference}).status_code == 303
    assert browser.post(f"{place}/calls", data={"call": reference}).status_code == 409
    assert browser.post(f"{place}/calls", data={"call": "nonsense"}).status_code == 422
    page = browser.get(f"{place}/figures").text
    for part in ("Bickley", "Ward not known", "call quotes it", reference, "Text message"):
        assert part in page
    assert browser.get("/alerts/999999/figures").status_code == 404


def test_a_program_reads_and_links_the_same(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], sent: int, approver: Actor
) -> None:
    ended(session)
    figures.keep_figures(utc_now())
    reference = response.get_call(session, call(approver, "They are here")).reference
    token, place = bearer(RoleName.DUTY_OFFICER), f"/api/v1/alerts/{sent}"
    answer = client.post(f"{place}/calls", json={"call": reference}, headers=token)
    assert answer.status_code == 201
    told = client.get(f"{place}/figures", headers=token).json
    assert told is not None
    assert (told["quoted_by"], [each["reference"] for each in told["calls"]]) == (1, [reference])
    assert {(each["ward"], each["messages"]) for each in told["wards"]} == {("Bickley", 1), ("", 1)}
    assert client.post(f"{place}/calls", json={}, headers=token).status_code == 422


def test_all_calls_that_quote_an_alert_are_shown_page_by_page(
    session: Session, signed_in: SignIn, sent: int, approver: Actor, short_pages: Callable[[int], None]
) -> None:
    named = queries.get_alert(session, sent).reference
    numbers = [call(approver, f"About {named}") for _ in range(3)]
    quoting.note_quoting_calls(utc_now())
    short_pages(2)
    first = quoting.calls_of(session, sent, approver, now=utc_now())
    rest = quoting.calls_of(session, sent, approver, now=utc_now(), after=first.next)
    assert sorted(each.id for each in (*first.items, *rest.items)) == sorted(numbers)
    assert rest.next is None
    browser = signed_in(RoleName.DUTY_OFFICER)
    assert "Earlier calls" in browser.get(f"/alerts/{sent}/figures").text
    page = browser.get(f"/alerts/{sent}/figures?after={first.next}").text
    assert (rest.items[0].reference in page, "Newest calls" in page, "Earlier calls" in page) == (True, True, False)


def test_a_call_that_is_kept_from_somebody_is_counted_and_not_shown(
    session: Session, sent: int, approver: Actor, officer: Callable[..., Actor]
) -> None:
    number = call(approver, queries.get_alert(session, sent).reference)
    quoting.note_quoting_calls(utc_now())
    manager = officer(RoleName.MANAGER)
    restrict(
        session,
        Subject.CALL,
        number,
        root=(Subject.CALL, number),
        reason="A relative works here",
        actor=manager,
        now=utc_now(),
    )
    session.commit()
    assert quoting.calls_of(session, sent, approver, now=utc_now()).items == []
    assert quoting.count_calls(session, sent) == 1
    session.execute(delete(AlertCall))
    session.commit()
    with pytest.raises(Withheld):
        quoting.link_call(sent, response.get_call(session, number).reference, actor=approver, now=utc_now())
