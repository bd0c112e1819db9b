"""How fast the real worker sends personalised mail, beside a bare sender of prepared bytes in the same run.

``python -m tests.benchmarks.broadcast [COUNT]`` prints JSON lines and a table; exit 1 where a promise is broken. So
many a second are promised for a broadcast that takes some seconds, not for one of a few thousand.
"""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Event
from time import perf_counter

from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import text

from tests.benchmarks.databases import both_databases, most_memory
from tests.benchmarks.endpoints_load import add_endpoints, send_to
from tests.benchmarks.installed import as_installed
from tests.conftest import command_environment, settings
from tests.standins.processes import mail_server, worker
from tests.whole import create_app
from tsalert.db import db, transaction
from tsalert.delivery import queries
from tsalert.delivery.rules import Channel, Content, Lane

CONNECTIONS = 4
WORDS = Content(
    "Doorstep crime in your ward",
    "Two men offer to mend roofs. Do not open the door; ring us on 020 7946 0123.\n" * 15,
    "<p>Two men offer to mend roofs. Do not open the door; ring us on 020 7946 0123.</p>\n" * 12,
)
# By database and workers; of others is shown where it stops to grow.
LEAST_A_SECOND = {("sqlite", 1): 15_000, ("postgresql", 2): 18_000}
LEAST_SHARE, MOST_SECONDS, MOST_MEGABYTES, MOST_GROWTH = 0.5, 120, 120, 10
WORKERS = {"sqlite": (1,), "postgresql": (1, 2, 4)}
_FEW = 10_000


class Result(Struct, frozen=True):
    """One measurement; yardsticks have no ``of_bare``.

    :param megabytes: the most that a worker ever held; ``early`` of that when 10,000 were sent.
    """

    name: str
    mails: int
    seconds: float
    per_second: int
    least: int | None = None
    of_bare: float | None = None
    early: int | None = None
    megabytes: int | None = None

    def broken(self) -> list[str]:
        """Return what it promised and did not keep."""
        if self.of_bare is None or self.early is None or self.megabytes is None:
            return []
        is_slow = self.least is not None and (self.per_second < self.least or self.of_bare < LEAST_SHARE)
        told = {
            "too slow": self.mails > _FEW and is_slow,
            "too long": self.seconds > MOST_SECONDS,
            "too large": self.megabytes > MOST_MEGABYTES,
            "it grew": self.megabytes - self.early > MOST_GROWTH,
        }
        return [words for words, is_true in told.items() if is_true]


def main(count: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls), _sink(folder) as port:
        bare = _measure_bare(port, count)
        results = [bare]
        for url in urls.values():
            results += _measure_all(url, folder, port, bare, count)
    for result in results:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
    _print_table(results)
    return 1 if any(result.broken() for result in results) else 0


def _measure_all(url: str, folder: Path, port: int, bare: Result, count: int) -> Iterator[Result]:
    """Broadcast to the same addresses with one worker, and more where there may be more."""
    chosen = settings(url, folder)
    app = create_app(chosen)
    with app.app_context():
        upgrade()
        ids = add_endpoints(Channel.EMAIL, lambda n: f"p{n}@example.org", count, secret=chosen.address_key)
        kind = db.engine.dialect.name
        mails = f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}"
        environment = command_environment(app, TSALERT_EMAIL=mails, **as_installed(folder))
        for workers in WORKERS[kind]:
            with ExitStack() as stack:
                logs = [folder / f"{kind}-{workers}-{n}.log" for n in range(workers)]
                running = [stack.enter_context(worker(environment, log)).pid for log in logs]
                seconds, early, most = _broadcast(ids, running)
            share = round(count / seconds / bare.per_second, 2)
            least, per_second = LEAST_A_SECOND.get((kind, workers)), round(count / seconds)
            name = f"{kind}, workers: {workers}"
            yield Result(name, count, round(seconds, 2), per_second, least, share, early, most)
            _forget()
        db.session.remove()
        db.engine.dispose()


def _broadcast(ids: range, workers: Sequence[int]) -> tuple[float, int, int]:
    """Send to all, from the commit of the audience to the last mail accepted; returns the seconds, and megabytes twice.

    Those are the most that any worker held when few were sent, and in the end.
    """
    mailing_id, early = send_to(ids, WORDS, lane=Lane.BULK), 0
    between_looks = max(0.05, len(ids) / 4_000_000)  # looking takes the processor from what is measured
    started, pause = perf_counter(), Event()
    while not (progress := queries.progress(db.session(), mailing_id)).is_finished:
        early = early or (_peak_megabytes(workers) if progress.sent >= min(_FEW, len(ids)) else 0)
        db.session.rollback()
        pause.wait(between_looks)
    took, most = perf_counter() - started, _peak_megabytes(workers)
    assert progress.sent == len(ids)
    db.session.rollback()
    return took, early or most, most


def _forget() -> None:
    """Leave the addresses, and nothing of what was sent to them."""
    if db.engine.dialect.name == "postgresql":
        with transaction() as session:
            # Without looking into every table that names a message, which takes longer than sending did.
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in ("mailing_count", "delivery"):
                session.execute(text(f"DELETE FROM {table}"))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM delivery"))


def _measure_bare(port: int, count: int) -> Result:
    """Send prepared bytes over as many connections, with nothing remembered, claimed or written down."""
    content = b"Subject: x\r\n\r\n" + WORDS.text.replace("\n", "\r\n").encode() * 3 + b".\r\n"
    envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<p@example.org>\r\nDATA\r\n"
    started = perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        sent = [threads.submit(_send_bare, port, content, envelope, count // CONNECTIONS) for _ in range(CONNECTIONS)]
        for each in sent:
            each.result()
    seconds = perf_counter() - started
    return Result("bare sender", count, round(seconds, 2), round(count / seconds))


def _send_bare(port: int, content: bytes, envelope: bytes, count: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port))) as line:
        _read_lines(line, 1)
        line.sendall(b"EHLO bench\r\n")
        while b"250 " not in line.recv(65536):
            pass
        line.sendall(envelope)
        _read_lines(line, 3)
        for _ in range(count - 1):
            line.sendall(content + envelope)
            _read_lines(line, 4)
        line.sendall(content)
        _read_lines(line, 1)


def _read_lines(line: socket.socket, count: int) -> None:
    while count > 0:
        received = line.recv(65536)
        assert received, "the server hung up"
        count -= received.count(b"\n")


@contextmanager
def _sink(folder: Path) -> Iterator[int]:
    """Run Postfix's discarding server where it is installed, else the tests' own."""
    program = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        with mail_server(Path("/dev/null")) as port:
            yield port
        return
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [program, *(["-u", "root"] if Path.home() == Path("/root") else []), f"127.0.0.1:{port}", "1000"]
    with subprocess.Popen(command, cwd=folder) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()


def _wait_for(port: int) -> None:
    pause = Event()
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            pause.wait(0.01)
        else:
            return


def _peak_megabytes(processes: Sequence[int]) -> int:
    """Return the most that any of some processes ever held."""
    return max(most_memory(process) for process in processes)


def _print_table(results: list[Result]) -> None:
    sys.stdout.write(f"\n{'':<24}{'mails':>9}{'seconds':>9}{'a second':>10}{'of bare':>9}{'MB':>6}\n")
    for each in results:
        share = "" if each.of_bare is None else f"{each.of_bare:.2f}"
        memory = "" if each.megabytes is None else str(each.megabytes)
        row = f"{each.name:<24}{each.mails:>9,}{each.seconds:>9.2f}{each.per_second:>10,}{share:>9}{memory:>6}"
        sys.stdout.write(f"{row}  {', '.join(each.broken())}".rstrip() + "\n")


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
