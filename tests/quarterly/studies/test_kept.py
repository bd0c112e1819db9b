"""What becomes of a study once the time of its case is over, and what its report goes on to tell."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.conftest import Desk
from tests.quarterly.studies.conftest import QUARTER, TEXT, THEN, begun, read, signed, writing
from tests.retention.conftest import desk_of
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.quarterly import editions, opening, queries
from tsalert.quarterly.content import Prose
from tsalert.quarterly.studies import sections, service
from tsalert.quarterly.vocabulary import Edition, Ground, SectionKey
from tsalert.retention.held.entries import REMOVED


def erased(officer: Callable[..., Actor]) -> None:
    """Erase whatever is due seven years after the case was closed."""
    desk_of(officer).erase(now=THEN.replace(year=2029))


def told(session: Session) -> list[Prose]:
    blocks = sections.studies_section(session, QUARTER).blocks
    return [block for block in blocks if isinstance(block, Prose) and block.title]


def test_the_board_and_the_public_read_a_signed_study_in_the_report(
    session: Session, desk: Desk, case_id: int, author: Actor, second: Actor
) -> None:
    study_id = begun(case_id, author)
    service.save_text(case_id, study_id, writing(), after=1, actor=author, now=NOW)
    signed(session, case_id, study_id, author, second)
    desk.lock()
    for edition in Edition:
        report = desk.whole().editions[edition]
        (section,) = [each for each in report.sections if each.key is SectionKey.CASE_STUDIES]
        assert section.blocks == (Prose(TEXT, "Thirteen visits for one hedge"),)


def test_a_published_study_is_told_on_by_its_report_when_its_case_names_nobody_any_more(
    session: Session, desk: Desk, case_id: int, author: Actor, second: Actor, officer: Callable[..., Actor]
) -> None:
    study_id = begun(case_id, author)
    service.save_text(case_id, study_id, writing(), after=1, actor=author, now=NOW)
    signed(session, case_id, study_id, author, second)
    desk.finish()
    erased(officer)
    db.session.expire_all()
    study = read(session, case_id, study_id, author)
    assert [(each.title, each.body) for each in study.versions] == [(REMOVED, REMOVED)] * 2
    assert told(session) == [Prose(TEXT, "Thirteen visits for one hedge")]
    opening.revise(QUARTER, "A figure came late.", Ground.LATE, actor=author, now=NOW)
    report = queries.get_report(session, QUARTER)
    board = editions.edition_of(session, report, Edition.BOARD, memory=desk.memory, now=NOW)
    assert TEXT in [block.text for each in board.sections for block in each.blocks if isinstance(block, Prose)]


def test_one_that_was_never_published_goes_with_its_case(
    session: Session, case_id: int, author: Actor, second: Actor, officer: Callable[..., Actor]
) -> None:
    signed(session, case_id, begun(case_id, author), author, second)
    erased(officer)
    db.session.expire_all()
    assert told(session) == []
    (left,) = sections.left_out(session, QUARTER)
    assert "went with its case" in left.why
