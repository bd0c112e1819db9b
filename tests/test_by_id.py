"""One row by its id: found, refused in words, and read anew where it is to be changed."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.by_id import get_by_id
from tsalert.core.errors import NotFound
from tsalert.core.keys import LARGEST_ID
from tsalert.visitors.models import VisitorCode

SAID = "There is no such code."


@pytest.fixture
def code(session: Session) -> VisitorCode:
    made = VisitorCode(purpose="join", record_id=7, digest="d", made_at=NOW, tries=0, used_at=None)
    session.add(made)
    session.flush()
    return made


def test_a_row_is_found_by_its_id(session: Session, code: VisitorCode) -> None:
    assert get_by_id(session, VisitorCode, code.id, SAID) is code


@pytest.mark.parametrize("number", [0, -1, LARGEST_ID, LARGEST_ID + 1, 2**70])
def test_what_there_is_not_is_refused_in_words(session: Session, number: int) -> None:
    for lock in (False, True):
        with pytest.raises(NotFound, match=SAID):
            get_by_id(session, VisitorCode, number, SAID, lock=lock)


def test_a_locked_row_is_read_as_it_stands_and_loses_nothing_of_what_was_changed(
    session: Session, code: VisitorCode
) -> None:
    session.execute(text("UPDATE visitor_code SET tries = 3 WHERE id = :id"), {"id": code.id})
    code.record_id = 8
    assert get_by_id(session, VisitorCode, code.id, SAID).tries == 0
    found = get_by_id(session, VisitorCode, code.id, SAID, lock=True)
    assert (found.tries, found.record_id) == (3, 8)
