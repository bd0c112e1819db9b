"""What takes long to make is made by one of the workers that run the tests, once a run, and used by all of them."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let no other process of this run in that names the same path."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # closing the file opens it to the next
        yield


def made_once(path: Path, make: Callable[[Path], object]) -> Path:
    """Return a file or folder, made by whoever needs it first; nobody may change it, and nobody sees half of it."""
    with alone(path):
        if not path.exists():
            begun = path.with_name(f"{path.name}.begun")
            make(begun)
            begun.rename(path)
    return path
