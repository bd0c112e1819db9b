"""A report's life: locked, signed by two people who read the same, published once, and revised in the open."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.conftest import QUARTER, Desk, Records
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, Overtaken, RuleViolation
from tsalert.core.periods import quarter
from tsalert.db import db
from tsalert.quarterly import editions, keeping, life, opening, queries, restating, texts, verifying, withdrawing
from tsalert.quarterly.life import Details
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.signing import digest_of, digest_of_published, holding
from tsalert.quarterly.texts import Place
from tsalert.quarterly.vocabulary import Edition, Ground, SectionKey, SignatureRole, Status
from tsalert.staff.rules import RoleName

AUTHOR, SECOND = SignatureRole.AUTHOR, SignatureRole.SECOND
BOARD, PUBLIC = Edition.BOARD, Edition.PUBLIC
HEADLINES = Place(SectionKey.HEADLINES)


def shown(desk: Desk, edition: Edition = BOARD) -> list[str]:
    tables = [table for table in desk.whole().editions[edition].tables() if table.key == "talks"]
    return [figure.shown for table in tables for row in table.rows for figure in row.figures]


def status(session: Session) -> str:
    return queries.get_report(session, QUARTER).status


def test_figures_follow_the_records_until_they_are_locked_and_not_after(desk: Desk, records: Records) -> None:
    records.talks["school"] = 13
    assert shown(desk) == ["13", "7"]
    desk.lock()
    records.talks["school"] = 14
    assert shown(desk) == ["13", "7"]


def test_a_lock_says_who_locked_and_when(session: Session, desk: Desk) -> None:
    desk.lock()
    report = queries.get_report(session, QUARTER)
    assert (report.status, report.locked_by, report.locked_at) == (Status.LOCKED, desk.author.officer_id, NOW)
    with pytest.raises(Conflict, match="Figures locked") as refusal:
        desk.lock()
    assert "unlock its figures" in refusal.value.legal


def test_a_quarter_that_runs_is_locked_no_sooner_than_it_is_over(officer: Callable[..., Actor], desk: Desk) -> None:
    running, manager = quarter(2026, 1), officer(RoleName.MANAGER)
    opening.open_report(running, actor=manager, now=NOW)
    last_evening = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)
    for now in (NOW, last_evening):
        with pytest.raises(Conflict, match="from 1 July 2026"):
            life.lock(running, actor=manager, now=now)
    report = queries.get_report(db.session(), running)
    head = editions.edition_of(db.session(), report, BOARD, memory=desk.memory, now=NOW).head
    assert head.is_provisional
    life.lock(running, actor=manager, now=last_evening + timedelta(minutes=1))


def test_unlocking_says_why_takes_new_figures_and_lets_no_signature_hold(
    session: Session, desk: Desk, records: Records
) -> None:
    desk.lock()
    desk.sign(AUTHOR)
    life.unlock(QUARTER, "Two talks were missing", actor=desk.author, now=NOW)
    assert status(session) == Status.DRAFT
    assert [each.reason for each in queries.unlockings_of(session, queries.get_report(session, QUARTER))] == [
        "Two talks were missing"
    ]
    desk.lock(now=NOW + timedelta(minutes=1))
    assert holding(desk.whole().signatures) == {}, "the same figures, locked again, are not what was signed"
    assert len(desk.whole().signatures) == 1


def test_two_people_sign_what_they_read_and_it_is_published(session: Session, desk: Desk) -> None:
    desk.lock()
    desk.sign(AUTHOR)
    assert status(session) == Status.LOCKED
    desk.sign(SECOND)
    assert (status(session), desk.whole().status) == (Status.SIGNED, Status.SIGNED)
    digest = desk.publish()
    report = queries.get_report(session, QUARTER)
    assert (report.status, report.published_by, report.digest) == (Status.PUBLISHED, desk.second.officer_id, digest)
    board, public = (desk.whole().editions[edition].head for edition in (BOARD, PUBLIC))
    assert board.signatures == ("Ali Author, author, 10 June 2026", "Sam Second, second person, 10 June 2026")
    assert public.signatures == ("Author, 10 June 2026", "Second person, 10 June 2026")
    assert (board.author, public.author) == ("Ali Author", "Trading Standards officer")
    assert board.published_on == date(2026, 6, 10)


def test_what_was_published_has_the_digest_that_was_kept_and_what_was_signed_can_be_proved(
    session: Session, desk: Desk
) -> None:
    desk.lock()
    seen = desk.whole().digest
    desk.sign_both()
    desk.publish()
    report = queries.get_report(session, QUARTER)
    again = keeping.freeze({edition.value: each for edition, each in editions.thawed(report).items()})
    assert keeping.digest(again) == report.digest
    assert desk.whole().digest == seen
    assert set(holding(desk.whole().signatures)) == {AUTHOR, SECOND}


def test_the_public_edition_names_no_officer_anywhere(session: Session, desk: Desk) -> None:
    desk.finish()
    public = keeping.freeze(editions.thawed(queries.get_report(session, QUARTER))[PUBLIC])
    assert "Ali" not in public
    assert "Sam" not in public


def test_a_changed_word_lets_no_signature_hold_and_nothing_is_published(session: Session, desk: Desk) -> None:
    desk.lock()
    desk.sign_both()
    texts.save_text(QUARTER, HEADLINES, "More talks.", seen=0, actor=desk.author, now=NOW)
    assert desk.whole().status is Status.LOCKED
    with pytest.raises(Conflict, match="author and second person") as refusal:
        desk.publish()
    assert refusal.value.legal == life.LEGAL[Status.LOCKED]
    desk.sign_both()
    desk.publish()
    assert len(desk.whole().signatures) == 4


def test_another_meeting_or_author_is_another_report_to_sign(desk: Desk, officer: Callable[..., Actor]) -> None:
    desk.lock()
    desk.sign_both()
    details = Details("A board", desk.author.officer_id, date(2022, 7, 27))
    life.describe(QUARTER, details, actor=desk.author, now=NOW)
    assert holding(desk.whole().signatures) == {}
    desk.sign_both()
    other = officer(RoleName.CASE_OFFICER, name="Ali Author")
    life.describe(QUARTER, replace(details, author_id=other.officer_id), actor=desk.author, now=NOW)
    assert holding(desk.whole().signatures) == {}, "another officer of the same name is another author"


def test_only_who_may_write_it_is_its_author(desk: Desk, officer: Callable[..., Actor]) -> None:
    with pytest.raises(RuleViolation, match="who may write") as refusal:
        life.describe(QUARTER, Details("A board", officer().officer_id, None), actor=desk.author, now=NOW)
    assert refusal.value.field == "author_id"
    life.describe(QUARTER, Details("A board", None, None), actor=desk.author, now=NOW)
    assert desk.whole().editions[BOARD].head.author == "Not yet named"


def test_nobody_signs_what_they_did_not_read(desk: Desk) -> None:
    desk.lock()
    seen = desk.whole().digest
    texts.save_text(QUARTER, HEADLINES, "More talks.", seen=0, actor=desk.author, now=NOW)
    for digest in (seen, "0" * 64):
        with pytest.raises(Overtaken, match="Read it again"):
            desk.sign(AUTHOR, digest=digest)
    assert desk.whole().signatures == []


def test_each_signs_in_their_own_capacity_and_once(desk: Desk, officer: Callable[..., Actor]) -> None:
    manager = officer(RoleName.MANAGER)
    life.describe(QUARTER, Details("A board", manager.officer_id, None), actor=manager, now=NOW)
    desk.lock()
    with pytest.raises(RuleViolation, match="An officer other than its author"):
        desk.sign(SECOND, actor=manager)
    with pytest.raises(RuleViolation, match="Its author alone"):
        desk.sign(AUTHOR, actor=desk.second)
    with pytest.raises(NotAllowed, match="sign and publish"):
        desk.sign(SECOND, actor=officer(RoleName.CASE_OFFICER))
    desk.sign(AUTHOR, actor=manager)
    with pytest.raises(Conflict, match="signed already"):
        desk.sign(AUTHOR, actor=manager)


def test_a_draft_is_neither_signed_nor_published_nor_unlocked(desk: Desk) -> None:
    acts: list[Callable[[], object]] = [
        lambda: desk.sign(AUTHOR),
        desk.publish,
        lambda: life.unlock(QUARTER, "Why", actor=desk.author, now=NOW),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="at “Draft”") as refusal:
            act()
        assert refusal.value.legal == life.LEGAL[Status.DRAFT]


def test_one_signature_is_not_enough(desk: Desk) -> None:
    desk.lock()
    desk.sign(SECOND)
    with pytest.raises(Conflict, match="says now: author"):
        desk.publish()


def test_nothing_is_done_to_a_published_report_but_revise_it(desk: Desk) -> None:
    desk.finish()
    acts: list[Callable[[], object]] = [
        desk.lock,
        desk.publish,
        lambda: desk.sign(AUTHOR),
        lambda: life.unlock(QUARTER, "Why", actor=desk.author, now=NOW),
        lambda: life.describe(QUARTER, Details("B", None, None), actor=desk.author, now=NOW),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="ublished") as refusal:
            act()
        assert refusal.value.legal == ("open a revision",)


def test_who_may_only_read_takes_no_step(desk: Desk, officer: Callable[..., Actor]) -> None:
    reader = officer()
    acts: list[Callable[[], object]] = [
        lambda: desk.lock(actor=reader),
        lambda: desk.publish(actor=reader),
        lambda: desk.publish(actor=desk.author),
        lambda: desk.sign(AUTHOR, actor=reader, digest="0"),
        lambda: life.unlock(QUARTER, "Why", actor=reader, now=NOW),
        lambda: life.describe(QUARTER, Details("B", None, None), actor=reader, now=NOW),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_a_quarter_without_a_report_has_no_life(desk: Desk) -> None:
    with pytest.raises(NotFound):
        life.lock(quarter(2022, 2), actor=desk.author, now=NOW)


def test_a_late_record_appears_at_the_next_revision_with_its_restated_cell(
    session: Session, desk: Desk, records: Records
) -> None:
    desk.finish()
    records.talks["school"] = 13
    assert shown(desk) == ["12", "7"]
    opening.revise(QUARTER, "A talk was entered late", Ground.LATE, actor=desk.author, now=NOW)
    assert shown(desk) == ["13", "7"]
    desk.finish()
    for edition in Edition:
        report = desk.whole().editions[edition]
        annex = next(section for section in report.sections if section.key is SectionKey.DATA_QUALITY)
        why, table = annex.blocks
        told = {Edition.BOARD: "A talk was entered late", Edition.PUBLIC: Ground.LATE.label}[edition]
        assert why.text == f"Revision 2: {told}"  # type: ignore[union-attr]
        cells = [(row.title, *(figure.shown for figure in row.figures)) for row in table.rows]  # type: ignore[union-attr]
        assert cells == [("Talks", "School", "Number", "12", "13")]
        assert (table.key, report.head.revision) == (restating.KEY, 2)  # type: ignore[union-attr]
    first = editions.thawed(queries.get_report(session, QUARTER, 1))
    assert first[BOARD].tables()[0].rows[0].figures[0].shown == "12"


def test_what_was_taken_off_is_not_told_to_the_public_again_as_what_was_restated(
    session: Session, desk: Desk, records: Records
) -> None:
    desk.finish()
    records.talks["school"] = 13
    opening.revise(QUARTER, "The number named somebody", Ground.CORRECTED, actor=desk.author, now=NOW)
    desk.lock()
    desk.sign_both()
    withdrawing.withdraw(QUARTER, 1, "It named somebody", actor=desk.second, now=NOW)
    with pytest.raises(Conflict):
        desk.publish()
    desk.sign_both()
    desk.publish()
    board, public = (desk.whole().editions[edition] for edition in (BOARD, PUBLIC))
    assert [table.key for table in board.tables()].count(restating.KEY) == 1
    assert restating.KEY not in [table.key for table in public.tables()]
    assert "What was published before was taken off these pages." in keeping.freeze(public)
    assert [each.faults for each in verifying.verify(session)] == [(), ()]


def test_why_a_report_is_revised_reaches_the_public_in_no_words_of_the_writers(session: Session, desk: Desk) -> None:
    desk.finish()
    opening.revise(QUARTER, "Val Example paid £4,000 twice", Ground.CORRECTED, actor=desk.author, now=NOW)
    desk.finish()
    board, public = (keeping.freeze(desk.whole().editions[edition]) for edition in (BOARD, PUBLIC))
    assert "Val Example" in board
    assert "Val Example" not in public
    assert Ground.CORRECTED.label in public
    assert [each.faults for each in verifying.verify(session)] == [(), ()]


def test_a_revision_is_for_the_same_board_and_whoever_opens_it_writes_it(desk: Desk) -> None:
    life.describe(QUARTER, Details("The Town Board", desk.author.officer_id, None), actor=desk.author, now=NOW)
    desk.finish()
    opening.revise(QUARTER, "A word was wrong", Ground.TEXT, actor=desk.second, now=NOW)
    head = desk.whole().editions[BOARD].head
    assert (head.board, head.author, head.reason) == ("The Town Board", "Sam Second", "A word was wrong")


def test_a_part_that_reports_gain_later_lets_no_old_signature_lapse(session: Session, desk: Desk) -> None:
    desk.finish()
    row = queries.get_report(session, QUARTER)
    assert row.frozen
    older = BoardReport(author_id=row.author_id, locked_at=row.locked_at, frozen=row.frozen.replace('"reason":"",', ""))
    signed = digest_of_published(older)
    assert signed != digest_of_published(row)
    assert signed != digest_of(editions.thawed(older), older), "read anew it has the part that it was signed without"
    assert set(holding(desk.whole().signatures)) == {AUTHOR, SECOND}


def test_a_revision_that_restates_nothing_says_so(desk: Desk) -> None:
    desk.finish()
    opening.revise(QUARTER, "A word was wrong", Ground.TEXT, actor=desk.author, now=NOW)
    table = desk.whole().editions[PUBLIC].tables()[-1]
    assert (table.rows, table.notes) == ((), ("No published figure is restated.",))


def test_what_is_for_the_board_alone_stays_out_of_the_public_edition(desk: Desk) -> None:
    private = Place(SectionKey.HEADLINES, is_exempt=True)
    texts.save_text(QUARTER, private, "A private matter.", seen=0, actor=desk.author, now=NOW)
    desk.finish()
    board, public = (keeping.freeze(desk.whole().editions[edition]) for edition in (BOARD, PUBLIC))
    assert "A private matter." in board
    assert "A private matter." not in public


def test_every_step_stands_in_the_trail(session: Session, desk: Desk) -> None:
    desk.lock()
    life.unlock(QUARTER, "Why", actor=desk.author, now=NOW)
    desk.finish()
    report = queries.get_report(session, QUARTER)
    acts = [entry.action for entry in entries_about(session, "board report", report.id)]
    assert acts == ["opened", "locked", "unlocked", "locked", "signed", "signed", "published"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE board_report SET meeting_on = NULL",
        "UPDATE board_report SET frozen = '{}'",
        "DELETE FROM board_report",
        "UPDATE board_signature SET digest = '0'",
        "DELETE FROM board_signature",
        "UPDATE board_unlocking SET reason = 'Another'",
        "DELETE FROM board_unlocking",
        "UPDATE board_withdrawal SET reason = 'Another'",
        "DELETE FROM board_withdrawal",
    ],
)
def test_the_database_refuses_to_change_what_was_published_signed_or_told(desk: Desk, change: str) -> None:
    desk.lock()
    life.unlock(QUARTER, "Why", actor=desk.author, now=NOW)
    desk.finish()
    withdrawing.withdraw(QUARTER, 1, "Why", actor=desk.second, now=NOW)
    with pytest.raises(DatabaseError, match="stays as it was"):
        db.session.execute(text(change))
    db.session.rollback()


def test_a_report_is_read_again_where_another_was_published_meanwhile(
    session: Session, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its public edition was not held against what the other one tells."""
    desk.lock()
    desk.sign_both()
    whole_of = editions.whole_of
    later = quarter(2022, 2)
    opening.open_report(later, actor=desk.author, now=NOW)

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(editions, "whole_of", whole_of)
        found = whole_of(*arguments, **named)
        life.lock(later, actor=desk.author, now=NOW)
        digest = whole_of(session, queries.get_report(session, later), memory=desk.memory, now=NOW).digest
        for role, actor in ((AUTHOR, desk.author), (SECOND, desk.second)):
            life.sign(later, role, digest, memory=desk.memory, actor=actor, now=NOW)
        life.publish(later, memory=desk.memory, actor=desk.second, now=NOW)
        return found

    monkeypatch.setattr(editions, "whole_of", meanwhile)
    with pytest.raises(Overtaken, match="Another report was published or taken off meanwhile"):
        desk.publish()
    assert status(session) == Status.SIGNED
    desk.publish()
    assert status(session) == Status.PUBLISHED
