"""Journals: what is known of a sender after its death."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tsalert.delivery.journal import Journal, Replayed, is_here, left_behind, orphans, read_answer, write_answer
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Rejected, RetryLater
from tsalert.delivery.rules import SuppressionReason


def die(journal: Journal) -> None:
    """Do what the kernel does for a killed process: its file is closed, and its lock freed."""
    os.close(journal._file)


def test_a_living_senders_journal_is_nobodys_to_replay(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin(1)
    assert list(orphans(tmp_path)) == []
    assert is_here(tmp_path, journal.owner)
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_a_dead_senders_journal_tells_what_was_answered_and_what_was_not(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin(1)
    journal.end(1, Accepted("250 ok"))
    journal.end(2, Rejected("550 no"))
    journal.begin(3)
    journal.end(3, RetryLater("busy", 5))
    journal.begin(4)
    die(journal)
    (orphan,) = orphans(tmp_path)
    replayed = orphan.read()
    assert replayed.answers == {1: Accepted("250 ok"), 2: Rejected("550 no"), 3: RetryLater("busy", 5)}
    assert replayed.in_doubt == {4}
    assert orphan.owner == journal.owner
    assert list(orphans(tmp_path)) == [], "two workers must not replay one journal"
    orphan.remove()
    assert not is_here(tmp_path, journal.owner)


def test_an_answer_that_was_not_written_yet_leaves_its_message_in_doubt(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin(1)
    journal.end(1, Accepted("250 ok"))
    die(journal)
    (orphan,) = orphans(tmp_path)
    assert orphan.read().in_doubt == {1}
    orphan.remove()


def test_a_cleared_journal_tells_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin(1)
    journal.end(1, Accepted("250 ok"))
    journal.flush()
    journal.clear()
    journal.flush()
    die(journal)
    (orphan,) = orphans(tmp_path)
    assert (orphan.read().answers, orphan.read().in_doubt) == ({}, frozenset())
    orphan.release()
    (again,) = orphans(tmp_path)
    again.remove()


def test_a_line_that_was_cut_off_or_is_rubbish_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin(1)
    os.write(journal._file, b"rubbish\nB\tx\n\xff\xfe\nE\t1\tacc")
    die(journal)
    (orphan,) = orphans(tmp_path)
    assert orphan.read().in_doubt == {1}
    orphan.remove()


def test_a_full_disk_stops_a_message_before_it_leaves(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    os.close(journal._file)
    journal._file = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match="No space left"):
        journal.begin(1)
    journal.close()


def test_an_answer_of_which_a_full_disk_took_half_leaves_its_message_in_doubt(tmp_path: Path) -> None:
    """The next line stands behind the half, and the worker that reads both must not fall over them."""
    journal = Journal(tmp_path)
    cut = (b"E\t1\trejected\tboun", b"E\t2\tlater\t1", b"E\t3\tlat")
    for number, half in enumerate(cut, start=1):
        journal.begin(number)
        os.write(journal._file, half + b"E\t9\taccepted\t\t250 ok\n")
    die(journal)
    (orphan,) = orphans(tmp_path)
    assert [type(answer) for answer in orphan.read().answers.values()] == [InDoubt] * len(cut)
    orphan.remove()


def test_a_journal_of_before_the_machine_was_started_again_is_found_once_its_sender_would_have_touched_it(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path)
    journal.begin(1)
    journal.end(1, Accepted("250 ok"))
    journal.begin(2)
    earlier = journal._path.rename(tmp_path / "an-earlier-start.1.journal")
    now = datetime.now(UTC)
    later = now + timedelta(minutes=1)
    assert (list(orphans(tmp_path)), list(left_behind(tmp_path, later))) == ([], []), "somebody holds it"
    die(journal)
    assert (list(orphans(tmp_path)), list(left_behind(tmp_path, now - timedelta(minutes=1)))) == ([], [])
    (orphan,) = left_behind(tmp_path, later)
    told = orphan.read()
    assert orphan.owner == "an-earlier-start.1"
    assert told == Replayed({1: Accepted("250 ok")}, frozenset({2}), is_whole=False)
    orphan.remove()
    assert not earlier.exists()


@pytest.mark.parametrize(
    "answer",
    [
        Accepted("250 2.0.0 queued as ABC"),
        Accepted(""),
        Rejected("no"),
        Rejected("left", SuppressionReason.OPTED_OUT),
        RetryLater("busy"),
        RetryLater("busy", 30.5),
        RetryLater("no connection", is_outage=True),
        InDoubt("cut"),
    ],
)
def test_an_answer_is_read_as_it_was_written(answer: Answer) -> None:
    assert read_answer(write_answer(answer)) == answer


def test_a_providers_words_cannot_forge_a_line() -> None:
    assert read_answer(write_answer(Accepted("a\nB\t7\r\n"))) == Accepted("a B 7 ")
    assert read_answer("") == InDoubt("")
