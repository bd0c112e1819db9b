"""An auditor compares reports with their digests, signatures and the trail, and is told of whatever differs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.conftest import QUARTER, Desk, Records
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.periods import quarter
from tsalert.db import db
from tsalert.quarterly import life, opening, texts, verifying
from tsalert.quarterly.keeping import digest as digest_of
from tsalert.quarterly.texts import Place
from tsalert.quarterly.vocabulary import Ground, SectionKey, SignatureRole, Status
from tsalert.staff.rules import RoleName

_GUARDS = {
    "board_report": ("board_report_kept", "board_report_no_delete"),
    "audit_event": ("audit_event_no_delete",),
    "board_signature": ("board_signature_no_update", "board_signature_no_delete", "board_signature_no_replace"),
}
_UNPUBLISH = (
    "UPDATE board_report SET status = 'draft', locked_at = NULL, figures = NULL, published_at = NULL, "
    "frozen = NULL, digest = NULL"
)


def tamper(change: str, **told: object) -> None:
    """Change what is kept as somebody does who may change the database itself."""
    for table, guards in _GUARDS.items():
        if db.engine.dialect.name == "sqlite":
            for guard in guards:
                db.session.execute(text(f"DROP TRIGGER IF EXISTS {guard}"))
        else:
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    db.session.execute(text(change), told)
    db.session.expire_all()


def faults(session: Session) -> list[str]:
    return [fault for verdict in verifying.verify(session) for fault in verdict.faults]


def test_what_was_published_and_revised_is_what_it_was(session: Session, desk: Desk, records: Records) -> None:
    desk.lock()
    life.unlock(QUARTER, "Two talks were missing", actor=desk.author, now=NOW)
    desk.lock()
    desk.sign(SignatureRole.AUTHOR)
    texts.save_text(QUARTER, Place(SectionKey.AHEAD), "More talks.", seen=0, actor=desk.author, now=NOW)
    desk.sign_both()
    digest = desk.publish()
    records.talks["school"] = 13
    opening.revise(QUARTER, "A talk was entered late", Ground.LATE, actor=desk.second, now=NOW + timedelta(days=1))
    found = verifying.verify(session)
    assert [(each.revision, each.status, each.digest, each.faults) for each in found] == [
        (1, Status.PUBLISHED, digest, ()),
        (2, Status.DRAFT, None, ()),
    ]
    assert verifying.missing(session) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE board_report SET frozen = REPLACE(frozen, '12', '21')", "does not have the digest"),
        ("UPDATE board_report SET frozen = '{'", "cannot be read"),
        ("UPDATE board_report SET frozen = '[]'", "cannot be read"),
        ("UPDATE board_report SET figures = REPLACE(figures, '12', '21')", "What was locked is not"),
        ("UPDATE board_report SET figures = REPLACE(figures, '12', '21')", "does not show the figures"),
        ("UPDATE board_report SET digest = 'abc'", "What was published is not"),
        ("UPDATE board_report SET board = 'Another board'", "head of the public edition"),
        (_UNPUBLISH, "is no longer published"),
        ("UPDATE board_signature SET digest = 'abc'", "gone or changed"),
        ("UPDATE board_signature SET digest = 'abc'", "No signature of it holds: author"),
        ("UPDATE board_signature SET role = 'author'", "No signature of it holds: second person"),
        ("DELETE FROM board_signature WHERE role = 'second'", "gone or changed"),
        ("UPDATE board_signature SET signed_by = (SELECT min(signed_by) FROM board_signature)", "both capacities"),
    ],
)  # fmt: skip
def test_whatever_was_changed_behind_the_program_is_told(session: Session, desk: Desk, change: str, said: str) -> None:
    desk.finish()
    assert faults(session) == []
    tamper(change)
    assert [fault for fault in faults(session) if said in fault], faults(session)


def test_another_text_under_a_digest_of_its_own_is_told_by_the_trail(session: Session, desk: Desk) -> None:
    desk.finish()
    frozen = session.scalars(text("SELECT frozen FROM board_report")).one().replace('"12"', '"21"')
    tamper("UPDATE board_report SET frozen = :frozen, digest = :digest", frozen=frozen, digest=digest_of(frozen))
    assert "What was published is not what the trail tells of." in faults(session)


def test_figures_that_were_changed_while_they_were_locked_are_told(session: Session, desk: Desk) -> None:
    desk.lock()
    desk.sign(SignatureRole.AUTHOR)
    assert faults(session) == []
    tamper("UPDATE board_report SET figures = REPLACE(figures, '12', '21')")
    assert faults(session) == ["What was locked is not what the trail tells of."]


def test_a_report_or_a_revision_that_is_gone_is_told(session: Session, desk: Desk) -> None:
    desk.finish()
    opening.revise(QUARTER, "Late", Ground.LATE, actor=desk.author, now=NOW)
    tamper("DELETE FROM board_signature")
    tamper("DELETE FROM board_report WHERE revision = 1")
    assert "Revision 1 is gone." in faults(session)
    assert len(verifying.missing(session)) == 1


def test_what_the_trail_has_let_go_of_is_compared_with_nothing_else(session: Session, desk: Desk) -> None:
    desk.finish()
    opening.revise(QUARTER, "Late", Ground.LATE, actor=desk.author, now=NOW + timedelta(days=3000))
    tamper("DELETE FROM audit_event WHERE id < (SELECT max(id) FROM audit_event)")
    assert (faults(session), verifying.missing(session)) == ([], ())


def test_the_command_says_what_it_found_and_ends_with_1_if_anything_differs(
    command: Callable[..., Result], desk: Desk
) -> None:
    digest = desk.finish()
    result = command("reports", "verify", "2022/23", "Q1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"2022/23 Q1  revision 1  Published  {digest}" in result.stdout
    assert "Revisions compared: 1. Not what they were: 0." in result.stdout
    tamper("UPDATE board_report SET frozen = '{'")
    result = command("reports", "verify")
    assert result.exit_code == 1
    assert "2022/23 Q1  revision 1: It cannot be read as a report." in result.stderr
    assert digest not in result.stdout


def test_a_quarter_without_a_report_cannot_be_compared(session: Session, officer: Callable[..., Actor]) -> None:
    opening.open_report(QUARTER, actor=officer(RoleName.MANAGER), now=NOW)
    with pytest.raises(NotFound, match="2022/23 Q2"):
        verifying.verify(session, quarter(2022, 2))
