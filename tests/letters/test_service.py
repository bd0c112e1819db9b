"""A letter begins with the words in use, is kept as it was issued, and is seen by those who may see what it says."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.letters.conftest import HOUR, NOON, STREET, VICTIM, letter
from tests.safeguarding.conftest import told
from tsalert.audit.queries import entries_about
from tsalert.cases import queries as cases
from tsalert.cases.rules import NewCase
from tsalert.cases.service import open_case
from tsalert.chronology import queries as chronology
from tsalert.chronology.queries import Asked
from tsalert.chronology.rules import EventKind
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotFound, RuleViolation, Withheld
from tsalert.db import transaction
from tsalert.documents.keeping import digest
from tsalert.letters import filling, queries, service
from tsalert.letters.rules import NewLetter, NewSending, NewTemplate
from tsalert.letters.vocabulary import LetterKind, Means
from tsalert.response.vocabulary import Category
from tsalert.safeguarding import service as safeguarding
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

SENT = NewSending(Means.POST, STREET)


def begun(session: Session, case_id: int, actor: Actor, kind: LetterKind, of: int | None = None) -> NewLetter:
    case = cases.get_visible_case(session, case_id, actor=actor, now=NOON)
    return service.begin_letter(session, case, (kind, of), actor=actor, now=NOON)


def test_a_letter_after_a_visit_begins_with_what_is_known(session: Session, case_id: int, case_officer: Actor) -> None:
    new = begun(session, case_id, case_officer, LetterKind.VISIT)
    assert new.recipient == f"{VICTIM}\n{STREET}"
    assert f"Dear {VICTIM}," in new.body
    assert "£3,950" in new.body
    assert "07700 900461" in new.body
    assert "{" not in new.body
    assert service.issue_letter(case_id, new, actor=case_officer, now=NOON)


def test_a_notice_of_cancellation_says_the_last_day_by_itself(
    session: Session, case_id: int, contract_id: int, case_officer: Actor
) -> None:
    new = begun(session, case_id, case_officer, LetterKind.CANCELLATION, contract_id)
    assert "1 June 2026 for Felling a tree" in new.body
    assert "The last day to cancel it is 15 June 2027" in new.body
    with pytest.raises(NotFound):
        begun(session, case_id, case_officer, LetterKind.CANCELLATION, 404)


def test_a_safeguarding_letter_takes_over_the_concern_and_is_kept_to_a_few(
    session: Session, case_id: int, case_officer: Actor, officer: Callable[..., Actor]
) -> None:
    concern_id = safeguarding.raise_concern(told(case_id=case_id), actor=case_officer, now=NOON)
    new = begun(session, case_id, case_officer, LetterKind.SAFEGUARDING, concern_id)
    assert "Uses a frame" in new.body
    number = service.issue_letter(
        case_id, NewLetter(new.kind, "Adult social care", new.title, new.body), actor=case_officer, now=NOON
    )
    other = officer(RoleName.DUTY_OFFICER, name="Other Example")
    assert queries.letters_of(session, case_id, actor=other, now=NOON) == []
    assert all(
        each.kind is not LetterKind.SAFEGUARDING for each in filling.choices(session, case_id, actor=other, now=NOON)
    )
    with pytest.raises(Withheld):
        queries.get_letter(session, case_id, number, actor=other, now=NOON)
    with pytest.raises(Withheld):
        service.issue_letter(case_id, letter(kind=LetterKind.SAFEGUARDING), actor=other, now=NOON)
    shown = chronology.timeline(session, case_id, Asked((EventKind.LETTER,)), reader=SERVICE, now=NOON)
    assert shown.total == 0


def test_a_letter_stays_as_it_was_issued(session: Session, case_id: int, case_officer: Actor) -> None:
    number = service.issue_letter(case_id, letter(), actor=case_officer, now=NOON)
    row = queries.get_letter(session, case_id, number, actor=case_officer, now=NOON).row
    assert row.digest == digest(row.content)
    for change in ("UPDATE letter SET title = 'x'", "DELETE FROM letter"):
        with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
            session.execute(text(change))
    entry = entries_about(session, "letter", number)[-1]
    assert (entry.action, entry.detail["digest"]) == ("issued", row.digest)
    assert VICTIM not in str(entry.detail)


def test_issued_and_sent_stand_in_the_timeline(session: Session, case_id: int, case_officer: Actor) -> None:
    number = service.issue_letter(case_id, letter(), actor=case_officer, now=NOON)
    service.record_sending(case_id, number, SENT, actor=case_officer, now=NOON + HOUR)
    service.record_sending(case_id, number, SENT, actor=case_officer, now=NOON + 2 * HOUR)
    events = chronology.timeline(session, case_id, Asked((EventKind.LETTER,)), reader=SERVICE, now=NOON).items
    assert [event.what for event in events] == [
        "Letter issued: Our visit to you",
        "Letter sent: Our visit to you",
        "Letter sent: Our visit to you",
    ]


def test_staff_write_the_words_anew_and_old_letters_keep_theirs(
    session: Session, case_id: int, case_officer: Actor, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER, name="Morgan Example")
    new = NewTemplate("We came to see you", "Dear {victim}, we came.", "Shorter")
    assert service.save_template(LetterKind.VISIT, new, after=0, actor=manager, now=NOON) == 1
    with pytest.raises(Conflict):
        service.save_template(LetterKind.VISIT, new, after=0, actor=manager, now=NOON)
    letter_now = begun(session, case_id, case_officer, LetterKind.VISIT)
    assert (letter_now.title, letter_now.template_version) == ("We came to see you", 1)
    assert letter_now.body == f"Dear {VICTIM}, we came."
    with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
        session.execute(text("UPDATE letter_template SET body = 'x'"))
    bad = NewTemplate("T", "{nobody}", "why")
    with pytest.raises(RuleViolation):
        service.save_template(LetterKind.VISIT, bad, after=1, actor=manager, now=NOON)


def test_of_a_restricted_case_nobody_sees_a_letter_without_a_grant(
    session: Session, case_id: int, case_officer: Actor
) -> None:
    number = service.issue_letter(case_id, letter(), actor=case_officer, now=NOON)
    with transaction() as changing:
        root = (Subject.CASE, case_id)
        tiers.restrict(changing, *root, root, "An officer is a witness.", actor=SERVICE, now=NOON)
    for call in (
        lambda: queries.letters_of(session, case_id, actor=case_officer, now=NOON),
        lambda: queries.get_letter(session, case_id, number, actor=case_officer, now=NOON),
        lambda: service.issue_letter(case_id, letter(), actor=case_officer, now=NOON),
    ):
        with pytest.raises(Withheld):
            call()


def test_a_letter_of_a_case_without_money_asks_for_the_sum_and_does_not_say_nought(
    session: Session, case_officer: Actor
) -> None:
    number = open_case(NewCase("A roof.", Category.SCAM, kind="lottery"), actor=case_officer, now=NOON)
    new = begun(session, number, case_officer, LetterKind.VISIT)
    assert "you paid {paid}" in new.body
    assert "£0" not in new.body
