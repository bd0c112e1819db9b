"""Texts of a report are saved by version, so that two writers notice each other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.test_opening import publish
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, Overtaken, RuleViolation
from tsalert.core.periods import quarter
from tsalert.quarterly import opening, queries, texts
from tsalert.quarterly.content import Prose
from tsalert.quarterly.texts import Place
from tsalert.quarterly.vocabulary import SectionKey
from tsalert.staff.rules import RoleName

QUARTER = quarter(2022, 1)
AHEAD, AHEAD_BOARD = Place(SectionKey.AHEAD), Place(SectionKey.AHEAD, is_exempt=True)


@pytest.fixture
def writer(officer: Callable[..., Actor]) -> Actor:
    actor = officer(RoleName.CASE_OFFICER)
    opening.open_report(QUARTER, actor=actor, now=NOW)
    return actor


def test_a_text_is_kept_with_its_writer_and_its_version(session: Session, writer: Actor) -> None:
    assert texts.read_text(session, QUARTER, AHEAD) == texts.Text(AHEAD, "")
    texts.save_text(QUARTER, AHEAD, "Roofers are about.", seen=0, actor=writer, now=NOW)
    saved = texts.save_text(QUARTER, AHEAD, "Roofers.", seen=1, actor=writer, now=NOW + timedelta(hours=1))
    assert saved == texts.Text(AHEAD, "Roofers.", 2, writer.officer_id, NOW + timedelta(hours=1))
    assert texts.read_text(session, QUARTER, AHEAD) == saved
    report = queries.get_report(session, QUARTER)
    assert [entry.action for entry in entries_about(session, "board report", report.id)] == ["opened", "wrote", "wrote"]


def test_whoever_saves_on_an_older_version_is_told_and_overwrites_nothing(session: Session, writer: Actor) -> None:
    texts.save_text(QUARTER, AHEAD, "One.", seen=0, actor=writer, now=NOW)
    with pytest.raises(Overtaken, match="Somebody else saved"):
        texts.save_text(QUARTER, AHEAD, "Two.", seen=0, actor=writer, now=NOW)
    assert texts.read_text(session, QUARTER, AHEAD).body == "One."


def test_the_same_words_again_are_no_new_version(writer: Actor) -> None:
    texts.save_text(QUARTER, AHEAD, "One.", seen=0, actor=writer, now=NOW)
    assert texts.save_text(QUARTER, AHEAD, "One.", seen=0, actor=writer, now=NOW).version == 1


def test_a_text_is_written_by_who_may_for_a_report_that_is_open(
    session: Session, writer: Actor, officer: Callable[..., Actor]
) -> None:
    with pytest.raises(NotAllowed):
        texts.save_text(QUARTER, AHEAD, "One.", seen=0, actor=officer(), now=NOW)
    with pytest.raises(NotFound, match="no report for 2022/23 Q2"):
        texts.save_text(quarter(2022, 2), AHEAD, "One.", seen=0, actor=writer, now=NOW)
    publish(session)
    with pytest.raises(Conflict, match="published") as refusal:
        texts.save_text(QUARTER, AHEAD, "One.", seen=0, actor=writer, now=NOW)
    assert refusal.value.legal == ("open a revision",)


@pytest.mark.parametrize("body", ["x" * 20_001, "<script>alert(1)</script>", "![a](https://example.org/a.png)"])
def test_what_a_report_cannot_show_is_refused(session: Session, writer: Actor, body: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        texts.save_text(QUARTER, AHEAD, body, seen=0, actor=writer, now=NOW)
    assert refusal.value.field == "body"
    assert texts.read_text(session, QUARTER, AHEAD).version == 0


def test_the_text_for_the_board_alone_stands_last_and_is_exempt(session: Session, writer: Actor) -> None:
    texts.save_text(QUARTER, AHEAD_BOARD, "A name.", seen=0, actor=writer, now=NOW)
    texts.save_text(QUARTER, AHEAD, "Roofers.", seen=0, actor=writer, now=NOW)
    sections = texts.sections_of(list(texts.texts_of(session, QUARTER).values()))
    blocks = [block for section in sections for block in section.blocks]
    assert blocks == [Prose("Roofers."), Prose("A name.", "For the board alone", is_exempt=True)]


def test_implications_begin_with_their_headings_and_headings_alone_are_no_text(session: Session, writer: Actor) -> None:
    place = Place(SectionKey.IMPLICATIONS)
    start = texts.read_text(session, QUARTER, place)
    assert start.body.count("## ") == 5
    texts.save_text(QUARTER, place, start.body, seen=0, actor=writer, now=NOW)
    assert texts.sections_of(list(texts.texts_of(session, QUARTER).values())) == ()


def test_every_text_has_a_name_of_its_own_and_no_other_name_is_one() -> None:
    assert [texts.place_of(place.name) for place in texts.PLACES] == list(texts.PLACES)
    with pytest.raises(NotFound):
        texts.place_of("glance")
