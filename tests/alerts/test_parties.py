"""Who is party to the case of an alert already, said where its readers are chosen."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.alerts.conftest import add_case
from tests.conftest import NOW
from tsalert.alerts.audience.parties import Party, known_kinds, parties_of
from tsalert.cases.models import CaseFile
from tsalert.cases.partners import NewReferral, record_referral, referrals_of, take_back_referral
from tsalert.cases.vocabulary import PartnerBody, Source
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.handover import service as handing_over
from tsalert.handover.rules import NewHandover
from tsalert.referrals import rules as referring
from tsalert.referrals import service as referrals
from tsalert.referrals.vocabulary import BodyKind, Means
from tsalert.staff.rules import RoleName
from tsalert.subscribers.profiles import PartnerKind
from tsalert.tiers.service import restrict
from tsalert.tiers.vocabulary import Subject

BRANCH = "Invented Bank, High Street (bank or building society)"


@pytest.fixture
def worker(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.CASE_OFFICER, RoleName.DUTY_OFFICER)


@pytest.fixture
def case_id(session: Session, worker: Actor) -> int:
    """A case that a branch of a bank passed to us."""
    number = add_case(session, summary="Invented.")
    passed = NewReferral(PartnerBody.BANK, london_date(NOW), "Invented Bank, High Street")
    record_referral(number, passed, actor=worker, now=NOW)
    return number


def names(session: Session, case_id: int, actor: Actor) -> list[tuple[str, str]]:
    return [(each.name, each.part) for each in parties_of(session, case_id, actor=actor, now=NOW)]


def test_form_and_interface_say_who_is_party_to_the_case_and_of_which_kind_they_seem_to_be(
    session: Session, signed_in: Callable[..., FlaskClient], client: FlaskClient, bearer: Callable[..., dict[str, str]],
    case_id: int,
) -> None:  # fmt: skip
    session.add(PartnerKind(name="Banks and building societies"))
    session.commit()
    form = signed_in().get(f"/alerts/new?case_id={case_id}").text
    assert f"Party to the case already: {BRANCH} passed it to us." in form
    beside = rf"Banks and building societies\s+</label>.{{0,200}}Party to the case already: {re.escape(BRANCH)}"
    assert re.search(beside, form, re.DOTALL)
    assert "Party to the case" not in signed_in().get("/alerts/new").text
    asked = f"/api/v1/alert-templates/beginning?case_id={case_id}"
    answer = client.get(asked, headers=bearer()).json
    assert answer is not None
    assert answer["parties"] == [{"name": BRANCH, "part": "passed it to us"}]


def test_each_body_that_was_told_or_told_us_counts_once_and_what_was_not_sent_does_not(
    session: Session, case_id: int, worker: Actor
) -> None:
    session.get_one(CaseFile, case_id).source = Source.BANK
    session.commit()
    told = referring.NewReferral("He is back.", BodyKind.POLICE, "Police (invented)", case_id=case_id)
    number = referrals.draft_referral(told, actor=worker, now=NOW)
    assert names(session, case_id, worker) == [(BRANCH, "passed it to us")]
    referrals.record_sending(number, referring.Sending(Means.TELEPHONE, "999"), actor=worker, now=NOW)
    offered = NewHandover("Otherborough (invented)", "They live there.", case_id=case_id)
    handing_over.offer_handover(handing_over.draft_handover(offered, actor=worker, now=NOW), actor=worker, now=NOW)
    session.get_one(CaseFile, case_id).source = Source.ADULT_SOCIAL_CARE
    session.commit()
    (passed,) = referrals_of(session, case_id)
    take_back_referral(case_id, passed.id, "It was of another case.", actor=worker, now=NOW)
    assert names(session, case_id, worker) == [
        ("Adult social care", "told us of it"),
        ("Police (invented)", "was told of it"),
        ("Otherborough (invented)", "was offered it"),
    ]


def test_of_a_case_that_is_kept_from_somebody_nobody_is_named(
    session: Session, case_id: int, worker: Actor, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER)
    restrict(session, Subject.CASE, case_id, (Subject.CASE, case_id), "A colleague's family.", actor=manager, now=NOW)
    assert names(session, case_id, worker) == []


def test_kinds_are_told_by_the_words_that_say_something() -> None:
    parties = [Party("Adult social care", "told us of it"), Party("Another council team", "told us of it")]
    kinds = {1: "Adult care teams", 2: "Council services", 3: "Library", 4: "Police"}
    assert known_kinds(kinds, parties) == {1: "Party to the case already: Adult social care."}
