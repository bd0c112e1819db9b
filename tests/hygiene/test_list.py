"""Decisions on the list: what was held, who may be the same, who never confirmed; and how the list grew."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.hygiene.conftest import DAY, delivery_of, enlist, message_id, send, state
from tests.inbound.mail import samples
from tests.inbound.mail.samples import about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed
from tsalert.db import transaction
from tsalert.delivery.models import Endpoint
from tsalert.delivery.rules import Channel
from tsalert.hygiene import clearing, doubles, months, queries, rules, service
from tsalert.hygiene.models import AddressReport, ListMonth
from tsalert.hygiene.reporting import report_number
from tsalert.hygiene.rules import Verdict
from tsalert.inbound.mail.service import take_mail
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.models import SignUp, Subscriber, Subscription
from tsalert.subscribers.preferences.merging import make_one

PAT, PHONE = "pat@example.org", "+447700900123"


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER)


def bounce(session: Session, mailing_id: int, address: str) -> None:
    mail = about(samples.POSTFIX, message_id(delivery_of(session, mailing_id, address)))
    take_mail(mail.replace(b"<1@mail", f"<{address}@mail".encode()), now=NOW)


def many_came_back(session: Session) -> int:
    everybody = [f"p{number}@example.org" for number in range(12)]
    enlist(*(f"Person {address},{address}" for address in everybody))
    mailing_id = send()
    for address in everybody:
        bounce(session, mailing_id, address)
    return mailing_id


def test_what_was_held_is_carried_out_when_an_officer_believes_it(session: Session, manager: Actor) -> None:
    mailing_id = many_came_back(session)
    (held,) = queries.held(session)
    assert (held.mailing_id, held.number, held.audience) == (mailing_id, 2, 12)
    assert service.decide_held(mailing_id, believe=True, actor=manager, now=NOW) == 2
    assert state(session, "p11@example.org") == "bounced"
    assert queries.held(session) == []
    with pytest.raises(Conflict):
        service.decide_held(mailing_id, believe=True, actor=manager, now=NOW)


def test_what_was_held_and_is_not_believed_leaves_everybody_on_the_list(session: Session, manager: Actor) -> None:
    mailing_id = many_came_back(session)
    service.decide_held(mailing_id, believe=False, actor=manager, now=NOW)
    assert state(session, "p11@example.org") == "active"


def test_a_dead_email_with_a_live_phone_is_a_task_until_somebody_has_done_it(session: Session, manager: Actor) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}", "Sam Example,sam@example.org")
    for mailing_id in (send(), send()):
        for address in (PAT, "sam@example.org"):
            bounce(session, mailing_id, address)
    assert queries.health(session, now=NOW).to_phone == 1
    (task,) = queries.to_phone(session).items
    assert (task.end.address, [phone.address for phone in task.phones]) == (PAT, [PHONE])
    assert [name for _, name in task.readers] == ["Pat Example"]
    service.note_seen(task.id, actor=manager, now=NOW)
    assert queries.to_phone(session).items == []
    with pytest.raises(Conflict):
        service.note_seen(task.id, actor=manager, now=NOW)


def test_a_dead_email_that_was_dealt_with_is_a_task_again_only_if_it_lived_and_died_once_more(
    session: Session, manager: Actor
) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    first, second = send(), send()
    bounce(session, first, PAT)
    (task,) = queries.to_phone(session).items
    service.note_seen(task.id, actor=manager, now=NOW + DAY)
    bounce(session, second, PAT)
    assert (queries.to_phone(session).items, queries.health(session, now=NOW).to_phone) == ([], 0)
    service.restore(session.scalars(select(func.max(AddressReport.id))).one(), actor=manager, now=NOW + 2 * DAY)
    bounce(session, send(), PAT)
    assert len(queries.to_phone(session).items) == 1


def test_an_address_that_was_wrongly_held_to_be_dead_gets_what_it_had(session: Session, manager: Actor) -> None:
    enlist(f"Pat Example,{PAT}")
    bounce(session, send(), PAT)
    report = session.scalars(select(AddressReport)).one()
    service.restore(report.id, actor=manager, now=NOW + DAY)
    assert state(session, PAT) == "active"
    assert session.scalars(select(Subscription.ended_reason).order_by(Subscription.id)).all() == [
        "messages came back",
        None,
    ]
    with pytest.raises(Conflict):
        service.restore(report.id, actor=manager, now=NOW + DAY)


def test_a_dead_number_of_two_who_were_made_one_is_restored_to_that_one(session: Session, manager: Actor) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}", f"Patricia Example,pat@example.com,{PHONE}")
    number = delivery_of(session, send(), PHONE)
    report_number(Channel.SMS, f"SM{number:032}", "30005", now=NOW)
    with transaction() as work:
        kept = make_one(work, *work.scalars(select(Subscriber.id)).all(), actor=manager, now=NOW)
    service.restore(session.scalars(select(AddressReport.id)).one(), actor=manager, now=NOW + DAY)
    mine = (Endpoint.address == PHONE, Subscription.ended_at.is_(None))
    again = select(Subscription.subscriber_id).join(Endpoint, Endpoint.id == Subscription.endpoint_id).where(*mine)
    assert (state(session, PHONE), session.scalars(again).all()) == ("active", [kept])


def test_who_may_not_manage_the_list_decides_nothing(session: Session, officer: Callable[..., Actor]) -> None:
    mailing_id = many_came_back(session)
    with pytest.raises(NotAllowed):
        service.decide_held(mailing_id, believe=True, actor=officer(RoleName.DUTY_OFFICER), now=NOW)


def test_an_address_that_several_read_is_listed_once(session: Session) -> None:
    enlist(f"Pat Example,{PAT}", f"Sam Example,{PAT},{PHONE}", f"Lee Example,,{PHONE}")
    assert [(each.end.masked, len(each.readers)) for each in queries.shared(session).items]
    assert queries.health(session, now=NOW).shared == len(queries.shared(session).items)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("pat.example@gmail.com", "patexample+alerts@googlemail.com", True),
        ("pat@outlook.com", "pat+x@outlook.com", True),
        ("p.at@outlook.com", "pat@outlook.com", False),
        ("pat+x@example.org", "pat@example.org", False),
        ("PAT@Example.org", "pat@example.org", True),
    ],
)
def test_dots_and_plus_count_for_nothing_only_where_we_know_that(one: str, other: str, *, same: bool) -> None:
    assert (rules.mailbox_of(one) == rules.mailbox_of(other)) is same


@given(st.emails())
def test_a_mailbox_is_its_own_mailbox(address: str) -> None:
    assert rules.mailbox_of(rules.mailbox_of(address)) == rules.mailbox_of(address)


def test_likely_doubles_are_found_once_and_what_was_decided_is_kept(session: Session, manager: Actor) -> None:
    enlist("A Example,pat.example@gmail.com", "B Example,patexample@gmail.com", "Siân Example,s1@example.org")
    enlist("SIÂN EXAMPLE,s2@example.org")
    for person in session.scalars(select(Subscriber).where(Subscriber.name.ilike("si%"))):
        person.postcode = "BR1 1AA"
    session.commit()
    assert doubles.look_for_doubles(NOW) == 2
    assert doubles.look_for_doubles(NOW) == 0
    found = doubles.open_doubles(session).items
    assert [(each.because, each.low_name, each.high_name) for each in found] == [
        ("spelling", "A Example", "B Example"),
        ("name", "Siân Example", "SIÂN EXAMPLE"),
    ]
    doubles.decide(found[0].id, Verdict.DIFFERENT, actor=manager, now=NOW)
    assert doubles.look_for_doubles(NOW + DAY) == 0
    assert [each.id for each in doubles.open_doubles(session).items] == [found[1].id]


def test_those_of_one_name_are_all_found_in_the_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubles, "_MOST_BY_NAME", 1)
    enlist(*(f"{name} Example,{name}{each}@example.org" for name in ("Pat", "Sam") for each in (1, 2)))
    session.execute(update(Subscriber).values(postcode="BR1 1AA"))
    session.commit()
    assert [doubles.look_for_doubles(NOW) for _ in range(3)] == [1, 1, 0]


def test_who_never_confirms_is_forgotten_after_thirty_days(session: Session) -> None:
    ask("new@example.org", at=NOW)
    ask("old@example.org", at=NOW - 31 * DAY)
    assert queries.health(session, now=NOW).unconfirmed.number == 1
    assert clearing.clear_unconfirmed(NOW) == 1
    assert clearing.clear_unconfirmed(NOW) == 0
    assert sorted(session.scalars(select(Endpoint.address))) == ["", "new@example.org"]
    assert len(session.scalars(select(SignUp.id)).all()) == 1


def test_a_subscriber_who_asked_again_and_never_confirmed_stays_known(session: Session) -> None:
    enlist(f"Pat Example,{PAT}")
    ask(PAT, at=NOW - 31 * DAY)
    clearing.clear_unconfirmed(NOW)
    assert state(session, PAT) == "active"


def ask(address: str, *, at: datetime) -> None:
    subscribers.sign_up(address, subscribers.Wish(), network="192.0.2.1", now=at)


def test_the_months_of_the_list_add_up_and_say_why_people_left(session: Session) -> None:
    june, july, august = (datetime(2025, month, 15, tzinfo=UTC) for month in (6, 7, 8))
    enlist(f"Pat Example,{PAT}", "Sam Example,sam@example.org", at=june)
    enlist(f"Lee Example,lee@example.org,{PHONE}", at=july)
    subscribers.unsubscribe(session.scalars(select(Endpoint.id).where(Endpoint.address == PAT)).one(), now=july)
    # One of two things that Lee gets ends: that is no leaving.
    subscribers.stop_texts(session, PHONE, now=august)
    session.commit()
    assert months.keep_months(august + DAY) == 3
    assert rows(session, "all") == [
        (date(2025, 6, 1), "all", 2, 0, 2),
        (date(2025, 7, 1), "all", 1, 1, 2),
        (date(2025, 8, 1), "all", 0, 0, 2),
    ]
    assert rows(session, "reason") == [(date(2025, 7, 1), "unsubscribed", 0, 1, 0)]
    assert (date(2025, 8, 1), "sms", 0, 1, 0) in rows(session, "channel")
    assert rows(session, "ward")[0] == (date(2025, 6, 1), "", 2, 0, 2)


def test_only_the_month_that_runs_is_counted_again(session: Session) -> None:
    enlist(f"Pat Example,{PAT}", at=NOW - timedelta(days=400))
    assert months.keep_months(NOW) == 12
    assert months.keep_months(NOW) == 2
    assert months.keep_months(NOW + timedelta(hours=1)) == 1
    assert len(rows(session, "all")) == 14


def rows(session: Session, part: str) -> list[tuple[date, str, int, int, int]]:
    found: list[ListMonth] = months.months(session, part, since=date(2020, 1, 1))
    return [(each.month, each.key, each.joined, each.left, each.listed) for each in found]
