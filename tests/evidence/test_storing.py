"""Files come onto the disk whole or not at all, and stay as they were."""

import os
import resource
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.evidence.conftest import NOW, Recorder, arrived, close
from tests.evidence.samples import JPEG, PDF
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation, Unavailable, Withheld
from tsalert.db import db, transaction
from tsalert.evidence import queries, service, storing
from tsalert.evidence.models import EvidenceFile
from tsalert.evidence.rules import NewFile
from tsalert.evidence.storing import Incoming
from tsalert.restricting import service as restricting
from tsalert.staff.models import Officer, officer_role
from tsalert.staff.rules import RoleName
from tsalert.staff.tokens import queries as token_queries
from tsalert.staff.tokens import service as tokens
from tsalert.staff.tokens.rules import Scope
from tsalert.staff.tokens.service import NewToken
from tsalert.tiers.vocabulary import Subject

Store = Callable[[], set[Path]]


@contextmanager
def chosen(app: Flask, **changes: object) -> Iterator[None]:
    """Change settings of the installation for a while."""
    before = app.extensions["tsalert_settings"]
    app.extensions["tsalert_settings"] = replace(before, **changes)
    try:
        yield
    finally:
        app.extensions["tsalert_settings"] = before


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let the system refuse to write larger files, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def pour(incoming: Incoming, size: int) -> None:
    for _ in range(0, size, 10_000):
        incoming.write(bytes(10_000))


def test_a_file_is_kept_whole_hashed_and_read_only(case_id: int, actor: Actor, add: Recorder, store: Store) -> None:
    content = PDF + bytes(300_000)
    file = queries.get_file(db.session(), case_id, add(content, "receipt.pdf", note="From her handbag"))
    (path,) = store()
    assert path == storing.path_of(file.storage_key)
    assert path.read_bytes() == content
    assert (file.sha256, file.size, file.kind) == (sha256(content).hexdigest(), len(content), "pdf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert "receipt" not in str(path)


def test_what_comes_out_is_what_came_in_and_the_trail_knew_first(case_id: int, actor: Actor, add: Recorder) -> None:
    file_id = add()
    opened = service.open_file(case_id, file_id, actor=actor, now=NOW)
    entries = audit.entries_about(db.session(), "evidence file", file_id)
    assert [entry.action for entry in entries] == ["stored", "read"]
    with opened.content as content:
        assert content.read() == PDF


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        pytest.param(b"", "empty.pdf", "0 bytes", id="empty"),
        pytest.param(JPEG, "receipt.pdf", "its content says JPEG picture", id="a lie"),
        pytest.param(PDF, "x" * 1001, "Shorten it", id="an endless name"),
    ],
)
def test_a_file_that_is_refused_leaves_nothing(
    case_id: int, actor: Actor, store: Store, content: bytes, name: str, said: str
) -> None:
    arrival = arrived(content, name)
    with pytest.raises(RuleViolation, match=said):
        service.add_file(case_id, NewFile(), arrival, actor=actor, now=NOW)
    arrival.incoming.discard()
    assert store() == set()


def test_a_file_larger_than_allowed_is_refused_while_it_comes(app: Flask, case_id: int, store: Store) -> None:
    incoming = Incoming()
    with chosen(app, evidence_largest=2**20), pytest.raises(RuleViolation, match="up to 1 MB"):
        pour(incoming, 2 * 2**20)
    incoming.discard()
    assert store() == set()


def test_a_disk_that_takes_no_more_is_said_and_leaves_nothing(case_id: int, store: Store) -> None:
    incoming = Incoming()
    with files_no_larger_than(50_000), pytest.raises(Unavailable, match="cannot take the file"):
        pour(incoming, 200_000)
    incoming.discard()
    assert store() == set()


def test_a_closed_case_takes_no_more_files(case_id: int, actor: Actor, store: Store) -> None:
    close(case_id, actor)
    arrival = arrived()
    with pytest.raises(Conflict, match="is closed"):
        service.add_file(case_id, NewFile(), arrival, actor=actor, now=NOW)
    arrival.incoming.discard()
    assert store() == set()


def test_nobody_without_leave_reads_or_stores(case_id: int, actor: Actor, add: Recorder) -> None:
    nobody = replace(actor, permissions=frozenset())
    file_id = add()
    with pytest.raises(NotAllowed):
        service.open_file(case_id, file_id, actor=nobody, now=NOW)
    arrival = arrived()
    with pytest.raises(NotAllowed):
        service.add_file(case_id, NewFile(), arrival, actor=nobody, now=NOW)
    arrival.incoming.discard()


def test_whoever_is_shut_out_while_their_file_comes_in_stores_nothing(
    case_id: int, actor: Actor, exhibit: Recorder, store: Store
) -> None:
    with transaction() as session:
        session.execute(update(Officer).where(Officer.id == actor.officer_id).values(active=False))
    arrival = arrived()
    with pytest.raises(NotAllowed, match="while the file came in"):
        service.add_file(case_id, NewFile(), arrival, actor=actor, now=NOW)
    arrival.incoming.discard()
    with pytest.raises(NotAllowed, match="while the file came in"):
        exhibit(arrival := arrived())
    arrival.incoming.discard()
    assert store() == set()


def test_whoever_loses_role_or_access_while_their_file_comes_in_stores_nothing(
    case_id: int, officer: Callable[..., Actor], store: Store
) -> None:
    kim, manager = officer(RoleName.CASE_OFFICER), officer(RoleName.MANAGER)
    service.add_file(case_id, NewFile(), arrived(), actor=kim, now=NOW)
    kept = store()
    restricting.restrict((Subject.CASE, case_id), "Somebody was threatened.", actor=manager, now=NOW)
    arrival = arrived()
    with pytest.raises(Withheld):
        service.add_file(case_id, NewFile(), arrival, actor=kim, now=NOW)
    arrival.incoming.discard()
    restricting.lift((Subject.CASE, case_id), "It is over now.", actor=manager, now=NOW)
    with transaction() as session:
        session.execute(delete(officer_role).where(officer_role.c.officer_id == kim.officer_id))
    arrival = arrived()
    with pytest.raises(NotAllowed, match="role ended while"):
        service.add_file(case_id, NewFile(), arrival, actor=kim, now=NOW)
    arrival.incoming.discard()
    assert store() == kept


@pytest.mark.parametrize("is_program", [False, True], ids=["officer", "program"])
def test_a_token_that_ends_while_a_file_comes_in_stores_nothing(
    session: Session, case_id: int, officer: Callable[..., Actor], store: Store, *, is_program: bool
) -> None:
    admin = officer(RoleName.ADMINISTRATOR)
    account_id = tokens.make_account("Scanner", "It sends scans.", actor=admin, now=NOW)
    kim, new = officer(RoleName.CASE_OFFICER), NewToken("Scans", [Scope.CASES_WRITE], 1)
    if is_program:
        token_id, token = tokens.make_for_program(account_id, new, actor=admin, now=NOW)
    else:
        token_id, token = tokens.make_own(new, actor=kim, now=NOW)
    bearer = token_queries.find_actor(session, token, now=NOW)
    assert bearer is not None
    service.add_file(case_id, NewFile(), arrived(), actor=bearer, now=NOW)
    kept = store()
    with pytest.raises(NotAllowed, match="token ended while"):
        service.add_file(case_id, NewFile(), ran_out := arrived(), actor=bearer, now=NOW + timedelta(days=1))
    tokens.end_token(token_id, actor=admin, now=NOW)
    with pytest.raises(NotAllowed, match="token ended while"):
        service.add_file(case_id, NewFile(), ended := arrived(), actor=bearer, now=NOW)
    for arrival in (ran_out, ended):
        arrival.incoming.discard()
    assert store() == kept


def test_whoever_loses_their_role_while_a_file_comes_in_by_their_token_stores_nothing(
    session: Session, case_id: int, officer: Callable[..., Actor], store: Store
) -> None:
    kim = officer(RoleName.CASE_OFFICER)
    _, token = tokens.make_own(NewToken("All", [Scope.EVERYTHING], 1), actor=kim, now=NOW)
    bearer = token_queries.find_actor(session, token, now=NOW)
    assert bearer is not None
    with transaction() as step:
        step.execute(delete(officer_role).where(officer_role.c.officer_id == kim.officer_id))
    with pytest.raises(NotAllowed, match="role ended while"):
        service.add_file(case_id, NewFile(), arrival := arrived(), actor=bearer, now=NOW)
    arrival.incoming.discard()
    assert store() == set()


def test_a_file_is_found_in_its_own_case_alone(case_id: int, actor: Actor, add: Recorder) -> None:
    file_id = add()
    for case, file in ((case_id + 1, file_id), (case_id, file_id + 1), (case_id, 2**40), (-1, file_id)):
        with pytest.raises(NotFound):
            service.open_file(case, file, actor=actor, now=NOW)


def test_a_process_that_died_between_the_record_and_the_name_has_lost_nothing(
    case_id: int, actor: Actor, add: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(Incoming, "keep", lambda incoming: setattr(incoming, "is_kept", True))
        file_id = add()
    file = queries.get_file(db.session(), case_id, file_id)
    assert not storing.path_of(file.storage_key).exists()
    with service.open_file(case_id, file_id, actor=actor, now=NOW).content as content:
        assert content.read() == PDF
    assert storing.path_of(file.storage_key).exists()


def test_halves_older_than_a_day_are_swept_and_recorded_files_never(
    app: Flask, case_id: int, add: Recorder, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(Incoming, "keep", lambda incoming: incoming.close())
        recorded = queries.get_file(db.session(), case_id, add())
    add(name="whole.pdf")
    half, fresh, stray = arrived().incoming, arrived().incoming, arrived().incoming
    stray.finish()
    half.close()
    storing.settle(stray.key)
    for each in store() - {fresh.part}:
        age(each, timedelta(days=2))
    assert service.sweep_store(datetime.now(UTC)) == 1
    assert not half.part.exists()
    assert fresh.part.exists()
    assert storing.path_of(stray.key).exists()
    assert storing.path_of(recorded.storage_key).exists()
    assert len(store()) == 4
    fresh.discard()


def age(path: Path, by: timedelta) -> None:
    then = (datetime.now(UTC) - by).timestamp()
    os.utime(path, (then, then))


def test_a_file_changed_on_the_disk_is_not_handed_out(case_id: int, actor: Actor, add: Recorder, store: Store) -> None:
    file_id = add()
    (path,) = store()
    path.chmod(0o600)
    path.write_bytes(PDF.replace(b"obj", b"obJ", 1))
    with pytest.raises(Conflict, match="not as it was stored"):
        service.open_file(case_id, file_id, actor=actor, now=NOW)
    path.unlink()
    with pytest.raises(NotFound, match="not on the disk"):
        service.open_file(case_id, file_id, actor=actor, now=NOW)


def test_the_database_itself_refuses_to_rewrite_what_a_file_is(case_id: int, add: Recorder, session: Session) -> None:
    file_id = add()
    with pytest.raises(DBAPIError, match="never rewritten"), transaction() as changing:
        changing.get_one(EvidenceFile, file_id).sha256 = "0" * 64


@pytest.fixture
def scanner(tmp_path: Path) -> tuple[str, ...]:
    """A real scanner: it finds the word VIRUS, and gives up on the word BROKEN."""
    script = tmp_path / "scan.py"
    script.write_text(
        "import sys\n"
        "found = open(sys.argv[1], 'rb').read()\n"
        "sys.exit(1 if b'VIRUS' in found else 2 if b'BROKEN' in found else 0)\n"
    )
    return sys.executable, str(script)


def test_a_file_that_the_scanner_finds_clean_is_kept(
    app: Flask, case_id: int, add: Recorder, store: Store, scanner: tuple[str, ...]
) -> None:
    with chosen(app, evidence_scanner=scanner):
        add()
    assert len(store()) == 1


def test_a_file_in_which_the_scanner_finds_something_is_refused_and_stands_in_the_trail(
    app: Flask, case_id: int, actor: Actor, store: Store, scanner: tuple[str, ...]
) -> None:
    arrival = arrived(PDF + b"VIRUS")
    with chosen(app, evidence_scanner=scanner), pytest.raises(RuleViolation, match="scanner found something"):
        service.add_file(case_id, NewFile(), arrival, actor=actor, now=NOW)
    arrival.incoming.discard()
    entry = audit.entries_about(db.session(), "case", case_id)[-1]
    assert (entry.action, entry.detail["sha256"]) == ("infected file refused", sha256(PDF + b"VIRUS").hexdigest())
    assert store() == set()


@pytest.mark.parametrize("content", [PDF + b"BROKEN", PDF], ids=["status 2", "no such program"])
def test_a_scanner_that_gives_no_clear_answer_lets_nothing_in(
    app: Flask, case_id: int, actor: Actor, store: Store, scanner: tuple[str, ...], content: bytes
) -> None:
    chosen_scanner = scanner if b"BROKEN" in content else ("/nowhere/scanner",)
    arrival = arrived(content)
    with chosen(app, evidence_scanner=chosen_scanner), pytest.raises(Unavailable, match="checked for viruses"):
        service.add_file(case_id, NewFile(), arrival, actor=actor, now=NOW)
    arrival.incoming.discard()
    assert store() == set()
