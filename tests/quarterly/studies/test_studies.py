"""A study from its case to the board's report: proposed, mended, signed by two, told, withdrawn."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.quarterly.studies.conftest import (
    NOON,
    QUARTER,
    STREET,
    TEXT,
    THEN,
    VICTIM,
    begun,
    close,
    gardeners,
    read,
    signed,
    writing,
)  # fmt: skip
from tsalert.audit.queries import entries_about
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases import service as case_service
from tsalert.cases.rules import NewCase, NewMoneyLine, Progress
from tsalert.cases.vocabulary import MoneyKind, Status
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, Overtaken, RuleViolation, Withheld
from tsalert.identifying.vocabulary import Check
from tsalert.quarterly.content import Prose
from tsalert.quarterly.studies import queries, sections, service, signing
from tsalert.quarterly.studies.rules import Signing, Why
from tsalert.quarterly.studies.vocabulary import Item, State
from tsalert.quarterly.vocabulary import SectionKey
from tsalert.response.vocabulary import Category
from tsalert.restricting import service as restricting
from tsalert.staff.rules import RoleName
from tsalert.tiers import granting
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.vocabulary import Subject


def told(session: Session) -> tuple[Prose, ...]:
    section = sections.studies_section(session, QUARTER)
    assert section.key is SectionKey.CASE_STUDIES
    return tuple(block for block in section.blocks if isinstance(block, Prose) and block.title)


def test_the_records_propose_words_that_the_checks_find_nothing_in(
    session: Session, case_id: int, author: Actor
) -> None:
    study = read(session, case_id, begun(case_id, author), author)
    assert study.text.title == "Doorstep crime: gardening or tree work"
    assert study.text.body == (
        "A resident aged 75 to 84 came to our notice in the quarter from April to June 2022, as a victim of doorstep "
        "crime: gardening or tree work. The first contact was at the door.\n\n"
        "They were charged £19,000 for work worth £1,600 over 13 visits.\n\n"
        "## What we did\n\n- We warned the trader in writing.\n\n"
        "## What came of it\n\nOutcome: the trader was warned. For the resident: feels safer."
    )
    assert queries.examine(session, study).is_clear
    assert [VICTIM in study.text.body, STREET in study.text.body, "Bodgit" in study.text.body] == [False] * 3


def test_a_later_quarters_report_tells_when_the_case_itself_came(session: Session, case_id: int, author: Actor) -> None:
    study = read(session, case_id, begun(case_id, author, "2022/23 Q3"), author)
    assert "in the quarter from April to June 2022," in study.text.body
    assert queries.examine(session, study).is_clear


def test_it_keeps_which_money_lines_its_amounts_are_from(session: Session, case_id: int, author: Actor) -> None:
    study_id = begun(case_id, author)
    lines = cases.ledger(session, case_id).standing
    assert read(session, case_id, study_id, author).text.money_lines.split() == [str(line.id) for line in lines]
    only = writing("The work was worth £1,600.")
    service.save_text(case_id, study_id, only, after=1, actor=author, now=NOON)
    assert read(session, case_id, study_id, author).text.money_lines == str(lines[-1].id)


def test_it_is_told_once_its_author_and_a_second_officer_have_signed(
    session: Session, case_id: int, author: Actor, second: Actor
) -> None:
    study_id = begun(case_id, author)
    service.save_text(case_id, study_id, writing(), after=1, actor=author, now=NOON)
    assert told(session) == ()
    signed(session, case_id, study_id, author)
    assert read(session, case_id, study_id, author).state is State.WAITING
    assert [each.why.partition(":")[0] for each in sections.left_out(session, QUARTER)] == [
        "Waits for a second officer"
    ]
    signed(session, case_id, study_id, second)
    assert read(session, case_id, study_id, author).state is State.SIGNED
    assert told(session) == (Prose(TEXT, "Thirteen visits for one hedge"),)
    assert sections.left_out(session, QUARTER) == []
    actions = [entry.action for entry in entries_about(session, "case study", study_id)]
    assert actions == ["begun", "written", "signed", "signed"]


def test_nobody_signs_twice_nor_the_second_before_the_author(
    session: Session, case_id: int, author: Actor, second: Actor, manager: Actor
) -> None:
    study_id = begun(case_id, author)
    with pytest.raises(Conflict, match="author signs first"):
        signed(session, case_id, study_id, second)
    signed(session, case_id, study_id, author)
    with pytest.raises(NotAllowed, match="somebody else"):
        signed(session, case_id, study_id, author)
    signed(session, case_id, study_id, second)
    with pytest.raises(Conflict, match="signed already"):
        signed(session, case_id, study_id, manager)


def test_whoever_wrote_any_of_it_is_no_second_officer(
    session: Session, case_id: int, author: Actor, second: Actor
) -> None:
    study_id = begun(case_id, author)
    service.save_text(case_id, study_id, writing(), after=1, actor=second, now=NOON)
    signed(session, case_id, study_id, author)
    with pytest.raises(NotAllowed, match="You wrote some of this study"):
        signed(session, case_id, study_id, second)


def test_other_words_void_the_signatures_which_stay_in_the_record(
    session: Session, case_id: int, author: Actor, second: Actor
) -> None:
    study_id = begun(case_id, author)
    signed(session, case_id, study_id, author, second)
    before = read(session, case_id, study_id, author).text.digest
    service.save_text(case_id, study_id, writing(), after=1, actor=author, now=NOON)
    study = read(session, case_id, study_id, author)
    assert (study.state, study.held, told(session)) == (State.WRITTEN, frozenset(), ())
    assert [(each.role, each.digest) for each in study.signatures] == [("author", before), ("second", before)]
    assert [each.version for each in study.versions] == [1, 2]


def test_the_same_words_saved_again_void_nothing(session: Session, case_id: int, author: Actor, second: Actor) -> None:
    study_id = begun(case_id, author)
    signed(session, case_id, study_id, author, second)
    same = read(session, case_id, study_id, author).writing
    service.save_text(case_id, study_id, same, after=1, actor=author, now=NOON)
    assert read(session, case_id, study_id, author).state is State.SIGNED


def test_words_that_have_changed_since_they_were_read_are_not_signed(
    session: Session, case_id: int, author: Actor
) -> None:
    study_id = begun(case_id, author)
    seen = read(session, case_id, study_id, author).text.digest
    service.save_text(case_id, study_id, writing(), after=1, actor=author, now=NOON)
    with pytest.raises(Conflict, match="have changed"):
        signing.sign(case_id, study_id, Signing(seen, tuple(Item)), actor=author, now=NOON)
    with pytest.raises(Overtaken):
        service.save_text(case_id, study_id, writing("Other."), after=1, actor=author, now=NOON)


@pytest.mark.parametrize("left", list(Item))
def test_every_line_of_the_checklist_must_hold(session: Session, case_id: int, author: Actor, left: Item) -> None:
    study_id = begun(case_id, author)
    digest = read(session, case_id, study_id, author).text.digest
    items = tuple(item for item in Item if item is not left)
    with pytest.raises(RuleViolation, match="Each line must hold"):
        signing.sign(case_id, study_id, Signing(digest, items), actor=author, now=NOON)


def test_what_a_check_found_is_mended_or_answered_for_before_anybody_signs(
    session: Session, case_id: int, author: Actor
) -> None:
    study_id = begun(case_id, author)
    rose = writing(f"{TEXT} It sang like a canary in Hill.")
    service.save_text(case_id, study_id, writing(f"{TEXT} Canary Islands."), after=1, actor=author, now=NOON)
    with pytest.raises(Conflict, match="Still to put right: a name: Canary"):
        signed(session, case_id, study_id, author)
    why = Why(Check.NAME, "Canary", "The islands.")
    service.say_why(case_id, study_id, why, actor=author, now=NOON)
    signed(session, case_id, study_id, author)
    assert read(session, case_id, study_id, author).state is State.WAITING
    service.save_text(case_id, study_id, rose, after=2, actor=author, now=NOON)
    with pytest.raises(RuleViolation, match="not in the text"):
        service.say_why(case_id, study_id, why, actor=author, now=NOON)


def test_no_reason_lets_a_trader_stand_who_was_not_convicted(session: Session, case_id: int, author: Actor) -> None:
    study_id = begun(case_id, author)
    service.save_text(case_id, study_id, writing("It was Bodgit Hedges."), after=1, actor=author, now=NOON)
    with pytest.raises(RuleViolation, match="must come out"):
        service.say_why(case_id, study_id, Why(Check.TRADER, "Bodgit Hedges", "So?"), actor=author, now=NOON)
    with pytest.raises(Conflict, match="Still to put right"):
        signed(session, case_id, study_id, author)


def test_a_case_under_investigation_is_written_of_and_not_signed(session: Session, author: Actor) -> None:
    case_id = gardeners(author, is_closed=False)
    study_id = begun(case_id, author)
    with pytest.raises(Conflict, match="no live investigation"):
        signed(session, case_id, study_id, author)
    close(case_id, author)
    signed(session, case_id, study_id, author)


def test_a_case_that_is_reopened_takes_its_signed_study_out_of_the_report(
    session: Session, case_id: int, author: Actor, second: Actor
) -> None:
    study_id = begun(case_id, author)
    signed(session, case_id, study_id, author, second)
    again = Progress(Status.INVESTIGATING, reason="More came to light.")
    case_service.record_progress(case_id, again, actor=author, now=NOON)
    assert told(session) == ()
    (left,) = sections.left_out(session, QUARTER)
    assert "no live investigation" in left.why


def test_money_that_is_corrected_takes_its_signed_study_out_of_the_report(
    session: Session, author: Actor, second: Actor
) -> None:
    case_id = gardeners(author)
    study_id = begun(case_id, author)
    signed(session, case_id, study_id, author, second)
    again = Progress(Status.INVESTIGATING, reason="A receipt was found.")
    case_service.record_progress(case_id, again, actor=author, now=NOON)
    line = NewMoneyLine(MoneyKind.PAID, Decimal(5000))
    case_service.record_money(case_id, line, actor=author, now=NOON)
    close(case_id, author)
    (left,) = sections.left_out(session, QUARTER)
    assert left.why == "Still to put right: an amount that is not in the ledger of the case."


def test_what_another_case_of_the_same_matter_tells_is_no_more_told_than_what_its_own_tells(
    session: Session, case_id: int, author: Actor
) -> None:
    new = NewCase("The same gardeners.", Category.DOORSTEP_CRIME, victim_name="Otter Whitlock", address="7 Otter Lane")
    later = case_service.open_case(new, actor=author, now=THEN)
    case_service.record_money(later, NewMoneyLine(MoneyKind.PREVENTED, Decimal(730)), actor=author, now=THEN)
    into = cases.get_case(session, later).reference
    merging.merge(case_id, merging.NewMerge(into, "It is one matter."), actor=author, now=NOON)
    study_id = begun(later, author)
    told_too = writing("Whitlock kept £700 and £1,600.")
    service.save_text(later, study_id, told_too, after=1, actor=author, now=NOON)
    study = read(session, later, study_id, author)
    found = queries.examine(session, study)
    assert [(each.finding.check, each.finding.found) for each in found.told] == [(Check.NAME, "Whitlock")]
    assert "not closed" in found.live[0]
    assert len(study.text.money_lines.split()) == 2
    close(later, author)
    assert queries.examine(session, study).live == ()


def test_a_report_takes_three_and_says_the_way_out(session: Session, case_id: int, author: Actor) -> None:
    made = [begun(case_id, author) for _ in range(3)]
    assert [read(session, case_id, each, author).row.place for each in made] == [1, 2, 3]
    with pytest.raises(Conflict, match="takes no more") as refused:
        begun(case_id, author)
    assert refused.value.legal == ("withdraw one of them", "write this one for another quarter")
    begun(case_id, author, "2022/23 Q2")
    service.withdraw(case_id, made[1], "Too like the first.", actor=author, now=NOON)
    assert read(session, case_id, begun(case_id, author), author).row.place == 2


def test_studies_stand_in_the_order_that_somebody_gives_them(
    session: Session, case_id: int, author: Actor, second: Actor
) -> None:
    made = [begun(case_id, author) for _ in range(2)]
    for number, study_id in enumerate(made):
        service.save_text(case_id, study_id, writing(title=f"Study {number}"), after=1, actor=author, now=NOON)
        signed(session, case_id, study_id, author, second)
    assert [each.title for each in told(session)] == ["Study 0", "Study 1"]
    service.put_at(case_id, made[1], 1, actor=author, now=NOON)
    assert [each.title for each in told(session)] == ["Study 1", "Study 0"]
    service.put_at(case_id, made[1], 3, actor=author, now=NOON)
    assert [each.title for each in told(session)] == ["Study 0", "Study 1"]
    assert [each.row.place for each in queries.studies_of(session, QUARTER)] == [2, 3]


def test_one_that_is_withdrawn_stays_in_the_record_with_its_reason(
    session: Session, case_id: int, author: Actor, second: Actor
) -> None:
    study_id = begun(case_id, author)
    signed(session, case_id, study_id, author, second)
    service.withdraw(case_id, study_id, "The resident asked us to.", actor=second, now=NOON)
    assert [each.why for each in sections.left_out(session, QUARTER)] == ["Withdrawn: The resident asked us to."]
    assert sections.studies_section(session, QUARTER).blocks == (Prose("No case study was signed for this quarter."),)
    acts: list[Callable[[], object]] = [
        lambda: service.withdraw(case_id, study_id, "Again.", actor=author, now=NOON),
        lambda: service.put_at(case_id, study_id, 1, actor=author, now=NOON),
        lambda: service.save_text(case_id, study_id, writing(), after=1, actor=author, now=NOON),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="was withdrawn"):
            act()


def test_a_quarter_that_has_not_begun_and_markdown_that_no_report_takes_are_refused(
    session: Session, case_id: int, author: Actor
) -> None:
    with pytest.raises(RuleViolation, match="has not begun"):
        begun(case_id, author, "2030/31 Q1")
    study_id = begun(case_id, author)
    with pytest.raises(RuleViolation, match="takes no HTML"):
        service.save_text(case_id, study_id, writing("<b>x</b>"), after=1, actor=author, now=NOON)


def test_a_study_belongs_to_its_case_and_nobody_writes_without_permission(
    session: Session, case_id: int, author: Actor, officer: Callable[..., Actor]
) -> None:
    study_id = begun(case_id, author)
    with pytest.raises(NotFound):
        read(session, gardeners(author), study_id, author)
    reader = officer(RoleName.DUTY_OFFICER)
    for act in (
        lambda: begun(case_id, reader),
        lambda: service.save_text(case_id, study_id, writing(), after=1, actor=reader, now=NOON),
        lambda: service.withdraw(case_id, study_id, "No.", actor=reader, now=NOON),
        lambda: service.put_at(case_id, study_id, 2, actor=reader, now=NOON),
        lambda: service.say_why(case_id, study_id, Why(Check.NAME, "x", "y"), actor=reader, now=NOON),
        lambda: signed(session, case_id, study_id, reader),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_restricted_case_needs_its_grant_and_is_told_to_the_board_alone_unless_decided(
    session: Session, case_id: int, author: Actor, second: Actor, manager: Actor
) -> None:
    record = (Subject.CASE, case_id)
    restricting.restrict(record, "The informant lives next door to him.", actor=manager, now=NOON)
    with pytest.raises(Withheld):
        begun(case_id, author)
    for each in (author, second):
        grant = NewGrant(each.officer_id or 0, *record, NOON + timedelta(days=1), "Writes the study of it.")
        granting.give(grant, actor=manager, now=NOON)
        restricting.open_record(record, "To write the study of it.", actor=each, now=NOON)
    study_id = begun(case_id, author)
    assert read(session, case_id, study_id, author).text.is_board_only
    assert queries.list_studies(session, actor=manager, now=NOON).items == []
    with pytest.raises(RuleViolation, match="say why the public"):
        service.save_text(case_id, study_id, writing(), after=1, actor=author, now=NOON)
    signed(session, case_id, study_id, author, second)
    assert [each.is_exempt for each in told(session)] == [True]
    assert sections.studies_section(session, QUARTER).is_exempt
    decided = writing(edition_reason="The informant has moved away.")
    service.save_text(case_id, study_id, decided, after=1, actor=author, now=NOON)
    signed(session, case_id, study_id, author, second)
    assert [each.is_exempt for each in told(session)] == [False]


def test_a_case_that_is_restricted_later_leaves_the_public_edition(
    session: Session, case_id: int, author: Actor, second: Actor, manager: Actor
) -> None:
    study_id = begun(case_id, author)
    signed(session, case_id, study_id, author, second)
    assert [each.is_exempt for each in told(session)] == [False]
    restricting.restrict((Subject.CASE, case_id), "He is an officer's neighbour.", actor=manager, now=NOON)
    assert [each.is_exempt for each in told(session)] == [True]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE case_study_text SET body = 'Other words'",
        "DELETE FROM case_study_text",
        "UPDATE case_study_signature SET role = 'second'",
        "DELETE FROM case_study_signature",
        "UPDATE case_study SET quarter = '2030/31 Q1'",
        "DELETE FROM case_study",
        "UPDATE case_study_reason SET reason = 'Other'",
        "DELETE FROM case_study_reason",
    ],
)
def test_the_database_itself_keeps_what_was_written_and_signed(
    session: Session, case_id: int, author: Actor, change: str
) -> None:
    study_id = begun(case_id, author)
    service.save_text(case_id, study_id, writing(f"{TEXT} Canary Islands."), after=1, actor=author, now=NOON)
    service.say_why(case_id, study_id, Why(Check.NAME, "Canary", "The islands."), actor=author, now=NOON)
    signed(session, case_id, study_id, author)
    with pytest.raises(DatabaseError, match="stays as it was"), session.begin_nested():
        session.execute(text(change))


def test_why_one_was_withdrawn_is_kept_by_the_database_itself(session: Session, case_id: int, author: Actor) -> None:
    service.withdraw(case_id, begun(case_id, author), "The resident asked us to.", actor=author, now=NOON)
    for change in ("withdraw_reason = 'Other'", "withdrawn_at = NULL, withdraw_reason = NULL", "place = 1"):
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(text(f"UPDATE case_study SET {change}"))


def test_two_that_are_begun_at_the_same_moment_never_share_a_place(
    session: Session, case_id: int, author: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(case_id, author)
    monkeypatch.setattr(service, "_taken", lambda *_: set())
    with pytest.raises(Conflict, match="at the same moment"):
        begun(case_id, author)
    assert len(queries.studies_of(session, QUARTER)) == 1
