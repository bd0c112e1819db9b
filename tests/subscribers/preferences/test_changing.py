"""What the reader of an address changes, and what is kept of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, endpoint_id, held, letters, status
from tests.subscribers.preferences.conftest import NETWORK, PAT, link_in
from tsalert.audit.models import AuditEvent
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.delivery import queries as delivery
from tsalert.delivery import service as sending
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.delivery.rules import Channel, Content, Lane, Status
from tsalert.places.models import Ward
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers import service as joining
from tsalert.subscribers.models import ConsentEvent, SignUp, Subscriber, SubscriberEndpoint
from tsalert.subscribers.preferences import moving, pausing, service, visits
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.rules import Pause
from tsalert.subscribers.preferences.tokens import move_signer
from tsalert.subscribers.preferences.visits import Closed
from tsalert.subscribers.service import Wish

SHARED = (
    f"Ann Example,ann@example.org,07700 900001,,,,,scams,immediate,{CONSENT}",
    f"Bob Example,bob@example.org,07700 900001,,,,,doorstep-crime,immediate,{CONSENT}",
)


def now_held(session: Session, address: str) -> list[tuple[str, str]]:
    return [(topic, often) for topic, often, reason in held(session, address) if reason is None]


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(ConsentEvent.act).order_by(ConsentEvent.id)))


def reached(session: Session, topic: str = "scams") -> int:
    size = subscribers.audience_size(session, wards=[], topic=topic, channels=list(Channel), urgent=True)
    return sum(size.values())


def test_choosing_leaves_exactly_what_was_chosen(session: Session, pat: int, opened: Callable[..., str]) -> None:
    service.choose(opened("pat@example.org"), Choices(("scams",), "immediate"), now=NOW)
    assert now_held(session, "pat@example.org") == [("scams", "immediate")]
    assert ("doorstep-crime", "immediate", "no longer chosen") in held(session, "pat@example.org")
    assert acts(session) == ["given", "changed"]
    said = session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
    assert said is not None
    assert said.wording.startswith("Asked for: ")
    assert (said.method, said.recorded_by) == ("web", None)


def test_how_often_somebody_chose_to_hear_outlasts_the_next_import_and_what_was_before_is_kept(
    session: Session, pat: int, opened: Callable[..., str], run_import: Import
) -> None:
    service.choose(opened("pat@example.org"), Choices(("scams", "doorstep-crime"), "weekly"), now=NOW)
    run_import(PAT)
    assert sorted(now_held(session, "pat@example.org")) == [("doorstep-crime", "weekly"), ("scams", "weekly")]
    assert ("scams", "immediate", "comes at another pace since") in held(session, "pat@example.org")


def test_saving_without_a_change_leaves_no_mark(session: Session, pat: int, opened: Callable[..., str]) -> None:
    passed = opened("pat@example.org")
    before = acts(session)
    service.choose(passed, Choices(("scams", "doorstep-crime"), "immediate", name="Pat Example"), now=NOW)
    assert acts(session) == before
    chose = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "chose")
    assert session.scalar(chose) == 0


def test_name_ward_and_large_print_are_kept(session: Session, pat: int, opened: Callable[..., str]) -> None:
    session.add(Ward(code="E05013988", name="Bickley"))
    session.commit()
    chosen = Choices(("scams",), "immediate", "BR1 2AA", "E05013988", "Patricia", large_print=True)
    service.choose(opened("pat@example.org"), chosen, now=NOW)
    one = session.get_one(Subscriber, pat)
    session.refresh(one)
    assert (one.name, one.ward, one.postcode, one.formats) == ("Patricia", "E05013988", "BR1 2AA", ["large_print"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Choices((), "immediate"), "topics"),
        (Choices(("nonsense",), "immediate"), "topics"),
        (Choices(("scams",), "hourly"), "frequency"),
        (Choices(("scams",), "immediate", ward="Nowhere"), "ward"),
    ],
)
def test_what_is_not_offered_is_refused_and_changes_nothing(
    session: Session, pat: int, opened: Callable[..., str], wrong: Choices, field: str
) -> None:
    passed, before = opened("pat@example.org"), held(session, "pat@example.org")
    with pytest.raises(RuleViolation) as refusal:
        service.choose(passed, wrong, now=NOW)
    assert refusal.value.field == field
    session.rollback()
    assert held(session, "pat@example.org") == before


def test_one_who_left_comes_back_by_choosing_with_their_consent(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    joining.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    service.choose(opened("pat@example.org"), Choices(("scams",), "immediate"), now=NOW)
    assert status(session, "pat@example.org") == "active"
    assert acts(session) == ["given", "withdrawn", "given"]
    assert reached(session) == 1


def test_a_pause_sends_nothing_until_it_is_over(session: Session, pat: int, opened: Callable[..., str]) -> None:
    assert reached(session) == 1
    service.pause(opened("pat@example.org"), Pause.TWO_WEEKS, now=NOW)
    assert reached(session) == 0
    pausing.end_pauses(NOW + timedelta(days=14) - timedelta(seconds=1))
    assert reached(session) == 0
    for _ in range(2):
        pausing.end_pauses(NOW + timedelta(days=14))
    assert reached(session) == 1
    resumed = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "resumed")
    assert session.scalar(resumed) == 1


def test_what_waits_to_leave_does_not_come_after_its_reader_has_paused(
    session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    run_import(*SHARED)
    alert_everybody(session, Lane.BULK, Lane.URGENT)
    service.pause(opened("ann@example.org"), Pause.MONTH, now=NOW)
    # The telephone is Bob's too, who does not pause.
    assert waiting(session) == {"bob@example.org", "+447700900001"}
    service.pause(opened("bob@example.org"), Pause.MONTH, now=NOW)
    assert waiting(session) == set()
    assert set(session.scalars(select(Mailing.state).where(Mailing.lane != Lane.TRANSACTIONAL))) == {"completed"}


def test_what_waits_still_goes_to_a_contact_of_an_organisation_beside_one_who_has_paused(
    session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    run_import(f"Example Watch,watch@example.org,07700 900001,,,partner,,all,immediate,{CONSENT}", SHARED[0])
    alert_everybody(session, Lane.BULK)
    service.pause(opened("watch@example.org"), Pause.MONTH, now=NOW)
    assert waiting(session) == {"ann@example.org", "+447700900001"}
    service.pause(opened("ann@example.org"), Pause.MONTH, now=NOW)
    assert waiting(session) == {"+447700900001"}, "which the organisation has too, and does not pause there"


def alert_everybody(session: Session, *lanes: Lane) -> None:
    for lane in lanes:
        mailing_id = sending.create_mailing(
            session, Content("Doorstep crime", "Beware", sms="Beware"), lane=lane, now=NOW
        )
        sending.enqueue(session, mailing_id, delivery.reachable_endpoints(), now=NOW)
    session.commit()


def waiting(session: Session) -> set[str]:
    """Return where alerts are still to go."""
    to_leave = (Delivery.status == Status.PENDING, Mailing.lane != Lane.TRANSACTIONAL)
    query = select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)
    return set(session.scalars(query.join(Mailing, Mailing.id == Delivery.mailing_id).where(*to_leave)))


def test_a_pause_ends_early_when_its_owner_wants(session: Session, pat: int, opened: Callable[..., str]) -> None:
    passed = opened("pat@example.org")
    service.pause(passed, Pause.MONTH, now=NOW)
    service.resume(passed, now=NOW)
    assert reached(session) == 1
    assert acts(session) == ["given", "changed", "changed"]
    with pytest.raises(Conflict):
        service.resume(passed, now=NOW)


def move(session: Session, passed: str, contact: str) -> str:
    """Ask for a move; returns the token of the link that the new address got."""
    service.move(passed, contact, now=NOW)
    return link_in(letters(session)[-1].text).rpartition("/")[2]


def test_a_new_address_confirms_itself_and_takes_everything_over(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    token = move(session, opened("pat@example.org"), "new@example.org")
    assert now_held(session, "new@example.org") == []
    assert len(now_held(session, "pat@example.org")) == 2
    old = endpoint_id(session, "pat@example.org")
    for _ in range(2):
        moving.confirm_move(token, now=NOW)
    assert sorted(now_held(session, "new@example.org")) == [("doorstep-crime", "immediate"), ("scams", "immediate")]
    assert session.scalars(select(SubscriberEndpoint.subscriber_id)).all() == [pat]
    assert acts(session) == ["given", "confirmed", "withdrawn"]
    assert delivery.is_suppressed(session, Channel.EMAIL, "pat@example.org")
    assert (delivery.get_endpoint(session, old).status, delivery.get_endpoint(session, old).address) == ("erased", "")


def test_the_page_of_the_old_address_closes_with_the_move(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    passed = opened("pat@example.org", now=NOW)
    moving.confirm_move(move(session, passed, "new@example.org"), now=NOW)
    with pytest.raises(Closed):
        service.choose(passed, Choices(("scams",), "immediate"), now=NOW)
    before = len(letters(session))
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    assert len(letters(session)) == before


def test_an_import_does_not_bring_the_old_address_back(
    session: Session, pat: int, run_import: Import, opened: Callable[..., str]
) -> None:
    moving.confirm_move(move(session, opened("pat@example.org"), "07700 900002"), now=NOW)
    report, _ = run_import(PAT)
    assert (report.added, report.left) == (0, 1)


def test_a_move_ends_after_seven_days_or_when_alerts_have_stopped(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    passed = opened("pat@example.org", now=NOW)
    token = move(session, passed, "new@example.org")
    with pytest.raises(RuleViolation, match="7 days"):
        moving.confirm_move(token, now=NOW + timedelta(days=8))
    service.stop(passed, now=NOW)
    with pytest.raises(RuleViolation, match="have stopped since"):
        moving.confirm_move(token, now=NOW)
    assert now_held(session, "new@example.org") == []
    with pytest.raises(NotFound):
        moving.confirm_move(move_signer().sign(2**40), now=NOW)


def test_at_a_shared_address_one_chooses_who_one_is_and_the_other_keeps_theirs(
    session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    run_import(*SHARED)
    ann, bob = session.scalars(select(Subscriber.id).order_by(Subscriber.id))
    passed = open_by_text(session, "07700 900001")
    visit = visits.require(session, passed, now=NOW)
    assert (visit.subscriber_id, [each.masked for each in visit.readers]) == (None, ["A••• E•••", "B••• E•••"])
    with pytest.raises(Closed):
        service.stop(passed, now=NOW)
    with pytest.raises(RuleViolation):
        service.choose_reader(passed, bob + 1, now=NOW)
    service.choose_reader(passed, ann, now=NOW)
    service.stop(passed, now=NOW)
    assert now_held(session, "+447700900001") == [("doorstep-crime", "immediate")]
    assert status(session, "+447700900001") == "active"
    service.choose_reader(passed, bob, now=NOW)
    service.stop(passed, now=NOW)
    assert status(session, "+447700900001") == "opted_out"


def open_by_text(session: Session, number: str) -> str:
    service.ask(number, network=NETWORK, now=NOW)
    found = link_in((letters(session)[-1].sms or "").replace("\n", " "))
    return service.open_by_link(found.rpartition("/")[2], now=NOW)


def test_moving_to_a_number_that_somebody_else_reads_leaves_theirs_alone(
    session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    run_import(PAT, SHARED[1])
    moving.confirm_move(move(session, opened("pat@example.org"), "07700 900001"), now=NOW)
    assert sorted(now_held(session, "+447700900001")) == [
        ("doorstep-crime", "immediate"), ("doorstep-crime", "immediate"), ("scams", "immediate"),
    ]  # fmt: skip


def test_nothing_is_moved_from_an_address_to_which_nothing_comes(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    joining.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    passed, before = opened("pat@example.org", now=NOW), len(letters(session))
    with pytest.raises(RuleViolation, match="nothing to move"):
        service.move(passed, "new@example.org", now=NOW)
    assert len(letters(session)) == before, "the new address was asked in vain"


def test_a_link_that_has_moved_alerts_says_whether_they_still_come(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    token = move(session, opened("pat@example.org"), "new@example.org")
    assert not moving.look_at_move(session, token, now=NOW).is_done
    moving.confirm_move(token, now=NOW)
    assert moving.look_at_move(session, token, now=NOW) == moving.MoveView("n•••@example.org", is_done=True)
    joining.unsubscribe(endpoint_id(session, "new@example.org"), now=NOW)
    for use in (lambda: moving.look_at_move(session, token, now=NOW), lambda: moving.confirm_move(token, now=NOW)):
        with pytest.raises(moving.Over, match="has stopped or moved on since"):
            use()


@pytest.mark.parametrize("contact", ["020 7946 0001", "nonsense", "pat@example.org", "PAT@example.org"])
def test_an_address_that_cannot_be_moved_to_is_refused(
    session: Session, pat: int, opened: Callable[..., str], contact: str
) -> None:
    with pytest.raises(RuleViolation):
        service.move(opened("pat@example.org"), contact, now=NOW)


def test_joining_again_works_by_web_after_a_move_and_after_leaving(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    moving.confirm_move(move(session, opened("pat@example.org"), "new@example.org"), now=NOW)
    joining.sign_up("pat@example.org", Wish(("scams",)), network=NETWORK, now=NOW)
    joining.confirm_sign_up(session.scalars(select(SignUp.id)).one(), now=NOW)
    assert now_held(session, "pat@example.org") == [("scams", "immediate")]
    assert reached(session) == 2
