"""Nothing that was recorded is lost, and nothing that is not whole comes back."""

import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from msgspec.structs import replace
from sqlalchemy import create_engine, func, inspect, select
from sqlalchemy.pool import NullPool

from tests.children import exit_status_of
from tests.evidence.test_storing import files_no_larger_than
from tests.safekeeping.conftest import Service, employed
from tsalert.audit import queries as audit
from tsalert.audit.models import AuditEvent
from tsalert.config import SettingsError
from tsalert.core.errors import Conflict, RuleViolation, Unavailable
from tsalert.db import db
from tsalert.delivery import stopping
from tsalert.installation import storage
from tsalert.installation.service import check_start
from tsalert.safekeeping import making, settling
from tsalert.safekeeping.folders import Exchange
from tsalert.safekeeping.outlines import outlines
from tsalert.safekeeping.progress import Advance
from tsalert.safekeeping.rules import Head, Manifest
from tsalert.staff.rules import RoleName

# What a restore enters by itself: that it happened, and that sending is stopped.
NOTED = {"audit_event", "audit_head", "sending_stop", "installation_fact", "sign_of_life"}
OLDER = "0059"
Contents = dict[str, bytes]


def but_notes(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: count for name, count in rows.items() if name not in NOTED}


def rewritten(path: Path, change: Callable[[Contents], None]) -> Path:
    """Write a backup again with something changed in it."""
    with tarfile.open(path) as tar:
        contents = {each.name: (tar.extractfile(each) or io.BytesIO()).read() for each in tar}
    change(contents)
    other = path.with_name("other")
    with tarfile.open(other, "w:gz", compresslevel=1) as tar:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return other


def reseal(contents: Contents, head: Head) -> None:
    """Change the head as somebody could who has the key."""
    key = "a" * 40
    contents["tsalert-backup.json"] = head.write()
    manifest = replace(Manifest.read(contents["manifest.json"], key), head=sha256(head.write()).hexdigest())
    contents["manifest.json"] = manifest.write(key)


def test_every_column_of_the_program_is_of_a_kind_that_a_backup_can_write() -> None:
    assert {table.name for table in outlines()} >= {"officer", "call", "case_file"}


def test_everything_comes_back_as_it_was_on_the_same_database(used: Service, tmp_path: Path) -> None:
    rows, files, guards = used.rows(), used.files(), used.guards()
    assert files
    made = used.back_up(tmp_path / "backup")
    assert dict(made.tables) == rows
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    used.employ("late@example.org", RoleName.MANAGER)
    for name in files:
        (used.settings.files / name).unlink()
    (used.settings.files / "evidence/stray").write_bytes(b"of later")

    used.restore(tmp_path / "backup")

    assert but_notes(used.rows()) == but_notes(rows)
    assert used.files() == files
    assert used.guards() == guards
    with used.alone():
        assert audit.verify_chain(db.session()).is_whole
        assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == rows["audit_event"].number + 2
        assert stopping.current_stop(db.session()) is not None
        check_start(used.settings)
    used.employ("new@example.org", RoleName.MANAGER)


def test_a_backup_holds_one_moment_while_the_service_goes_on(used: Service, tmp_path: Path) -> None:
    class Busy:
        @contextmanager
        def stage(self, _name: str, _total: int, _unit: str) -> Iterator[Advance]:
            employed(f"{_name}@example.org", RoleName.MANAGER)
            (used.settings.files / f"evidence/{_name}").write_bytes(b"of later")
            yield lambda _: None

    before = used.rows()
    made = used.back_up(tmp_path / "backup", Busy())
    assert dict(made.tables) == before
    assert used.rows() != before


def test_a_backup_that_is_whole_is_the_last_one_that_the_service_tells_of(service: Service, tmp_path: Path) -> None:
    assert service.last_backup() is None
    began = datetime.now(UTC)
    service.back_up(tmp_path / "backup")
    made = service.last_backup()
    assert made is not None
    assert began <= made <= datetime.now(UTC)


def edit_a_row(contents: Contents) -> None:
    name = "tables/officer/000001.copy"
    contents[name] = contents[name].replace(b"Pat", b"Max")


def lose_a_table(contents: Contents) -> None:
    del contents["tables/officer/000001.copy"]


def lose_a_file(contents: Contents) -> None:
    del contents[next(name for name in contents if name.startswith("files/"))]


def lose_the_end(contents: Contents) -> None:
    del contents["manifest.json"]


def edit_the_end(contents: Contents) -> None:
    told = json.loads(contents["manifest.json"])
    told["manifest"]["tables"]["officer"]["number"] += 1
    contents["manifest.json"] = json.dumps(told).encode()


def come_from_the_future(contents: Contents) -> None:
    reseal(contents, replace(Head.read(contents["tsalert-backup.json"]), schema="9999"))


def have_another_key(contents: Contents) -> None:
    reseal(contents, replace(Head.read(contents["tsalert-backup.json"]), key_check="x"))


def be_of_another_product(contents: Contents) -> None:
    told = json.loads(contents["tsalert-backup.json"])
    contents["tsalert-backup.json"] = json.dumps(told | {"product": "other"}).encode()


BAD_BYTES: tuple[tuple[Callable[[bytes], bytes], str], ...] = (
    (lambda whole: whole[: len(whole) // 2], "cut off"),
    (lambda whole: whole[:-4], "cut off"),
    (lambda whole: whole[: len(whole) // 2] + bytes(64) + whole[len(whole) // 2 + 64 :], "damaged"),
    (lambda _: b"no archive", "damaged"),
    (lambda _: gzip.compress(b"no archive"), "damaged"),
    (lambda _: b"", "damaged"),
)
BAD_CONTENTS = (
    (edit_a_row, "table officer is not the one"),
    (lose_a_table, "table officer is missing"),
    (lose_a_file, "files are not those"),
    (lose_the_end, "cut off"),
    (edit_the_end, "seal"),
    (come_from_the_future, "newer tsalert"),
    (have_another_key, "TSALERT_ADDRESS_KEY"),
    (be_of_another_product, "not a backup that tsalert made"),
)


def test_what_is_not_whole_or_not_ours_is_refused_before_anything_changes(used: Service, tmp_path: Path) -> None:
    good, bad = tmp_path / "backup", tmp_path / "bad"
    used.back_up(good)
    before = used.rows(), used.files()
    for change, why in BAD_BYTES:
        bad.write_bytes(change(good.read_bytes()))
        with pytest.raises(RuleViolation, match=f"{why}.*Nothing was changed"):
            used.restore(bad)
    for edit, why in BAD_CONTENTS:
        with pytest.raises(RuleViolation, match=f"{why}.*Nothing was changed"):
            used.restore(rewritten(good, edit))
    assert (used.rows(), used.files()) == before


def test_a_service_in_use_is_replaced_only_where_that_is_said(used: Service, tmp_path: Path) -> None:
    used.back_up(tmp_path / "backup")
    rows = used.rows()
    with pytest.raises(Conflict, match=r"replace 2 officers, .*1 case, .*entries in the trail, .*Say --replace"):
        used.restore(tmp_path / "backup", replaces=False)
    worker = create_engine(used.settings.database_url)
    with worker.connect() as connected:
        connected.exec_driver_sql("SELECT count(*) FROM officer")
        with pytest.raises(Conflict, match="Stop web and worker"):
            used.restore(tmp_path / "backup")
    worker.dispose()
    assert used.rows() == rows


def test_a_restore_waits_a_moment_for_those_who_are_leaving(used: Service, tmp_path: Path) -> None:
    used.back_up(tmp_path / "backup")
    leaving = create_engine(used.settings.database_url, poolclass=NullPool).connect()
    leaving.exec_driver_sql("SELECT count(*) FROM officer")
    Timer(0.2, leaving.close).start()
    used.restore(tmp_path / "backup")


def test_a_full_disk_leaves_no_half_backup(used: Service, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (used.settings.files / "evidence/noise").write_bytes(os.urandom(2**21))  # nothing makes it smaller
    with files_no_larger_than(2**20), pytest.raises(Unavailable, match="cannot be written"):
        used.back_up(folder / "backup")
    assert list(folder.iterdir()) == []
    assert used.last_backup() is None


@pytest.mark.parametrize(("at", "comes_back"), [("swap", False), ("finish", True)])
def test_a_restore_that_is_killed_at_its_end_is_settled_to_one_side(
    used: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
    comes_back: bool,  # noqa: FBT001
) -> None:
    """Before the database's transaction ends everything is as it was, behind it everything is as it was backed up."""
    used.back_up(tmp_path / "backup")
    backed_up = used.rows(), used.files()
    used.employ("late@example.org", RoleName.MANAGER)
    (used.settings.files / "evidence/later").write_bytes(b"of later")
    now = used.rows(), used.files()
    swap = Exchange.swap

    def die(exchange: Exchange) -> None:
        if at == "swap":
            swap(exchange)
        os._exit(9)

    monkeypatch.setattr(Exchange, at, die)
    assert exit_status_of(lambda: used.restore(tmp_path / "backup")) == 9
    monkeypatch.undo()

    with used.alone():
        with pytest.raises(SettingsError, match="backup settle"):
            check_start(used.settings)
        assert settling.settle(used.settings.files, db.engine) == 1
        check_start(used.settings)
    rows, files = backed_up if comes_back else now
    assert but_notes(used.rows()) == but_notes(rows)
    assert used.files() == files
    assert not (used.settings.files / ".restore").exists()


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(
    used: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older program is this one, but for the tables and columns that it did not know."""
    guards = used.guards()
    with used.alone():
        downgrade(revision=OLDER)
        known = inspect(db.engine)
        columns = {name: {each["name"] for each in known.get_columns(name)} for name in known.get_table_names()}
    tables = [table for table in outlines() if table.name in columns]
    older = tuple(
        replace(table, columns=tuple(each for each in table.columns if each.name in columns[table.name]))
        for table in tables
    )
    with monkeypatch.context() as older_program:
        older_program.setattr(storage, "newest_schema", lambda: OLDER)
        older_program.setattr(making, "outlines", lambda: older)
        used.back_up(tmp_path / "backup")
    with used.alone():
        upgrade()
    rows = used.rows()
    used.restore(tmp_path / "backup")
    assert but_notes(used.rows()) == but_notes(rows)
    assert used.guards() == guards
    with used.alone():
        check_start(used.settings)
