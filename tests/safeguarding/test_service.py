"""A concern is raised, decided, sent, acknowledged and ended; it is seen by few, and nothing of it is changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.safeguarding.conftest import DAY, PERSON, WEDNESDAY, told
from tsalert.audit.queries import entries_about, verify_chain
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotFound, Withheld
from tsalert.db import transaction
from tsalert.delivery.models import Delivery, Mailing
from tsalert.safeguarding import queries, reminding, service
from tsalert.safeguarding.rules import NewStep
from tsalert.safeguarding.vocabulary import Act, Means, Outcome, State
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject


def step(concern_id: int, act: Act, actor: Actor, hours: int = 1, **said: object) -> None:
    told_of = NewStep(act, **said)  # type: ignore[arg-type]
    service.record_step(concern_id, told_of, actor=actor, now=WEDNESDAY + timedelta(hours=hours))


def state_of(session: Session, concern_id: int, actor: Actor) -> State:
    return queries.get_concern(session, concern_id, actor=actor, now=WEDNESDAY).state


def test_from_raised_to_the_outcome(session: Session, concern_id: int, case_officer: Actor, lead: Actor) -> None:
    step(concern_id, Act.REFERRED, lead)
    step(concern_id, Act.SENT, lead, 2, who="Initial response", means=Means.SECURE_EMAIL)
    step(concern_id, Act.ACKNOWLEDGED, lead, 3, who="Sam Example", their_reference="ASC-17")
    step(concern_id, Act.OUTCOME, lead, 4, outcome=Outcome.ENQUIRY)
    assert state_of(session, concern_id, lead) is State.OUTCOME
    assert [entry.action for entry in entries_about(session, "safeguarding concern", concern_id)] == [
        "raised", "referred", "sent", "acknowledged", "outcome",
    ]  # fmt: skip
    assert verify_chain(session).is_whole
    assert PERSON not in str([entry.detail for entry in entries_about(session, "safeguarding concern", concern_id)])


def test_considered_and_not_referred_can_be_thought_over(
    session: Session, concern_id: int, case_officer: Actor
) -> None:
    step(concern_id, Act.NOT_REFERRED, case_officer, words="No care needs were found.")
    assert state_of(session, concern_id, case_officer) is State.NOT_REFERRED
    step(concern_id, Act.REFERRED, case_officer, 2)
    assert state_of(session, concern_id, case_officer) is State.REFERRED


def test_it_is_seen_by_those_on_the_case_and_the_lead_alone(
    session: Session, concern_id: int, case_id: int, case_officer: Actor, lead: Actor, officer: Callable[..., Actor]
) -> None:
    other = officer(RoleName.DUTY_OFFICER, name="Other Example")
    with pytest.raises(Withheld):
        queries.get_concern(session, concern_id, actor=other, now=WEDNESDAY)
    assert queries.concerns_of(session, actor=other, now=WEDNESDAY, case_id=case_id) == []
    for who in (case_officer, lead):
        assert len(queries.concerns_of(session, actor=who, now=WEDNESDAY, case_id=case_id)) == 1


def test_whoever_raised_it_goes_on_seeing_it(
    session: Session, case_id: int, case_officer: Actor, officer: Callable[..., Actor]
) -> None:
    visitor = officer(RoleName.DUTY_OFFICER, name="Visiting Example")
    number = service.raise_concern(told(case_id=case_id), actor=visitor, now=WEDNESDAY)
    assert queries.get_concern(session, number, actor=visitor, now=WEDNESDAY).row.person == PERSON
    seen = queries.concerns_of(session, actor=visitor, now=WEDNESDAY, case_id=case_id)
    assert [each.row.id for each in seen] == [number]


def test_of_a_restricted_case_nobody_sees_it_without_a_grant(
    session: Session, concern_id: int, case_id: int, case_officer: Actor, lead: Actor
) -> None:
    with transaction() as changing:
        root = (Subject.CASE, case_id)
        tiers.restrict(changing, *root, root, "An officer is a witness.", actor=SERVICE, now=WEDNESDAY)
    assert queries.list_concerns(session, actor=lead, now=WEDNESDAY).items == []
    for who in (case_officer, lead):
        assert queries.concerns_of(session, actor=who, now=WEDNESDAY, case_id=case_id) == []
        with pytest.raises(Withheld):
            queries.get_concern(session, concern_id, actor=who, now=WEDNESDAY)
        with pytest.raises(Withheld):
            service.raise_concern(told(case_id=case_id), actor=who, now=WEDNESDAY)


@pytest.mark.parametrize("of", [{"case_id": 404}, {"incident_id": 404}])
def test_there_is_no_concern_of_nothing(session: Session, case_officer: Actor, of: dict[str, int]) -> None:
    with pytest.raises(NotFound):
        service.raise_concern(told(**of), actor=case_officer, now=WEDNESDAY)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE safeguarding_concern SET person = 'x'",
        "DELETE FROM safeguarding_step",
        "UPDATE safeguarding_step SET who = 'x'",
    ],
)
def test_what_was_written_is_never_changed(session: Session, concern_id: int, case_officer: Actor, change: str) -> None:
    step(concern_id, Act.REFERRED, case_officer)
    with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
        session.execute(text(change))


def test_what_is_late_is_told_once_and_names_nobody(
    session: Session, concern_id: int, case_officer: Actor, lead: Actor
) -> None:
    assert reminding.remind(WEDNESDAY + DAY) == 0
    assert reminding.remind(WEDNESDAY + 2 * DAY) == 1
    assert reminding.remind(WEDNESDAY + 2 * DAY) == 0
    mailing = session.scalars(select(Mailing).order_by(Mailing.id.desc())).first()
    assert mailing is not None
    assert "Not sent in time".lower() in mailing.subject.lower()
    assert PERSON not in f"{mailing.subject} {mailing.text}"
    of_it = select(Delivery.id).where(Delivery.mailing_id == mailing.id)
    assert len(session.scalars(of_it).all()) == 2
    step(concern_id, Act.REFERRED, lead, 49)
    step(concern_id, Act.SENT, lead, 49, who="Initial response", means=Means.PORTAL)
    assert reminding.remind(WEDNESDAY + 5 * DAY) == 0
    assert reminding.remind(WEDNESDAY + 8 * DAY) == 1
