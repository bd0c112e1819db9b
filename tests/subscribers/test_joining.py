"""Joining: nothing counts until the reader of the address confirms."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, OPERATOR, Import, endpoint_id, held, letters, status
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotAllowed, NotFound, RuleViolation, TooManyTries
from tsalert.db import transaction
from tsalert.delivery.claiming import claim
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Channel, SuppressionReason
from tsalert.staff.rules import RoleName
from tsalert.subscribers import losing, rules, service
from tsalert.subscribers.models import ConsentEvent, Partner, SignUp, Subscriber
from tsalert.subscribers.service import Wish
from tsalert.visitors.models import VisitorAllowance
from tsalert.visitors.tokens import digest

SCAMS = Wish(("scams",))


def ask(address: str = "pat@example.org", wish: Wish = SCAMS, *, network: str = "192.0.2.1") -> None:
    service.sign_up(address, wish, network=network, now=NOW)


def latest(session: Session) -> int:
    return session.scalars(select(func.max(SignUp.id))).one()


def join(session: Session, address: str = "pat@example.org", wish: Wish = SCAMS) -> None:
    ask(address, wish)
    service.confirm_sign_up(latest(session), now=NOW)


def test_asking_changes_nothing_but_sends_one_message(session: Session) -> None:
    ask()
    assert session.scalars(select(Subscriber)).all() == []
    assert status(session, "pat@example.org") == "unconfirmed"
    (letter,) = letters(session)
    assert letter.lane == "transactional"
    assert "http://127.0.0.1:8000/confirm/" in letter.text


def test_confirming_puts_the_address_on_the_list_with_its_consent(session: Session) -> None:
    join(session, wish=Wish(("scams", "doorstep-crime"), postcode="BR1 3UH"))
    assert status(session, "pat@example.org") == "active"
    assert [topic for topic, _, _ in held(session, "pat@example.org")] == ["doorstep-crime", "scams"]
    assert session.scalars(select(Subscriber.postcode)).one() == "BR1 3UH"
    consent = session.scalars(select(ConsentEvent)).one()
    assert (consent.act, consent.method, consent.wording, consent.at) == ("confirmed", "web", rules.WEB_WORDING, NOW)


def test_confirming_twice_changes_nothing(session: Session) -> None:
    join(session)
    service.confirm_sign_up(latest(session), now=NOW)
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 1


def test_a_link_is_good_for_seven_days(session: Session) -> None:
    ask()
    with pytest.raises(RuleViolation, match="7 days"):
        service.confirm_sign_up(latest(session), now=NOW + timedelta(days=7, seconds=1))
    service.confirm_sign_up(latest(session), now=NOW + timedelta(days=7))
    assert status(session, "pat@example.org") == "active"


def test_an_old_link_does_not_bring_back_one_who_left(session: Session) -> None:
    join(session)
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    with pytest.raises(RuleViolation, match="used before"):
        service.confirm_sign_up(latest(session), now=NOW)
    assert status(session, "pat@example.org") == "opted_out"


def test_one_who_left_comes_back_by_confirming_again(session: Session) -> None:
    join(session)
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    join(session, wish=Wish(("all",)))
    assert status(session, "pat@example.org") == "active"
    assert held(session, "pat@example.org") == [("scams", "immediate", "unsubscribed"), ("all", "immediate", None)]
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 1


def test_a_stranger_who_types_my_address_changes_nothing_of_mine(session: Session) -> None:
    join(session)
    ask(wish=Wish(("all",), postcode="SW1A 1AA"))
    assert held(session, "pat@example.org") == [("scams", "immediate", None)]
    assert session.scalars(select(Subscriber.postcode)).one() is None


def test_choosing_again_adds_topics_and_ends_none(session: Session) -> None:
    join(session)
    join(session, wish=Wish(("doorstep-crime",)))
    assert [topic for topic, _, _ in held(session, "pat@example.org")] == ["scams", "doorstep-crime"]


def lose(session: Session, reason: SuppressionReason) -> None:
    with transaction() as step:
        losing.lose(step, endpoint_id(session, "pat@example.org"), reason, now=NOW)


def test_whoever_joins_again_where_mail_came_back_is_asked_once_a_day_and_hears_again(session: Session) -> None:
    join(session)
    lose(session, SuppressionReason.BOUNCED)
    for hour in (1, 2, 25):
        service.sign_up("pat@example.org", SCAMS, network="192.0.2.1", now=NOW + timedelta(hours=hour))
    assert delivery_count(session) == 3, "when they joined, and on each of two days"
    with transaction() as step:
        claimed = claim(step, Channel.EMAIL, "worker", 10, now=NOW + timedelta(hours=25))
    assert len(claimed) == 3
    assert (status(session, "pat@example.org"), held(session, "pat@example.org")[-1][2]) == (
        "bounced",
        "messages came back",
    )
    service.confirm_sign_up(latest(session), now=NOW + timedelta(hours=25))
    assert status(session, "pat@example.org") == "active"
    assert held(session, "pat@example.org")[-1] == ("scams", "immediate", None)


def test_whoever_called_us_spam_is_asked_no_more(session: Session) -> None:
    join(session)
    lose(session, SuppressionReason.COMPLAINED)
    ask()
    assert delivery_count(session) == 1
    with pytest.raises(RuleViolation, match="reported as spam") as refused:
        service.ask_by_message("pat@example.org", SCAMS, actor=OPERATOR, now=NOW)
    assert refused.value.field == "contact"


def test_an_import_asks_no_address_where_mail_came_back(session: Session, run_import: Import) -> None:
    join(session)
    lose(session, SuppressionReason.BOUNCED)
    run_import("Pat,pat@example.org,,,,,,,,,", confirm=True)
    assert delivery_count(session) == 1


def delivery_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_an_address_is_asked_three_times_an_hour_and_no_more(session: Session) -> None:
    for number in range(10):
        ask(network=f"192.0.2.{number}")
    assert len(letters(session)) == rules.SIGN_UPS_PER_ADDRESS
    service.sign_up("pat@example.org", SCAMS, network="192.0.2.1", now=NOW + timedelta(hours=1, seconds=1))
    assert len(letters(session)) == rules.SIGN_UPS_PER_ADDRESS + 1


def test_a_network_is_stopped_after_too_many_sign_ups(session: Session) -> None:
    for number in range(rules.SIGN_UPS_PER_NETWORK):
        ask(f"pat{number}@example.org")
    with pytest.raises(TooManyTries):
        ask("another@example.org")
    ask("another@example.org", network="192.0.2.2")


def test_a_network_gets_ten_texts_an_hour_and_mail_all_the_same(session: Session) -> None:
    for number in range(rules.PAID_PER_NETWORK):
        ask(f"07700 900{number}{number}1")
    with pytest.raises(TooManyTries):
        ask("07700 900123")
    ask("pat@example.org")
    ask("07700 900123", network="192.0.2.2")
    service.sign_up("07700 900124", SCAMS, network="192.0.2.1", now=NOW + timedelta(hours=1, seconds=1))
    assert len(letters(session)) == rules.PAID_PER_NETWORK + 3


def test_all_together_may_ask_for_so_much_in_an_hour(session: Session, app: Flask) -> None:
    most = app.extensions["tsalert_settings"].sign_ups_per_hour
    session.add(VisitorAllowance(purpose="sign ups", whose=digest("sign ups", "all"), started_at=NOW, used=most))
    session.commit()
    for _ in range(2):
        with pytest.raises(TooManyTries):
            ask()
    assert [letter.subject for letter in letters(session)] == [
        "The limit on people who join on the website was reached"
    ]


def test_a_machine_with_a_whole_ipv6_network_counts_as_one(session: Session) -> None:
    for number in range(rules.SIGN_UPS_PER_NETWORK):
        ask(f"pat{number}@example.org", network=f"2001:db8::{number:x}")
    with pytest.raises(TooManyTries):
        ask("another@example.org", network="2001:db8::ffff:1")


@pytest.mark.parametrize("address", ["pat", "", "+1 202 555 0100"])
def test_what_cannot_get_a_link_is_refused(session: Session, address: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        ask(address)
    assert refused.value.field == "contact"


def test_topics_that_do_not_exist_are_refused(session: Session) -> None:
    with pytest.raises(RuleViolation) as refused:
        ask(wish=Wish(("gardening",)))
    assert refused.value.field == "topics"


def test_a_sign_up_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        service.confirm_sign_up(2**60, now=NOW)


def test_no_message_holds_what_the_visitor_typed(session: Session) -> None:
    ask("click.here.win.1000@example.org", Wish(postcode="BR1 3UH"))
    (letter,) = letters(session)
    said = f"{letter.subject}{letter.text}{letter.html}{letter.sms}"
    assert "click" not in said
    assert "BR1" not in said


def test_the_message_says_reply_yes_only_where_a_reply_reaches_us(session: Session) -> None:
    ask("07700 900001")
    assert "reply YES" not in (letters(session)[0].sms or "")


def test_an_officer_puts_a_caller_on_the_list_with_the_words_read_out(session: Session) -> None:
    wish = Wish(("all",), ward="Bickley", name="Ann Example", frequency="weekly")
    subscriber_id = service.add_by_phone("020 7946 0001", wish, actor=OPERATOR, now=NOW)
    assert status(session, "+442079460001") == "active"
    assert held(session, "+442079460001") == [("all", "weekly", None)]
    consent = session.scalars(select(ConsentEvent)).one()
    assert (consent.subscriber_id, consent.act, consent.wording) == (subscriber_id, "given", rules.PHONE_WORDING)
    with pytest.raises(NotAllowed):
        service.add_by_phone("020 7946 0001", wish, actor=SERVICE, now=NOW)


def test_a_caller_may_come_back_and_change_how_often(session: Session, run_import: Import) -> None:
    run_import(f"Ann Example,,07700 900001,,,,,,,{CONSENT}")
    service.add_by_phone("07700 900001", Wish(name="Ann Example", frequency="daily"), actor=OPERATOR, now=NOW)
    assert held(session, "+447700900001")[-1] == ("all", "daily", None)
    service.stop_texts(session, "+447700900001", now=NOW)
    session.commit()
    service.add_by_phone("07700 900001", Wish(name="Ann Example"), actor=OPERATOR, now=NOW)
    assert status(session, "+447700900001") == "active"
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 1


def test_large_print_and_a_partners_code_are_kept_from_the_form_to_the_list(
    session: Session, run_import: Import
) -> None:
    run_import(f"Example Watch,watch@example.org,,,,partner,1200,,,{CONSENT}")
    code = session.scalars(select(Partner.code)).one()
    join(session, "sam@example.org", Wish(formats=("large_print",), partner_code=code.lower()))
    found = session.scalars(select(Subscriber).where(Subscriber.kind == "resident")).one()
    assert (found.formats, found.partner_code) == (["large_print"], code)


def test_a_partners_code_that_nobody_has_changes_nothing(session: Session) -> None:
    join(session, wish=Wish(partner_code="NOBODY22"))
    assert session.scalars(select(Subscriber.partner_code)).one() is None
    assert session.scalars(select(SignUp.partner_code)).one() is None


def test_who_is_on_the_list_already_is_not_counted_for_the_partner(session: Session, run_import: Import) -> None:
    run_import(f"Example Watch,watch@example.org,,,,partner,1200,,,{CONSENT}")
    code = session.scalars(select(Partner.code)).one()
    join(session)
    join(session, wish=Wish(("all",), partner_code=code))
    assert session.scalars(select(Subscriber.partner_code).where(Subscriber.kind == "resident")).one() is None


def test_how_often_somebody_wants_to_hear_is_kept_until_they_confirm(session: Session) -> None:
    join(session, wish=Wish(("scams",), frequency="daily"))
    assert held(session, "pat@example.org") == [("scams", "daily", None)]


def test_texts_to_one_block_of_numbers_end_at_the_hours_limit(app: Flask, session: Session) -> None:
    most = app.extensions["tsalert_settings"].confirmations_per_prefix
    for number in range(most + 3):
        ask(f"07700 9000{number:02}", network=f"192.0.2.{number}")
    assert delivery_count(session) == most
    ask("pat@example.org")
    assert delivery_count(session) == most + 1


def test_the_managers_hear_once_an_hour_that_texts_are_used_up(
    app: Flask, session: Session, officer: Callable[..., Actor]
) -> None:
    officer(RoleName.MANAGER)
    most = app.extensions["tsalert_settings"].confirmations_per_prefix
    for number in range(most + 3):
        ask(f"07700 9000{number:02}", network=f"192.0.2.{number}")
    told = [letter for letter in letters(session) if letter.subject == "The limit on confirmation texts was reached"]
    assert len(told) == 1
    assert "07700" not in told[0].text
    assert delivery_count(session) == most + 1


def test_texts_that_officers_send_are_counted_but_never_held_and_those_of_an_import_not_counted(
    app: Flask, session: Session, run_import: Import
) -> None:
    most, purpose = app.extensions["tsalert_settings"].confirmations_per_hour, "confirmation texts"
    session.add(VisitorAllowance(purpose=purpose, whose=digest(purpose, "all"), started_at=NOW, used=most - 2))
    session.commit()
    report, _ = run_import(*[f",,07700 90000{n},,,,,,,," for n in range(4)], confirm=True)
    ask("07700 900007")
    assert (report.asked, delivery_count(session)) == (4, 5)
    for number in (8, 9):
        service.ask_by_message(f"07700 90000{number}", Wish(), actor=OPERATOR, now=NOW)
    assert delivery_count(session) == 7
    ask("07700 900010")
    assert delivery_count(session) == 7
