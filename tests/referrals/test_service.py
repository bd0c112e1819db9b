"""Information is passed on with what was ticked and nothing else; what was sent stays as it was."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.asked import statements
from tests.referrals.conftest import HOUR, NOON, STREET, VICTIM, written
from tsalert.audit.queries import entries_about
from tsalert.cases import queries as cases
from tsalert.cases.rules import NewCase
from tsalert.cases.sections import pack_text
from tsalert.cases.service import open_case
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotFound, RuleViolation, Withheld
from tsalert.db import transaction
from tsalert.places import borders
from tsalert.places.borders import Contact
from tsalert.referrals import bodies, queries, service
from tsalert.referrals.rules import Acknowledgement, NewBody, Sending
from tsalert.referrals.vocabulary import BodyKind, LawfulReason, Means, State
from tsalert.response import service as response
from tsalert.response.queries import get_incident
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

SENT = Sending(Means.SECURE_EMAIL, "desk@police.example.org")


def text_of(session: Session, referral_id: int, actor: Actor) -> str:
    record = queries.get_referral(session, referral_id, actor=actor, now=NOON)
    return pack_text(record.title, queries.pack_of(session, record, now=NOON))


def test_only_what_was_ticked_is_told(session: Session, case_id: int, case_officer: Actor) -> None:
    number = service.draft_referral(written(case_id=case_id, shared=("matter",)), actor=case_officer, now=NOON)
    told = text_of(session, number, case_officer)
    assert "Gardening" in told or "gardening" in told
    assert [word for word in ("£3,950", VICTIM, STREET) if word in told] == []
    assert "Left out. Ask us for what you need." in told


def test_the_victim_is_told_of_for_a_lawful_reason_alone(session: Session, case_id: int, case_officer: Actor) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.draft_referral(written(case_id=case_id, shared=("victim",)), actor=case_officer, now=NOON)
    assert refused.value.field == "lawful_reason"
    new = written(case_id=case_id, shared=("victim",), lawful_reason=LawfulReason.CRIME)
    told = text_of(session, service.draft_referral(new, actor=case_officer, now=NOON), case_officer)
    assert VICTIM in told
    assert "Shared because: To prevent or detect crime" in told


def test_a_neighbour_who_rang_is_named_only_where_that_was_ticked(session: Session, case_officer: Actor) -> None:
    told = NewCall(
        disposition=Disposition.NEW_INCIDENT, caller_name="Nora Neighbour", phone="07700 900321", address=STREET,
        happening="Men are on the roof", source=CallSource.NEIGHBOUR,
        incident=NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.NONE),
    )  # fmt: skip
    incident_id = response.log_call(told, actor=case_officer, now=NOON, is_demo=True).incident_id
    case_id = open_case(NewCase("A roof", victim_name=VICTIM, incident_id=incident_id), actor=case_officer, now=NOON)
    draft = partial(written, case_id=case_id, lawful_reason=LawfulReason.CRIME)
    victim, both = (
        text_of(session, service.draft_referral(draft(shared=shared), actor=case_officer, now=NOON), case_officer)
        for shared in (("victim",), ("victim", "caller"))
    )
    assert VICTIM in victim
    assert [word for word in ("Nora Neighbour", "07700 900321") if word in victim] == []
    assert "Who rang for the victim" in both
    assert [word for word in ("Nora Neighbour", "07700 900321", "Neighbour") if word not in both] == []
    with pytest.raises(RuleViolation) as refused:
        service.draft_referral(written(case_id=case_id, shared=("caller",)), actor=case_officer, now=NOON)
    assert refused.value.field == "lawful_reason"


def test_a_reason_without_the_victim_is_not_kept(session: Session, case_id: int, case_officer: Actor) -> None:
    new = written(case_id=case_id, lawful_reason=LawfulReason.CRIME)
    number = service.draft_referral(new, actor=case_officer, now=NOON)
    assert queries.get_referral(session, number, actor=case_officer, now=NOON).row.lawful_reason is None


def test_from_draft_to_the_outcome(session: Session, case_id: int, case_officer: Actor) -> None:
    number = service.draft_referral(written(case_id=case_id), actor=case_officer, now=NOON)
    service.change_draft(number, written(message="Four men."), actor=case_officer, now=NOON)
    service.record_sending(number, SENT, actor=case_officer, now=NOON + HOUR)
    told = Acknowledgement("PC Example", "CR/17/26")
    service.record_acknowledgement(number, told, actor=case_officer, now=NOON + 2 * HOUR)
    service.record_outcome(number, "They arrested nobody.", actor=case_officer, now=NOON + 3 * HOUR)
    record = queries.get_referral(session, number, actor=case_officer, now=NOON)
    assert (record.state, record.row.their_reference, record.legal) == (State.ENDED, "CR/17/26", ())
    notes = [note.text for note in cases.notes(session, case_id)]
    assert notes == [
        "Information passed to Testshire Police.",
        "Testshire Police acknowledged what we passed to them. Their reference: CR/17/26.",
    ]
    actions = [entry.action for entry in entries_about(session, "referral", number)]
    assert actions == ["drafted", "changed", "sent", "acknowledged", "outcome recorded"]


def test_what_was_sent_stays_when_the_case_changes(session: Session, case_id: int, case_officer: Actor) -> None:
    number = service.draft_referral(written(case_id=case_id), actor=case_officer, now=NOON)
    service.record_sending(number, SENT, actor=case_officer, now=NOON)
    before = text_of(session, number, case_officer)
    with pytest.raises(Conflict):
        service.change_draft(number, written(message="Other."), actor=case_officer, now=NOON)
    with pytest.raises(Conflict):
        service.withdraw_referral(number, "Wrong body.", actor=case_officer, now=NOON)
    for change in ("SET message = 'x'", "SET digest = 'x'", "SET sent_to = 'x'"):
        with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
            session.execute(text(f"UPDATE referral {change}"))
    with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
        session.execute(text("DELETE FROM referral"))
    assert text_of(session, number, case_officer) == before


@pytest.mark.parametrize("late", [-2, 2])
def test_it_was_sent_neither_before_it_was_written_nor_later_than_now(
    session: Session, case_id: int, case_officer: Actor, late: int
) -> None:
    number = service.draft_referral(written(case_id=case_id), actor=case_officer, now=NOON)
    told = Sending(Means.POST, "Their office", NOON + late * HOUR)
    with pytest.raises(RuleViolation) as refused:
        service.record_sending(number, told, actor=case_officer, now=NOON)
    assert refused.value.field == "sent_at"


def test_a_body_of_the_list_gives_its_name_and_kind(
    session: Session, case_id: int, body_id: int, case_officer: Actor
) -> None:
    new = written(case_id=case_id, contact=f"partner:{body_id}", body=None, kind=None)
    row = queries.get_referral(
        session, service.draft_referral(new, actor=case_officer, now=NOON), actor=case_officer, now=NOON
    ).row
    assert (row.body, row.kind, row.partner_id) == (
        "Testshire Police, fraud desk (invented)",
        BodyKind.POLICE,
        body_id,
    )


def test_a_neighbour_can_be_chosen_like_a_body_of_the_list(
    session: Session, case_id: int, case_officer: Actor, officer: Callable[..., Actor]
) -> None:
    near = Contact("E09000011", "Otherborough Trading Standards", email="ts@other.example.org")
    number = borders.add_neighbour(near, actor=case_officer, now=NOON)
    new = written(case_id=case_id, contact=f"neighbour:{number}", body=None, kind=None)
    made = service.draft_referral(new, actor=case_officer, now=NOON)
    row = queries.get_referral(session, made, actor=case_officer, now=NOON).row
    assert (row.body, row.kind) == ("Otherborough Trading Standards", BodyKind.TRADING_STANDARDS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"body": None}, "body"), ({"kind": None}, "kind"), ({"contact": "partner:404"}, "contact")],
)
def test_a_referral_goes_to_somebody(
    session: Session, case_id: int, case_officer: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.draft_referral(written(case_id=case_id, **changes), actor=case_officer, now=NOON)
    assert refused.value.field == field


@pytest.mark.parametrize("of", [{}, {"case_id": 1, "incident_id": 1}])
def test_a_referral_is_about_one_case_or_one_incident(
    session: Session, case_officer: Actor, of: dict[str, object]
) -> None:
    with pytest.raises(RuleViolation):
        service.draft_referral(written(**of), actor=case_officer, now=NOON)


def test_there_is_no_referral_of_nothing(session: Session, case_officer: Actor) -> None:
    with pytest.raises(NotFound):
        service.draft_referral(written(incident_id=404), actor=case_officer, now=NOON)


def test_of_a_restricted_case_nobody_sees_it_without_a_grant(
    session: Session, case_id: int, case_officer: Actor
) -> None:
    number = service.draft_referral(written(case_id=case_id), actor=case_officer, now=NOON)
    with transaction() as changing:
        root = (Subject.CASE, case_id)
        tiers.restrict(changing, *root, root, "An officer is a witness.", actor=SERVICE, now=NOON)
    assert queries.list_referrals(session, actor=case_officer, now=NOON).items == []
    with pytest.raises(Withheld):
        queries.get_referral(session, number, actor=case_officer, now=NOON)
    with pytest.raises(Withheld):
        service.record_sending(number, SENT, actor=case_officer, now=NOON)


def test_a_body_is_changed_verified_and_taken_off_the_list(session: Session, body_id: int, case_officer: Actor) -> None:
    again = NewBody(BodyKind.POLICE, "Testshire Police", phone="01632 960123")
    bodies.change_body(body_id, again, actor=case_officer, now=NOON + 24 * HOUR)
    assert bodies.get_body(session, body_id).verified_on == (NOON + 24 * HOUR).date()
    bodies.end_body(body_id, actor=case_officer, now=NOON)
    assert bodies.list_bodies(session) == []
    bodies.add_body(again, actor=case_officer, now=NOON)
    with pytest.raises(RuleViolation, match="already"):
        bodies.add_body(again, actor=case_officer, now=NOON)
    with pytest.raises(NotFound):
        bodies.end_body(body_id, actor=case_officer, now=NOON)


def test_a_body_can_be_reached(session: Session, case_officer: Actor) -> None:
    with pytest.raises(RuleViolation):
        bodies.add_body(NewBody(BodyKind.BANK, "A bank"), actor=case_officer, now=NOON)


def test_a_list_asks_the_database_no_more_the_longer_it_is(session: Session, case_id: int, case_officer: Actor) -> None:
    call = NewCall(
        disposition=Disposition.NEW_INCIDENT,
        happening="Men at the door",
        incident=NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.NONE),
    )
    asked, names = [], [cases.get_case(session, case_id).reference]
    service.draft_referral(written(case_id=case_id), actor=case_officer, now=NOON)
    for _ in range(2):
        incident_id = response.log_call(call, actor=case_officer, now=NOON).incident_id or 0
        service.draft_referral(written(incident_id=incident_id), actor=case_officer, now=NOON)
        names.insert(0, get_incident(session, incident_id).reference)
        with statements() as found:
            page = queries.list_referrals(session, actor=case_officer, now=NOON)
        asked.append(len(found))
        assert [each.reference for each in page.items] == names
    assert asked[1] == asked[0]
