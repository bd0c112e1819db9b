"""A contact of an organisation pauses what comes to them, and an officer what comes to the organisation."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, OPERATOR, Import, digest_audience, endpoint_id
from tsalert.core.errors import Conflict
from tsalert.delivery.models import Endpoint
from tsalert.subscribers import joining, queries
from tsalert.subscribers.joining import Wish
from tsalert.subscribers.models import ConsentEvent, SignUp, Subscriber
from tsalert.subscribers.preferences import moving, officers, pausing, service
from tsalert.subscribers.preferences.acting import by_reader
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.models import AddressMove
from tsalert.subscribers.preferences.rules import Pause
from tsalert.subscribers.preferences.tokens import move_signer
from tsalert.subscribers.rules import Frequency

FIRST, SECOND = "watch@example.org", "+447700900123"
DAY = timedelta(days=1)


@pytest.fixture
def watch(session: Session, run_import: Import) -> int:
    """An organisation with two contacts, and a resident beside it."""
    run_import(
        f"Example Watch,{FIRST},07700 900123,,Bickley,partner,,all,immediate,{CONSENT}",
        f"Pat Example,pat@example.org,,,Bickley,,,all,immediate,{CONSENT}",
    )
    return session.scalars(select(Subscriber.id).where(Subscriber.kind == "partner")).one()


def reached(session: Session, **wanted: object) -> set[str]:
    """Return the addresses that an alert reaches, which its size must agree with."""
    asked = {"wards": (), "topic": "scams", "channels": ("email", "sms"), "urgent": False} | wanted
    ids = [number for number, _ in session.execute(queries.audience(**asked))]  # type: ignore[arg-type]
    assert len(ids) == len(set(ids)) == sum(queries.audience_size(session, **asked).values())  # type: ignore[arg-type]
    return set(session.scalars(select(Endpoint.address).where(Endpoint.id.in_(ids))))


@pytest.mark.parametrize("wards", [(), ("Bickley",)])
@pytest.mark.parametrize("urgent", [True, False])
def test_a_contact_pauses_their_own_copies_alone(
    session: Session, watch: int, opened: Callable[..., str], wards: tuple[str, ...], *, urgent: bool
) -> None:
    service.pause(opened(FIRST, now=NOW), Pause.MONTH, now=NOW)
    assert reached(session, wards=wards, urgent=urgent) == {SECOND, "pat@example.org"}
    few = select(Endpoint.id).where(Endpoint.address.in_([FIRST, SECOND]))
    asked = {"wards": wards, "topic": "all", "channels": ("email", "sms"), "urgent": urgent, "among": few}
    assert [number for number, _ in session.execute(queries.audience(**asked))] == [endpoint_id(session, SECOND)]  # type: ignore[arg-type]
    assert reached(session, wards=("Elsewhere",)) == set()


def test_a_contacts_pause_ends_with_its_days_while_another_goes_on(
    session: Session, watch: int, opened: Callable[..., str]
) -> None:
    service.pause(opened(FIRST, now=NOW), Pause.TWO_WEEKS, now=NOW)
    service.pause(opened(SECOND, now=NOW), Pause.MONTH, now=NOW)
    assert reached(session) == {"pat@example.org"}
    pausing.end_pauses(NOW + 14 * DAY)
    assert reached(session) == {FIRST, "pat@example.org"}
    pausing.end_pauses(NOW + 31 * DAY)
    assert reached(session) == {FIRST, SECOND, "pat@example.org"}
    assert session.scalars(select(Subscriber.paused_until).where(Subscriber.id == watch)).one() is None


def test_a_contact_ends_their_own_pause_and_nobody_elses(
    session: Session, watch: int, opened: Callable[..., str]
) -> None:
    first, second = (opened(address, now=NOW) for address in (FIRST, SECOND))
    service.pause(first, Pause.MONTH, now=NOW)
    with pytest.raises(Conflict):
        service.resume(second, now=NOW)
    service.pause(second, Pause.MONTH, now=NOW)
    service.resume(second, now=NOW)
    assert reached(session) == {SECOND, "pat@example.org"}
    noted = select(ConsentEvent.endpoint_id).where(ConsentEvent.wording.contains("no alerts until"))
    assert sorted(session.scalars(noted)) == sorted(endpoint_id(session, each) for each in (FIRST, SECOND))


def test_an_officer_pauses_the_whole_organisation(session: Session, watch: int) -> None:
    officers.pause(watch, Pause.MONTH, actor=OPERATOR, now=NOW)
    assert reached(session) == {"pat@example.org"}
    officers.resume(watch, actor=OPERATOR, now=NOW)
    assert reached(session) == {FIRST, SECOND, "pat@example.org"}


def test_a_digest_goes_on_to_those_who_do_not_pause(session: Session, watch: int, opened: Callable[..., str]) -> None:
    first, second = (opened(address, now=NOW) for address in (FIRST, SECOND))
    for passed in (first, second):
        service.choose(passed, Choices(("all",), "daily"), now=NOW)
    service.pause(first, Pause.MONTH, now=NOW)
    daily = digest_audience(
        Frequency.DAILY, wards=("Bickley",), topic="scams", channels=("email", "sms"), joined_by=NOW
    )
    assert [number for number, _ in session.execute(daily)] == [endpoint_id(session, SECOND)]


def test_the_page_tells_a_contact_of_their_own_pause(
    client: FlaskClient, watch: int, opened: Callable[..., str]
) -> None:
    first, second = (f"/preferences/my/{opened(address)}" for address in (FIRST, SECOND))
    assert "what other contacts of Example Watch get still comes" in client.get(f"{first}/pause").text
    client.post(f"{first}/pause", data={"span": "month"})
    assert "No alerts come until" in client.get(first).text
    other = client.get(second).text
    assert "No alerts come until" not in other
    assert "no alerts until" not in other, "what the first asked for is nobody else's"


def test_a_contact_who_joins_like_anybody_changes_nothing_of_what_the_organisation_is(
    session: Session, watch: int
) -> None:
    wish = Wish(postcode="BR1 3UH", ward="Elsewhere", formats=("large_print",))
    joining.sign_up(FIRST, wish, network="192.0.2.1", now=NOW)
    joining.confirm_sign_up(session.scalars(select(SignUp.id)).one(), now=NOW)
    found = session.get_one(Subscriber, watch)
    session.refresh(found)
    assert (found.name, found.ward, found.postcode, found.formats) == ("Example Watch", "Bickley", None, [])


def test_a_contact_who_moves_takes_their_pause_along(session: Session, watch: int) -> None:
    first = endpoint_id(session, FIRST)
    pausing.pause(session, watch, Pause.MONTH, at=first, by=by_reader(NOW))
    moving.ask_to_move(session, watch, first, "watch.new@example.org", by=by_reader(NOW))
    session.commit()
    moving.confirm_move(move_signer().sign(session.scalars(select(AddressMove.id)).one()), now=NOW)
    assert reached(session) == {SECOND, "pat@example.org"}
    pausing.end_pauses(NOW + 31 * DAY)
    assert reached(session) == {"watch.new@example.org", SECOND, "pat@example.org"}


def test_a_file_makes_no_organisation_of_a_person_who_reads_its_mail_and_no_person_of_it(
    session: Session, watch: int, run_import: Import
) -> None:
    for kind in ("resident", ""):
        run_import(f"Sam Example,{FIRST},,,Penge,{kind},,scams,weekly,{CONSENT}")
    run_import(f"Example Watch,{FIRST},,,,resident,,,,{CONSENT}")
    run_import(f"Pat Watch,pat@example.org,,,,partner,,,,{CONSENT}")
    people = {(each.name, each.kind, each.ward) for each in session.scalars(select(Subscriber))}
    assert people == {
        ("Example Watch", "partner", "Bickley"),
        ("Sam Example", "resident", "Penge"),
        ("Pat Example", "resident", "Bickley"),
        ("Pat Watch", "partner", None),
    }
