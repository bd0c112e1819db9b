"""Both databases to measure on, of which nothing stays; how long commands take and what memory a process needs."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

from tests.database import postgresql_server

Found = TypeVar("Found")
# A process of its own between the two: a command's peak would else be that of the benchmark which started it.
_BETWEEN = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr); print("
_BETWEEN += "resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"


def run_measured(arguments: list[str], environment: Mapping[str, str]) -> tuple[float, int]:
    """Run a command of the service; returns the seconds it took and the megabytes it held at most.

    :param arguments: what follows ``flask --app wsgi``.
    """
    command = [sys.executable, "-c", _BETWEEN, sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    started = perf_counter()
    answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return perf_counter() - started, int(answer.stdout)


def most_memory(process: int | str = "self") -> int:
    """Return the most memory in MB that a process ever had, its program and imports among it.

    As the system keeps it of this program alone: getrusage counts what the process held before that began, too.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def in_own_process(work: Callable[..., Found], *arguments: object) -> Found:
    """Return what a function of a module returns, done in a process of its own: its peak is that of nothing before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own:
        return own.submit(work, *arguments).result()


@contextmanager
def both_databases() -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Give a folder to write in, and the address of an empty database of each kind by its name."""
    with TemporaryDirectory(prefix="tsalert-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "server").mkdir()
        with postgresql_server(folder / "server", waits_for_disk=True) as url:
            yield folder, {"SQLite": f"sqlite:///{folder / 'bench.db'}", "PostgreSQL": url}
