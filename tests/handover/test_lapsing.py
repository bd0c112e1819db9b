"""An offer that nobody answers lapses; an answer recorded elsewhere is no lapse."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tests.handover.conftest import BODY, HOUR, MINUTE, NOON, NUMBER, STREET, VICTIM, written
from tests.handover.test_service import YES, offered
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.delivery.models import Delivery, Mailing
from tsalert.handover import lapsing, queries, reminding, service
from tsalert.handover.rules import State
from tsalert.places import borders
from tsalert.places.borders import Contact
from tsalert.response import dispatching, handing_over
from tsalert.response import queries as response
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import StandDownReason
from tsalert.staff.rules import RoleName

LAPSES = NOON + 2 * MINUTE + 24 * HOUR


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    """Who is told."""
    return officer(RoleName.MANAGER, name="Mo Manager")


def mails(session: Session) -> list[Mailing]:
    """Return the mails of handovers and neighbours; the incident itself has pages, too."""
    ours = or_(Mailing.subject.startswith("Nobody took over"), Mailing.subject == "Neighbours to verify")
    return list(session.scalars(select(Mailing).where(ours).order_by(Mailing.id)))


def test_an_offer_lapses_after_its_time_and_the_managers_get_one_mail(
    session: Session, desk: Actor, manager: Actor, incident_id: int
) -> None:
    number = offered(incident_id, desk)
    assert lapsing.settle_due(LAPSES) == 0
    assert lapsing.settle_due(LAPSES + timedelta(seconds=1)) == 1
    assert lapsing.settle_due(LAPSES + HOUR) == 0
    assert queries.get_row(session, number).state == State.LAPSED
    assert response.get_incident(session, incident_id).offered_to is None
    assert timeline(session, incident_id, now=LAPSES)[-1].note == f"{BODY}. Nobody answered in time: the offer lapsed."
    (mail,) = mails(session)
    assert session.scalar(select(func.count()).where(Delivery.mailing_id == mail.id)) == 1
    assert mail.subject == f"Nobody took over {response.get_incident(session, incident_id).reference}"
    assert f"/handovers/{number}" in (mail.text or "")
    said = f"{mail.subject} {mail.text}"
    assert [word for word in (VICTIM, STREET, NUMBER) if word in said] == []


def test_a_lapse_stands_even_where_there_is_nobody_to_tell(session: Session, desk: Actor, incident_id: int) -> None:
    offered(incident_id, desk)
    assert lapsing.settle_due(LAPSES + HOUR) == 1
    assert mails(session) == []


def test_the_offer_of_a_case_lapses_into_its_log(session: Session, desk: Actor, manager: Actor, case_id: int) -> None:
    number = service.draft_handover(written(case_id=case_id), actor=desk, now=NOON)
    service.offer_handover(number, answer_by=NOON + HOUR, actor=desk, now=NOON)
    lapsing.settle_due(NOON + 2 * HOUR)
    assert "Nobody answered in time" in cases.notes(session, case_id)[-1].text


def test_an_offer_that_fails_keeps_no_other_from_lapsing(
    session: Session, desk: Actor, incident_id: int, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = offered(incident_id, desk)
    other = service.draft_handover(written(case_id=case_id), actor=desk, now=NOON)
    service.offer_handover(other, answer_by=LAPSES + HOUR, actor=desk, now=NOON)

    def fail(*_: object, **__: object) -> None:
        raise KeyError(faulty)

    monkeypatch.setattr(handing_over, "find_answer", fail)
    with pytest.raises(ExceptionGroup):
        lapsing.settle_due(LAPSES + 2 * HOUR)
    assert [queries.get_row(session, each).state for each in (faulty, other)] == [State.OFFERED, State.LAPSED]


def test_an_answer_on_the_incidents_own_page_is_no_lapse(
    session: Session, desk: Actor, manager: Actor, incident_id: int
) -> None:
    number = offered(incident_id, desk)
    handing_over.hand_over(incident_id, YES, actor=desk, now=NOON + HOUR)
    lapsing.settle_due(LAPSES + HOUR)
    row = queries.get_row(session, number)
    assert (row.state, row.answered_at) == (State.ACCEPTED, NOON + HOUR)
    assert row.accepted_by == f"{BODY}, J Example. Their reference: OB-0117"
    assert mails(session) == []


def test_a_no_on_the_incidents_own_page_is_no_lapse(session: Session, desk: Actor, incident_id: int) -> None:
    number = offered(incident_id, desk)
    handing_over.refuse_handover(incident_id, "It is on our side.", actor=desk, now=NOON + HOUR)
    lapsing.settle_due(NOON + HOUR)
    row = queries.get_row(session, number)
    assert (row.state, row.reason) == (State.REFUSED, f"{BODY}. It is on our side.")


def test_an_incident_offered_to_another_body_meanwhile_stays_offered_to_that_one(
    session: Session, desk: Actor, incident_id: int
) -> None:
    number = offered(incident_id, desk)
    handing_over.refuse_handover(incident_id, "It is on our side.", actor=desk, now=NOON + HOUR)
    handing_over.offer_handover(incident_id, "The police", actor=desk, now=NOON + HOUR)
    with pytest.raises(Conflict, match="answered on the incident's page"):
        service.accept_handover(number, YES, actor=desk, now=NOON + HOUR)
    lapsing.settle_due(LAPSES + HOUR)
    assert queries.get_row(session, number).state == State.REFUSED
    assert response.get_incident(session, incident_id).offered_to == "The police"


def test_an_earlier_no_in_the_same_second_is_no_answer_to_the_next_offer(
    session: Session, desk: Actor, incident_id: int
) -> None:
    first, at = offered(incident_id, desk), NOON + HOUR
    service.refuse_handover(first, "No.", actor=desk, now=at)
    second = service.draft_handover(written(incident_id=incident_id), actor=desk, now=at)
    service.offer_handover(second, actor=desk, now=at)
    assert lapsing.settle_due(at) == 0
    assert queries.get_row(session, second).state == State.OFFERED


def test_an_incident_that_ends_otherwise_takes_its_offer_along(session: Session, desk: Actor, incident_id: int) -> None:
    number = offered(incident_id, desk)
    dispatching.stand_down(incident_id, StandDownReason.WITHDRAWN, actor=desk, now=NOON + HOUR)
    lapsing.settle_due(NOON + HOUR)
    assert queries.get_row(session, number).state == State.WITHDRAWN


def test_managers_are_asked_once_a_month_to_verify_a_neighbour_of_a_year_ago(
    session: Session, desk: Actor, manager: Actor
) -> None:
    number = borders.add_neighbour(Contact("E09000011", BODY, "020 7946 0011", is_verified=True), actor=desk, now=NOON)
    borders.add_neighbour(Contact("E09000004", "Another", "020 7946 0004"), actor=desk, now=NOON + timedelta(days=300))
    year = timedelta(days=365)
    assert reminding.remind(NOON + year - timedelta(days=1)) == 0
    assert reminding.remind(NOON + year) == 1
    assert reminding.remind(NOON + year + timedelta(days=29)) == 0
    assert reminding.remind(NOON + year + timedelta(days=30)) == 1
    borders.verify_neighbour(number, actor=desk, now=NOON + year + timedelta(days=31))
    assert reminding.remind(NOON + year + timedelta(days=62)) == 0
    assert f"{BODY}: last verified 10 June 2026" in (mails(session)[0].text or "")
