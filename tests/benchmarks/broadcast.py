"""How fast the real worker sends personalised mail, beside a bare sender of prepared bytes in the same run.

``python -m tests.benchmarks.broadcast [COUNT]`` prints JSON lines and a table; exit 1 where a promise is broken.
"""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter

from flask_migrate import upgrade
from sqlalchemy import text

from tests.conftest import command_environment, settings
from tests.database import postgresql_server
from tests.standins.processes import mail_server, worker
from tsalert.app import create_app
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import queries, service
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane

CONNECTIONS = 4
WORDS = Content(
    "Doorstep crime in your ward",
    "Two men offer to mend roofs. Do not open the door; ring us on 020 7946 0123.\n" * 15,
    "<p>Two men offer to mend roofs. Do not open the door; ring us on 020 7946 0123.</p>\n" * 12,
)
LEAST_A_SECOND, LEAST_SHARE, MOST_MEGABYTES = 3000, 0.1, 150


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement."""

    name: str
    mails: int
    seconds: float
    per_second: int
    of_bare: float | None = None
    megabytes: int | None = None

    def keeps_its_promise(self) -> bool:
        """Tell whether a broadcast was quick and small enough; yardsticks promise nothing."""
        if self.of_bare is None or self.megabytes is None:
            return True
        quick = self.per_second >= LEAST_A_SECOND and self.of_bare >= LEAST_SHARE
        return quick and self.megabytes <= MOST_MEGABYTES


def main(count: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tsalert-bench-")))
        folder.chmod(0o755)
        port = stack.enter_context(_sink(folder))
        bare = _measure_bare(port, count)
        results = [bare, _measure(f"sqlite:///{folder / 'bench.db'}", folder / "one", port, 1, bare, count)]
        url = stack.enter_context(postgresql_server(folder / "postgresql"))
        results += [_measure(url, folder / f"pg{workers}", port, workers, bare, count) for workers in (1, 2)]
    for result in results:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
    _print_table(results)
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(url: str, folder: Path, port: int, workers: int, bare: Result, count: int) -> Result:
    """Broadcast through real worker processes, from the commit of the audience to the last mail accepted."""
    folder.mkdir()
    app = create_app(settings(url, folder))
    with app.app_context(), ExitStack() as stack:
        upgrade()
        _empty()
        people = [service.NewEndpoint(Channel.EMAIL, f"p{n}@example.org", EndpointStatus.ACTIVE) for n in range(count)]
        with transaction() as session:
            service.find_or_add_endpoints(session, people, now=utc_now())
        environment = command_environment(app, TSALERT_EMAIL=f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}")
        running = [stack.enter_context(worker(environment, folder / f"{n}.log")) for n in range(workers)]
        seconds = _broadcast(count)
        peak = max(_peak_megabytes(process.pid) for process in running)
        db.session.remove()
        db.engine.dispose()
    name = f"{app.extensions['tsalert_settings'].database_url.partition(':')[0].partition('+')[0]}, workers: {workers}"
    per_second = round(count / seconds)
    return Result(name, count, round(seconds, 2), per_second, round(per_second / bare.per_second, 2), peak)


def _broadcast(count: int) -> float:
    with transaction() as session:
        mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=utc_now())
        assert service.enqueue(session, mailing_id, queries.reachable_endpoints(), now=utc_now()) == count
    started, pause = perf_counter(), Event()
    while not queries.progress(db.session(), mailing_id).is_finished:
        db.session.rollback()
        pause.wait(0.05)
    took = perf_counter() - started
    assert queries.progress(db.session(), mailing_id).sent == count
    return took


def _empty() -> None:
    with transaction() as session:
        for table in ("mailing_count", "delivery", "mailing", "endpoint"):
            session.execute(text(f"DELETE FROM {table}"))


def _measure_bare(port: int, count: int) -> Result:
    """Send prepared bytes over as many connections, with nothing remembered, claimed or written down."""
    content = b"Subject: x\r\n\r\n" + WORDS.text.replace("\n", "\r\n").encode() * 3 + b".\r\n"
    envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<p@example.org>\r\nDATA\r\n"
    threads = [
        Thread(target=_send_bare, args=(port, content, envelope, count // CONNECTIONS)) for _ in range(CONNECTIONS)
    ]
    started = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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
        _wait_for(port)
        yield port
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


def _peak_megabytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(kilobytes) // 1024


def _print_table(results: list[Result]) -> None:
    sys.stdout.write(f"\n{'':<24}{'mails':>9}{'seconds':>9}{'a second':>10}{'of bare':>9}{'MB':>6}\n")
    for each in results:
        share = "" if each.of_bare is None else f"{each.of_bare:.2f}"
        memory = "" if each.megabytes is None else str(each.megabytes)
        row = f"{each.name:<24}{each.mails:>9,}{each.seconds:>9.2f}{each.per_second:>10,}{share:>9}{memory:>6}"
        sys.stdout.write(row + ("" if each.keeps_its_promise() else "  too slow or too large") + "\n")


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
