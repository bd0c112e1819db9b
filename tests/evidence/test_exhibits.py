"""Exhibits have a reference, a chain that only grows, and may be objects or made from others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.conftest import PASSWORD
from tests.evidence.conftest import NOW, Recorder, arrived, close
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.core.actors import Actor, Via
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import db, transaction
from tsalert.evidence import queries, service
from tsalert.evidence.models import CustodyEvent
from tsalert.evidence.rules import NewCustody, NewExhibit
from tsalert.evidence.vocabulary import CustodyKind
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

Link = Callable[..., int]


@pytest.fixture
def link(case_id: int, actor: Actor) -> Link:
    """Add to an exhibit's chain: ``link(exhibit_id, CustodyKind.STORED, place="Store 2")``."""

    def add(exhibit_id: int, kind: CustodyKind, **said: object) -> int:
        new = NewCustody(kind, **said)  # type: ignore[arg-type]
        return service.record_custody(case_id, exhibit_id, new, actor=actor, now=NOW)

    return add


def test_exhibits_are_numbered_by_the_officers_initials(case_id: int, actor: Actor, exhibit: Recorder) -> None:
    for said in ({}, {}, {"initials": "ab"}, {"number": 9}, {}):
        exhibit(**said)
    found = queries.dossier(db.session(), case_id).exhibits
    assert [held.row.reference for held in found] == ["AB/1", "RT/1", "RT/2", "RT/9", "RT/10"]
    assert found[1].row.found_by == actor.name


def test_a_label_that_another_exhibit_bears_is_refused(exhibit: Recorder) -> None:
    exhibit()
    with pytest.raises(Conflict, match="RT/1 is another exhibit"):
        exhibit(number=1)


def test_each_case_begins_with_number_one(case_id: int, actor: Actor, exhibit: Recorder) -> None:
    exhibit()
    other = cases.open_case(described(), actor=actor, now=NOW)
    made = service.record_exhibit(other, NewExhibit("A van"), None, actor=actor, now=NOW)
    assert queries.get_exhibit(db.session(), other, made).reference == "RT/1"


def test_an_exhibit_may_be_an_object_or_come_with_its_file(case_id: int, exhibit: Recorder) -> None:
    ladder, receipt = exhibit(description="A ladder"), exhibit(arrived())
    assert queries.held(db.session(), case_id, ladder).files == []
    assert [file.name for file in queries.held(db.session(), case_id, receipt).files] == ["receipt.pdf"]


def test_a_derivative_names_its_original(case_id: int, exhibit: Recorder) -> None:
    original = exhibit(description="Film of the doorbell")
    enhanced = exhibit(arrived(), description="Still, brightened", original=original)
    found = queries.held(db.session(), case_id, enhanced).original
    assert found is not None
    assert found.id == original
    with pytest.raises(NotFound):
        exhibit(original=original + 1000)


def test_a_file_of_the_case_becomes_an_exhibit_once(case_id: int, exhibit: Recorder, add: Recorder) -> None:
    file_id = add()
    made = exhibit(file_id=file_id)
    assert queries.get_file(db.session(), case_id, file_id).exhibit_id == made
    assert queries.dossier(db.session(), case_id).attachments == []
    with pytest.raises(Conflict, match="exhibit already"):
        exhibit(file_id=file_id)


def test_what_was_found_tomorrow_or_before_there_were_computers_is_refused(exhibit: Recorder) -> None:
    for days in (1, -40_000):
        with pytest.raises(RuleViolation):
            exhibit(found_at=NOW + timedelta(days=days))


def test_the_chain_stands_in_the_order_in_which_things_happened(case_id: int, exhibit: Recorder, link: Link) -> None:
    made = exhibit()
    link(made, CustodyKind.STORED, place="Store 2, shelf 4")
    link(made, CustodyKind.SEIZED, occurred_at=NOW - timedelta(days=2), person="Ada Example")
    link(made, CustodyKind.SEALED, occurred_at=NOW - timedelta(days=1), seal_number="B0012345")
    held = queries.held(db.session(), case_id, made)
    assert [each.kind for each in held.chain] == ["seized", "sealed", "stored"]
    assert held.last is held.chain[-1]
    assert len(audit.entries_about(db.session(), "exhibit", made)) == 4


def test_a_wrong_entry_is_superseded_once_and_stays(case_id: int, exhibit: Recorder, link: Link) -> None:
    made = exhibit()
    wrong = link(made, CustodyKind.DESTROYED, note="Mistaken for RT/2")
    with pytest.raises(Conflict, match="destroyed before this"):
        link(made, CustodyKind.STORED, place="Store 2")
    link(made, CustodyKind.STORED, place="Store 2", supersedes=wrong)
    held = queries.held(db.session(), case_id, made)
    assert (len(held.chain), [each.kind for each in held.standing]) == (2, ["stored"])
    with pytest.raises(Conflict, match="corrected already"):
        link(made, CustodyKind.STORED, place="Store 3", supersedes=wrong)
    with pytest.raises(RuleViolation, match="no such entry"):
        link(exhibit(), CustodyKind.STORED, place="Store 3", supersedes=wrong)


def test_a_closed_case_still_says_where_its_exhibits_went_and_takes_no_new_ones(
    case_id: int, actor: Actor, exhibit: Recorder, link: Link
) -> None:
    made = exhibit()
    close(case_id, actor)
    link(made, CustodyKind.RETURNED, person="Ada Example")
    with pytest.raises(Conflict, match="is closed"):
        exhibit()


@pytest.mark.parametrize(
    "act", [update(CustodyEvent).values(kind="destroyed"), delete(CustodyEvent)], ids=["rewrite", "delete"]
)
def test_the_database_itself_refuses_to_rewrite_a_chain(
    session: Session, exhibit: Recorder, link: Link, act: object
) -> None:
    link(exhibit(), CustodyKind.STORED, place="Store 2")
    with pytest.raises(DBAPIError, match="never rewritten"), transaction() as changing:
        changing.execute(act)  # type: ignore[call-overload]


def test_officers_who_record_at_once_never_share_a_label(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        staff.create_officer(
            "a@example.org", name="Robin Tate", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW
        )
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "a@example.org"), Via.PAGE)
        case_id = cases.open_case(described(), actor=actor, now=NOW)

    def record(_: int) -> int:
        with fresh_app.app_context():
            try:
                return service.record_exhibit(case_id, NewExhibit("A tin"), None, actor=actor, now=NOW)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as officers:
        list(officers.map(record, range(24)))
    with fresh_app.app_context():
        numbers = sorted(row.number for row in queries.exhibits(db.session(), case_id))
    assert numbers == list(range(1, 25))
