"""Real processes of the service and of the stand-ins, for tests that kill them."""

import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

_WORKER = [sys.executable, "-m", "tsalert.worker"]
_WEB = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:0"]
_LISTENS = re.compile(r"Listening at: (http://127\.0\.0\.1:\d+)")


def eventually(condition: Callable[[], bool], *, seconds: float = 60, every: float = 0.01) -> None:
    """Wait until a condition holds; fail loudly if it never does.

    Looking takes a quarter of the time at most: what is waited for needs the processor too.
    """
    began, pause = monotonic(), Event()
    deadline = began + seconds
    while not condition():
        looked = monotonic() - began
        assert monotonic() < deadline, "it never happened"
        pause.wait(max(every, 3 * looked))
        began = monotonic()


@contextmanager
def mail_server(log: Path, *, delay: float = 0.0) -> Iterator[int]:
    """Run a mail server that notes each mail in ``log``; yields its port."""
    with _standing_in("mail_server", str(log), str(delay)) as said:
        yield int(said)


@contextmanager
def distant_mail_server(log: Path, *, delay: float = 0.0, noted: str = "@") -> Iterator[int]:
    """Run a quick mail server far away, which notes in ``log`` when each address came that holds ``noted``."""
    with _standing_in("distant_mail_server", str(log), str(delay), noted) as said:
        yield int(said)


@contextmanager
def twilio_server(*, delay: float) -> Iterator[str]:
    """Run a stand-in for Twilio that answers each message after some seconds; yields its address."""
    with _standing_in("twilio", str(delay)) as said:
        yield said


@contextmanager
def _standing_in(name: str, *arguments: str) -> Iterator[str]:
    """Run a stand-in as a process of its own; yields what it says first."""
    command = [sys.executable, "-m", f"tests.standins.{name}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()  # else leaving the block would wait for it for ever, and hide why the test failed


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker until it says that it is ready; it is stopped by SIGTERM unless it is dead already."""
    with log.open("wb") as output:
        process = subprocess.Popen(_WORKER, env=environment, stdout=output, stderr=output)
    try:
        eventually(lambda: "worker ready" in log.read_text() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(40)


@contextmanager
def web(environment: dict[str, str], log: Path) -> Iterator[str]:
    """Serve the application from one process, every request in ``log``; yields where it listens."""
    with served(environment | {"WEB_CONCURRENCY": "1"}, log) as (address, _):
        yield address


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve the application; yields where it listens and the process at the head, which SIGTERM stops."""
    with log.open("wb") as output:
        process = subprocess.Popen(_WEB, env=environment, stdout=output, stderr=output)
    try:
        eventually(lambda: "Booting worker" in log.read_text() or process.poll() is not None)
        listens = _LISTENS.search(log.read_text())
        assert listens, log.read_text()
        yield listens[1], process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(40)


@contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """Let the system refuse whatever a process would write into files, as a full disk does, for a while."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
