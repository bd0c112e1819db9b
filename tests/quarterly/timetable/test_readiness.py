"""Nobody is reminded of a report that is ready; a signature that holds no longer makes it unready."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.conftest import QUARTER, Desk
from tests.quarterly.timetable.conftest import mails, newest
from tsalert.quarterly import queries, sources, texts
from tsalert.quarterly.timetable.reminding import keep_timetable
from tsalert.quarterly.vocabulary import SectionKey

MEETING = date(2022, 7, 20)
BEFORE = datetime(2022, 7, 19, 12, tzinfo=UTC)


@pytest.fixture
def ready(session: Session, desk: Desk, began: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A report of which every text is written, and that both have signed."""
    monkeypatch.setattr(sources, "waiting_for", lambda *_: {"Tell of the actions": ()})
    queries.get_report(session, QUARTER).meeting_on = MEETING
    session.commit()
    for place in texts.PLACES:
        if not place.is_exempt:
            write(desk, place.section, "Told.", seen=0)
    desk.lock()
    desk.sign_both()
    return desk


def write(desk: Desk, section: SectionKey, words: str, *, seen: int) -> None:
    texts.save_text(QUARTER, texts.Place(section), words, seen=seen, actor=desk.author, now=NOW)


def test_of_a_report_that_is_written_and_signed_nobody_is_reminded(session: Session, ready: Desk) -> None:
    keep_timetable(BEFORE)
    assert not [each for each in mails(session) if "not ready" in each]


def test_a_text_changed_after_the_signatures_is_reminded_of_without_pages(
    session: Session, ready: Desk, console: Flask
) -> None:
    write(ready, SectionKey.HEADLINES, "Told otherwise.", seen=1)
    with console.app_context():
        keep_timetable(BEFORE)
    assert "present version is not signed" in newest(session, "not ready").text


def test_what_else_it_waits_for_is_counted_and_not_named(
    session: Session, ready: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "waiting_for", lambda *_: {"Tell of the actions": ("1. Bogus callers", "2. Scams")})
    keep_timetable(BEFORE)
    mail = newest(session, "not ready")
    assert "- Tell of the actions: 2" in mail.text
    assert "Bogus" not in mail.text
    assert "not signed" not in mail.text
