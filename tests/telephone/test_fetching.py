"""Callers' messages come home whole, once, whatever goes wrong on the way, and then leave the provider."""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import NOW, command_environment
from tests.standins.processes import worker
from tests.standins.telephone import Recordings, tone
from tests.standins.twilio import environment
from tests.telephone.conftest import fetch_from, message_left, recording
from tsalert.audit import queries as audit
from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.telephone import keeping, retention
from tsalert.telephone.fetching import fetch_recordings
from tsalert.telephone.rules import LARGEST_RECORDING

LATER = timedelta(hours=2)


def files(app: Flask) -> list[Path]:
    chosen: Settings = app.extensions["tsalert_settings"]
    return [path for path in chosen.files.rglob("*") if path.is_file()]


def test_a_message_comes_home_with_its_hash_and_leaves_the_provider(house: Flask, provider: Recordings) -> None:
    _, reference = message_left(provider)
    assert fetch_recordings(NOW) == 1
    row = recording(reference)
    (path,) = files(house)
    assert path.read_bytes() == tone()
    assert row.sha256 == sha256(tone()).hexdigest()
    assert (row.size, row.fetched_at, row.removed_at_provider, row.due_at) == (len(tone()), NOW, NOW, None)
    assert provider.deleted == [reference]
    assert reference not in str(path)
    assert path.stat().st_mode & 0o222 == 0
    assert fetch_recordings(NOW + LATER) == 0


def test_a_recording_is_its_owners_alone_from_its_first_byte(house: Flask) -> None:
    """Whatever the machine lets new files be."""

    def pieces() -> Iterator[bytes]:
        yield tone()
        modes.update(path.stat().st_mode & 0o777 for path in files(house))

    modes, before = set[int](), os.umask(0)
    try:
        keeping.keep(pieces())
    finally:
        os.umask(before)
    (path,) = files(house)
    assert (modes, path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == ({0o600}, 0o400, 0o700)


@pytest.mark.parametrize("trouble", ["404", "500", "429", "slow", "cut"])
def test_what_cannot_be_had_is_tried_again_and_says_why(house: Flask, provider: Recordings, trouble: str) -> None:
    _, reference = message_left(provider)
    provider.trouble[reference] = trouble
    fetch_recordings(NOW)
    row = recording(reference)
    assert (row.fetched_at, files(house)) == (None, [])
    assert row.fault
    assert row.fault.endswith(".")
    assert row.due_at == NOW + timedelta(seconds=15)
    assert fetch_recordings(NOW + timedelta(seconds=14)) == 0
    provider.trouble.clear()
    provider.go_on.set()
    assert fetch_recordings(NOW + timedelta(seconds=15)) == 1
    assert (recording(reference).fault, len(files(house))) == (None, 1)


def test_pauses_grow_to_an_hour_and_it_never_gives_up(house: Flask, provider: Recordings) -> None:
    _, reference = message_left(provider)
    provider.trouble[reference] = "500"
    at, pauses = NOW, []
    for _ in range(7):
        fetch_recordings(at)
        due = recording(reference).due_at
        assert due is not None
        pauses.append(due - at)
        at = due
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


def test_a_provider_that_is_not_there_loses_nothing(house: Flask, provider: Recordings) -> None:
    _, reference = message_left(provider)
    fetch_from(house, Recordings(url="http://127.0.0.1:9"))
    fetch_recordings(NOW)
    assert "does not answer" in (recording(reference).fault or "")
    fetch_from(house, provider)
    fetch_recordings(NOW + LATER)
    assert recording(reference).fetched_at == NOW + LATER


def test_what_the_provider_keeps_is_deleted_there_later(house: Flask, provider: Recordings) -> None:
    _, reference = message_left(provider)
    provider.trouble[reference] = "keep"
    fetch_recordings(NOW)
    row = recording(reference)
    assert (row.fetched_at, row.removed_at_provider) == (NOW, None)
    provider.trouble.clear()
    fetch_recordings(NOW + LATER)
    assert recording(reference).removed_at_provider == NOW + LATER
    assert provider.fetched == [reference]


def test_one_that_is_gone_at_the_provider_already_counts_as_deleted(house: Flask, provider: Recordings) -> None:
    _, reference = message_left(provider)
    provider.trouble[reference] = "keep"
    fetch_recordings(NOW)
    del provider.sounds[reference]
    fetch_recordings(NOW + LATER)
    assert recording(reference).removed_at_provider == NOW + LATER


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        pytest.param(b"<html>Sign in</html>", "no sound file", id="a-page"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(tone()[:12] + bytes(LARGEST_RECORDING), "larger than 20 MB", id="far-too-large"),
    ],
)
def test_what_is_no_message_is_not_kept(house: Flask, provider: Recordings, sound: bytes, words: str) -> None:
    _, reference = message_left(provider, sound=sound)
    fetch_recordings(NOW)
    row = recording(reference)
    assert words in (row.fault or "")
    assert (row.fetched_at, row.due_at, files(house)) == (None, row.keep_until, [])
    assert provider.deleted == []


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system refuse to write files that are larger, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_takes_no_more_is_said_and_tried_again(house: Flask, provider: Recordings) -> None:
    sound = tone()[:44] + bytes(14 * 2**20)
    _, reference = message_left(provider, sound=sound)
    with largest_file(12 * 2**20):
        fetch_recordings(NOW)
    assert recording(reference).fault == "It cannot be written to the disk: File too large."
    assert files(house) == []
    fetch_recordings(NOW + LATER)
    assert [path.stat().st_size for path in files(house)] == [len(sound)]


def test_a_folder_that_cannot_be_written_is_said_and_tried_again(house: Flask, provider: Recordings) -> None:
    _, reference = message_left(provider)
    chosen: Settings = house.extensions["tsalert_settings"]
    chosen.files.mkdir(parents=True)
    (chosen.files / "recordings").write_text("in the way")
    fetch_recordings(NOW)
    assert "cannot be written to the disk" in (recording(reference).fault or "")
    (chosen.files / "recordings").unlink()
    fetch_recordings(NOW + LATER)
    assert recording(reference).fetched_at == NOW + LATER


def test_two_workers_at_once_bring_a_message_home_once(fresh_app: Flask, provider: Recordings) -> None:
    fetch_from(fresh_app, provider)
    with fresh_app.app_context():
        references = [message_left(provider)[1] for _ in range(6)]

    def work() -> None:
        with fresh_app.app_context():
            while fetch_recordings(NOW):
                pass
            db.session.remove()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(provider.fetched) == sorted(provider.deleted) == sorted(references)
    assert len(files(fresh_app)) == 6
    with fresh_app.app_context():
        assert audit.verify_chain(db.session()).is_whole


def test_a_worker_whose_lease_ran_out_leaves_nothing_behind(fresh_app: Flask, provider: Recordings) -> None:
    fetch_from(fresh_app, provider)
    with fresh_app.app_context():
        _, reference = message_left(provider)
        provider.trouble[reference] = "slow"

    def work() -> None:
        with fresh_app.app_context():
            fetch_recordings(NOW)
            db.session.remove()

    slow = Thread(target=work)
    slow.start()
    assert provider.half_way.wait(30)
    provider.trouble.clear()
    with fresh_app.app_context():
        assert fetch_recordings(NOW + timedelta(minutes=6)) == 1
    provider.go_on.set()
    slow.join()
    with fresh_app.app_context():
        row = recording(reference)
        assert row.fetched_at == NOW + timedelta(minutes=6)
        assert [path.stem for path in files(fresh_app)] == [row.storage_key]


def test_a_worker_killed_while_it_fetches_leaves_no_half_and_the_next_brings_it_home(
    fresh_app: Flask, provider: Recordings, tmp_path: Path
) -> None:
    with fresh_app.app_context():
        _, reference = message_left(provider, ago=NOW - utc_now())
    provider.trouble[reference] = "slow"
    with worker(command_environment(fresh_app, **environment(provider.url)), tmp_path / "worker.log") as process:
        assert provider.half_way.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with fresh_app.app_context():
        row = recording(reference)
        assert (row.fetched_at, row.storage_key) == (None, None)
        assert all(path.suffix != ".wav" for path in files(fresh_app))
        provider.trouble.clear()
        provider.go_on.set()
        fetch_from(fresh_app, provider)
        assert fetch_recordings(utc_now()) == 0
        assert fetch_recordings(utc_now() + timedelta(minutes=6)) == 1
        assert recording(reference).size == len(tone())


def test_what_killed_workers_left_behind_is_swept_away_after_an_hour(
    house: Flask, session: Session, provider: Recordings
) -> None:
    _, reference = message_left(provider)
    fetch_recordings(NOW)
    (kept,) = files(house)
    for name in ("ab" + "0" * 30 + ".wav.part", "cd" + "0" * 30 + ".wav"):
        stray = kept.parent.parent / name[:2] / name
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(tone())
    retention.delete_old_recordings(NOW)
    assert len(files(house)) == 3
    for path in files(house):
        os.utime(path, (0, 0))
    retention.delete_old_recordings(NOW)
    assert files(house) == [kept]
    assert keeping.open_checked(recording(reference).storage_key or "", recording(reference).sha256 or "") == kept


def test_without_a_provider_nothing_is_fetched(house: Flask, session: Session) -> None:
    message_left(None)
    house.extensions["tsalert_recordings"] = None
    assert fetch_recordings(NOW) == 0
