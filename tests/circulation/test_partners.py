"""Partners and what they tell us: history that stays, links that stop, figures that are never blended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.alerts.conftest import subscribe
from tests.circulation.conftest import LATER, WATCH, join_by_code
from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, run_import  # noqa: F401 - a fixture
from tsalert.circulation import ledger, queries, reminding, service, telling
from tsalert.circulation.models import ForwardAck, PartnerContact, PartnerReminder
from tsalert.circulation.queries import Wanted
from tsalert.circulation.rules import NewContact, NewPartner, Told
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Channel, EndpointStatus, SuppressionReason
from tsalert.staff.rules import RoleName
from tsalert.subscribers import losing, observing, partnering
from tsalert.subscribers.models import ConsentEvent
from tsalert.subscribers.preferences import moving
from tsalert.subscribers.preferences.acting import by_officer
from tsalert.subscribers.queries import circulation

DAY = timedelta(days=1)


def reaches(session: Session, partner_id: int) -> list[tuple[int, str]]:
    return [(each.reach, each.via) for each in partnering.declarations_of(session, partner_id)]


def test_every_declaration_stays_and_the_latest_is_shown(session: Session, partner_id: int, manager: Actor) -> None:
    telling.declare_for(partner_id, Told(400, "members"), actor=manager, now=NOW)
    telling.declare_for(partner_id, Told(900, "members"), actor=manager, now=LATER)
    telling.declare_for(partner_id, Told(900, "counted"), actor=manager, now=LATER + DAY)
    assert reaches(session, partner_id) == [(900, "officer"), (900, "officer"), (400, "officer")]
    assert partnering.get_partner(session, partner_id).declared_at == LATER + DAY
    assert circulation(session).declared_reach == 900


def test_an_import_writes_the_history_too(session: Session, run_import: Import) -> None:  # noqa: F811
    row = "Parish news,news@example.org,,,,partner,{},,,{}"
    run_import(row.format(300, CONSENT))
    run_import(row.format(300, CONSENT.replace("2024", "2025")))
    (partner,) = partnering.list_partners(session)
    assert reaches(session, partner.id) == [(300, "import"), (300, "import")]


def test_a_number_that_is_told_twice_on_one_day_stands_once(session: Session, partner_id: int, manager: Actor) -> None:
    for _ in range(2):
        telling.declare_for(partner_id, Told(400, "members"), actor=manager, now=NOW)
    telling.declare_for(partner_id, Told(400, "members"), actor=manager, now=NOW + timedelta(minutes=1))
    assert reaches(session, partner_id) == [(400, "officer")]
    telling.declare_for(partner_id, Told(400, "counted"), actor=manager, now=NOW + timedelta(minutes=2))
    telling.declare_for(partner_id, Told(400, "counted"), actor=manager, now=LATER)
    assert len(reaches(session, partner_id)) == 3


def test_a_file_that_is_read_again_takes_back_nothing_that_a_partner_told_since(
    session: Session,
    manager: Actor,
    run_import: Import,  # noqa: F811
) -> None:
    row = "Parish news,news@example.org,,,,partner,{},,,{}"
    run_import(row.format(300, CONSENT))
    (partner,) = partnering.list_partners(session)
    telling.declare_for(partner.id, Told(900, "counted"), actor=manager, now=NOW)
    run_import(row.format(300, CONSENT))
    assert reaches(session, partner.id) == [(900, "officer"), (300, "import")]
    after = partnering.get_partner(session, partner.id)
    assert (after.reach, after.basis, after.declared_at) == (900, "counted", NOW)


@pytest.mark.parametrize("table", ["partner_declaration", "forward_ack"])
@pytest.mark.parametrize("act", ["UPDATE {} SET reach = 1", "DELETE FROM {}"])
def test_nobody_changes_what_a_partner_told_us(
    session: Session, partner_id: int, manager: Actor, sent: int, table: str, act: str
) -> None:
    telling.declare_for(partner_id, Told(400), actor=manager, now=NOW)
    telling.acknowledge_for(sent, partner_id, Told(400), actor=manager, now=LATER)
    with pytest.raises(DatabaseError, match="stays as it was told"), session.begin_nested():
        session.execute(text(act.format(table)))


def test_a_day_to_come_or_before_what_they_said_last_is_refused(
    session: Session, partner_id: int, manager: Actor
) -> None:
    telling.declare_for(partner_id, Told(400), actor=manager, now=NOW)
    for on in (LATER + DAY, NOW - DAY):
        with pytest.raises(RuleViolation) as refused:
            telling.declare_for(partner_id, Told(500), on=on, actor=manager, now=LATER)
        assert refused.value.field == "declared_on"


def test_a_partner_is_reminded_three_times_and_then_listed_as_overdue(
    session: Session, partner_id: int, manager: Actor
) -> None:
    telling.declare_for(partner_id, Told(400), actor=manager, now=NOW)
    for days, mails in ((364, 0), (365, 1), (365, 0), (379, 1), (393, 1), (394, 0), (800, 0)):
        assert reminding.remind(NOW + days * DAY) == mails, days
    for show, found in (("due", [partner_id]), ("overdue", [])):
        lines = queries.list_partners(session, Wanted(show=show), now=NOW + 380 * DAY)
        assert [line.partner.id for line in lines] == found
    overdue = queries.list_partners(session, Wanted(show="overdue"), now=NOW + 394 * DAY)
    assert [line.partner.id for line in overdue] == [partner_id]
    assert not overdue[0].is_stale
    reminder = session.scalars(select(PartnerReminder).order_by(PartnerReminder.id.desc())).first()
    assert reminder is not None
    telling.declare_by_link(reminder.id, Told(400), now=NOW + 395 * DAY)
    assert queries.list_partners(session, Wanted(show="overdue"), now=NOW + 396 * DAY) == []
    assert reaches(session, partner_id)[0] == (400, "contact")
    with pytest.raises(NotFound):
        telling.declare_by_link(reminder.id, Told(400), now=NOW + 500 * DAY)


def test_a_contact_who_left_is_not_written_to(session: Session, partner_id: int) -> None:
    (end,) = partnering.addresses_of(session, partner_id)
    delivery.suppress(session, end.id, SuppressionReason.OPTED_OUT, NOW)
    session.commit()
    assert reminding.remind(NOW + 365 * DAY) == 0


def test_the_history_of_consent_says_which_officer_added_stopped_and_ended_a_contact(
    session: Session, partner_id: int, manager: Actor, officer: Callable[..., Actor]
) -> None:
    other = officer(RoleName.MANAGER, name="Morgan Manager")
    service.save_contact(partner_id, NewContact(WATCH, gets_alerts=False), actor=other, now=LATER)
    service.save_contact(partner_id, NewContact(WATCH), actor=manager, now=LATER)
    service.end_partner(partner_id, actor=other, now=LATER)
    history = session.execute(select(ConsentEvent.act, ConsentEvent.recorded_by).order_by(ConsentEvent.id)).all()
    officers = [manager.officer_id, other.officer_id] * 2
    assert [tuple(each) for each in history] == [*zip(("given", "withdrawn") * 2, officers, strict=True)]


def test_a_contact_that_was_let_go_while_its_mailbox_was_dead_stays_so_when_that_lives_again(
    session: Session, partner_id: int, manager: Actor
) -> None:
    (end,) = partnering.addresses_of(session, partner_id)
    losing.lose(session, end.id, SuppressionReason.BOUNCED, now=NOW)
    session.commit()
    service.end_contact(partner_id, end.id, actor=manager, now=NOW)
    assert losing.restore(session, end.id, actor=manager, now=LATER)
    assert partnering.addresses_that_get_alerts(session, partner_id) == set()


def test_an_address_that_wants_nothing_from_us_is_no_contact(session: Session, partner_id: int, manager: Actor) -> None:
    gone = subscribe(session, "gone@example.org")
    delivery.suppress(session, gone, SuppressionReason.OPTED_OUT, NOW)
    session.commit()
    with pytest.raises(RuleViolation) as refused:
        service.save_contact(partner_id, NewContact("gone@example.org"), actor=manager, now=NOW)
    assert refused.value.field == "address"


def test_what_was_passed_on_may_be_changed_for_30_days_and_both_numbers_stay(
    session: Session, partner_id: int, delivery_id: int, sent: int
) -> None:
    for reach, days in ((500, 1), (500, 2), (650, 20)):
        telling.acknowledge_by_link(delivery_id, None, Told(reach), now=NOW + days * DAY)
    assert list(session.scalars(select(ForwardAck.reach).order_by(ForwardAck.id))) == [500, 650]
    with pytest.raises(RuleViolation, match="30 days"):
        telling.acknowledge_by_link(delivery_id, None, Told(700), now=NOW + 32 * DAY)
    telling.acknowledge_by_link(delivery_id, None, Told(650), now=NOW + 32 * DAY)
    assert telling.last_reach(session, sent, partner_id) == 650


def test_two_partners_with_one_contact_say_who_passed_it_on(
    session: Session, partner_id: int, manager: Actor, delivery_id: int
) -> None:
    other = service.add_partner(NewPartner("Bickley watch"), actor=manager, now=NOW)
    service.save_contact(other, NewContact(WATCH), actor=manager, now=NOW)
    with pytest.raises(RuleViolation) as refused:
        telling.acknowledge_by_link(delivery_id, None, Told(10), now=LATER)
    assert refused.value.field == "partner_id"
    telling.acknowledge_by_link(delivery_id, other, Told(10), now=LATER)
    assert session.scalars(select(ForwardAck.partner_id)).all() == [other]
    service.end_contact(other, partnering.addresses_of(session, other)[0].id, actor=manager, now=LATER)
    assert partnering.addresses_that_get_alerts(session, partner_id)


def test_an_ended_partners_links_do_nothing(
    session: Session, partner_id: int, manager: Actor, delivery_id: int, sent: int
) -> None:
    assert reminding.remind(NOW + 365 * DAY) == 1
    reminder_id = session.scalars(select(PartnerReminder.id)).one()
    service.end_partner(partner_id, actor=manager, now=NOW + 366 * DAY)
    later = NOW + 367 * DAY
    with pytest.raises(NotFound):
        telling.acknowledge_by_link(delivery_id, None, Told(10), now=later)
    with pytest.raises(NotFound):
        telling.declare_by_link(reminder_id, Told(10), now=later)
    with pytest.raises(Conflict):
        telling.acknowledge_for(sent, partner_id, Told(10), actor=manager, now=later)
    assert partnering.addresses_that_get_alerts(session, partner_id) == set()
    assert reminding.remind(NOW + 400 * DAY) == 0
    assert session.scalar(select(func.count()).select_from(ForwardAck)) == 0


def test_a_link_about_anything_but_an_alert_names_nothing(session: Session, partner_id: int) -> None:
    reminding.remind(NOW + 365 * DAY)
    mail = session.scalars(select(Delivery.id)).one()
    with pytest.raises(NotFound):
        telling.acknowledge_by_link(mail, None, Told(10), now=LATER)


def test_declared_acknowledged_and_observed_stand_beside_one_another(
    session: Session, partner_id: int, manager: Actor, sent: int
) -> None:
    telling.declare_for(partner_id, Told(400), actor=manager, now=NOW)
    telling.acknowledge_for(sent, partner_id, Told(350), actor=manager, now=LATER)
    telling.declare_for(partner_id, Told(1000), actor=manager, now=LATER + DAY)
    for name in ("ann", "bob"):
        join_by_code(session, partner_id, f"{name}@example.org")
    (line,) = ledger.page_of(session, alert_id=sent).items
    assert (line.declared, line.declared_at, line.reach, line.at, line.observed) == (400, NOW, 350, LATER, 2)
    found = ledger.figures(session, parse_period("2026/27 Q1"), now=LATER)
    assert (found.declared, found.acknowledged, found.alerts_passed_on, found.observed) == (1000, 350, 1, 2)
    before = ledger.figures(session, parse_period("2025/26 Q4"), now=LATER)
    assert (before.declared, before.acknowledged, before.observed) == (0, 0, 0)


def test_what_was_declared_on_a_quarters_first_day_counts_from_that_quarter(
    session: Session, partner_id: int, manager: Actor
) -> None:
    quarter, next_one = parse_period("2026/27 Q1"), parse_period("2026/27 Q2")
    later = quarter.ends_at + DAY
    telling.declare_for(partner_id, Told(400), on=quarter.ends_at, actor=manager, now=later)
    assert ledger.figures(session, quarter, now=later).declared == 0
    assert ledger.figures(session, next_one, now=later).declared == 400


def test_what_a_partner_declared_counts_until_it_ends(session: Session, partner_id: int, manager: Actor) -> None:
    quarter, next_one = parse_period("2026/27 Q1"), parse_period("2026/27 Q2")
    telling.declare_for(partner_id, Told(400), actor=manager, now=quarter.ends_at - DAY)
    service.end_partner(partner_id, actor=manager, now=quarter.ends_at + DAY)
    later = next_one.ends_at
    assert ledger.figures(session, quarter, now=later).declared == 400
    after = ledger.figures(session, next_one, now=later)
    assert (after.declared, after.declaring_partners, after.declarations) == (0, 0, ())


def test_who_signed_up_by_two_partners_codes_is_observed_once_and_for_the_first(
    session: Session, partner_id: int, manager: Actor
) -> None:
    other = service.add_partner(NewPartner("Bickley watch"), actor=manager, now=NOW)
    first, second = (partnering.get_partner(session, each).code for each in (partner_id, other))
    join_by_code(session, other, "ann@example.org", at=LATER)
    join_by_code(session, partner_id, "ann@example.org", at=NOW)
    join_by_code(session, partner_id, "ann@example.org", at=LATER)
    join_by_code(session, other, "bob@example.org", at=NOW)
    assert observing.count_observed(session) == {first: 1, second: 1}
    assert observing.count_observed(session, before=LATER) == {first: 1, second: 1}
    found = ledger.figures(session, parse_period("2026/27 Q1"), now=LATER)
    assert found.observed == 2


def test_who_left_again_is_observed_no_more(session: Session, partner_id: int) -> None:
    join_by_code(session, partner_id, "ann@example.org")
    code = partnering.get_partner(session, partner_id).code
    assert observing.count_observed(session) == {code: 1}
    end = delivery.find_or_add_endpoint(
        session, Channel.EMAIL, "ann@example.org", status=EndpointStatus.ACTIVE, now=NOW
    )
    delivery.suppress(session, end, SuppressionReason.OPTED_OUT, NOW)
    assert observing.count_observed(session) == {}


def test_a_contact_who_moves_to_another_address_stays_who_they_are(
    session: Session, partner_id: int, manager: Actor
) -> None:
    (first,) = partnering.addresses_of(session, partner_id)
    sam = NewContact(WATCH, "Sam Example", "Librarian", is_asked=False)
    service.save_contact(partner_id, sam, actor=manager, now=NOW)
    moving.ask_to_move(session, partner_id, first.id, "020 7946 0001", by=by_officer(manager, NOW))
    session.commit()
    (moved,) = queries.contacts_of(session, partner_id)
    assert (moved.end.address, moved.name, moved.role, moved.is_asked) == (
        "+442079460001", "Sam Example", "Librarian", False,
    )  # fmt: skip
    service.save_contact(partner_id, NewContact("020 7946 0001", "Sam Sample"), actor=manager, now=LATER)
    assert [each.name for each in session.scalars(select(PartnerContact))] == ["Sam Sample"]
    service.end_contact(partner_id, moved.end.id, actor=manager, now=LATER)
    assert session.scalars(select(PartnerContact)).all() == []
