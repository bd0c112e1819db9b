"""A sender's own file of what it began and what came of it: it outlives the process, not the machine.

One file belongs to one connection. A line goes in before a message's content leaves and after its
answer, one write each and no fsync. While the process lives it holds a lock on the file, so that
anybody can tell whether the owner is dead.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import filterfalse
from pathlib import Path
from typing import Self
from uuid import uuid4

from msgspec import Struct

from tsalert.delivery.ports import Accepted, Answer, InDoubt, Rejected, RetryLater
from tsalert.delivery.rules import SuppressionReason

_SUFFIX = ".journal"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class Journal:
    """One connection's journal; its name is the name under which that connection claims deliveries."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.owner = f"{machine_boot()}.{uuid4().hex}"
        self._path = folder / f"{self.owner}{_SUFFIX}"
        self._file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._answered: list[str] = []

    def begin(self, delivery_id: int) -> None:
        """Write that a message's content is about to leave, with the answers noted since.

        :raises OSError: the disk is full; then the content must not leave.
        """
        self._write([*self._answered, f"B\t{delivery_id}\n"])

    def end(self, delivery_id: int, answer: Answer) -> None:
        """Note an answer; it is written with the next beginning, or by ``flush``."""
        self._answered.append(f"E\t{delivery_id}\t{write_answer(answer)}\n")

    def flush(self) -> None:
        """Write the answers noted since the last beginning."""
        if self._answered:
            self._write(self._answered)

    def clear(self) -> None:
        """Forget everything, once it is safe in the database."""
        self._answered = []
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Remove the journal of a sender that stops in good order."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, lines: list[str]) -> None:
        whole = "".join(lines).encode()
        if os.write(self._file, whole) != len(whole):
            raise OSError("the journal's disk is full")
        self._answered = []


class Replayed(Struct, frozen=True):
    """What a dead sender's journal tells: answers it got, and deliveries it began without one.

    :param is_whole: whether what it does not name was certainly never begun.
    """

    answers: Mapping[int, Answer]
    in_doubt: frozenset[int]
    is_whole: bool = True


class Orphan(Struct):
    """The journal of a sender that died; held, so that nobody else replays it at the same time."""

    owner: str
    path: Path
    _file: int

    @classmethod
    def hold(cls, path: Path) -> Self | None:
        """Take hold of a journal; None where its sender lives, somebody else has it, or it is gone."""
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        if path.exists():
            return cls(path.name.removesuffix(_SUFFIX), path, file)
        os.close(file)
        return None

    def read(self) -> Replayed:
        """Read what the sender had begun and ended; a last line that was cut off had not been acted on."""
        answers: dict[int, Answer] = {}
        begun: set[int] = set()
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
            kind, delivery_id, rest = (*line.rstrip("\n").split("\t", 2), "", "")[:3]
            if not line.endswith("\n") or not delivery_id.isdecimal():
                continue
            number = int(delivery_id)
            if kind == "B":
                begun.add(number)
                answers.pop(number, None)
            else:
                begun.discard(number)
                answers[number] = read_answer(rest)
        return Replayed(answers, frozenset(begun), is_whole=_is_of_now(self.path))

    def touched_at(self) -> datetime:
        """Return when its sender last claimed, or looked for something to claim."""
        return datetime.fromtimestamp(os.fstat(self._file).st_mtime, UTC)

    def remove(self) -> None:
        """Throw the journal away, once all it told is in the database."""
        self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Let others have it."""
        os.close(self._file)


def orphans(folder: Path) -> Iterator[Orphan]:
    """Take hold of each journal on this machine, since it started, whose sender is dead."""
    return filter(None, map(Orphan.hold, filter(_is_of_now, _journals(folder))))


def left_behind(folder: Path, before: datetime) -> Iterator[Orphan]:
    """Take hold of each journal whose sender died with its machine: this one before it started again, or another.

    :param before: when a sender that lives would have touched its journal since.
    """
    for orphan in filter(None, map(Orphan.hold, filterfalse(_is_of_now, _journals(folder)))):
        if orphan.touched_at() < before:
            yield orphan
        else:
            orphan.release()


def is_here(folder: Path, owner: str) -> bool:
    """Tell whether a sender's journal lies here: it is alive, or will be replayed."""
    return (folder / f"{owner}{_SUFFIX}").exists()


def machine_boot() -> str:
    """Return a name of this machine since it was last started; journals of before may lack lines."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return os.uname().nodename


def _journals(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_SUFFIX}"))


def _is_of_now(path: Path) -> bool:
    return path.name.startswith(f"{machine_boot()}.")


def write_answer(answer: Answer) -> str:
    """Write an answer as one line without line ends."""
    if isinstance(answer, Accepted):
        kind, extra, text = "accepted", "", answer.reference
    elif isinstance(answer, Rejected):
        kind, extra, text = "rejected", answer.suppress or "", answer.reason
    elif isinstance(answer, RetryLater):
        kind = "outage" if answer.is_outage else "later"
        extra, text = "" if answer.after is None else str(answer.after), answer.reason
    else:
        kind, extra, text = "doubt", "", answer.reason
    return f"{kind}\t{extra}\t{_UNPRINTABLE.sub(' ', text)}"


def read_answer(line: str) -> Answer:
    """Read what ``write_answer`` wrote; anything else leaves the message in doubt."""
    kind, extra, text = (*line.split("\t", 2), "", "")[:3]
    try:
        return _read_answer(kind, extra, text)
    except ValueError:  # a full disk took the first half of a line, and the next one stands behind it
        return InDoubt(text)


def _read_answer(kind: str, extra: str, text: str) -> Answer:
    if kind == "accepted":
        return Accepted(text)
    if kind == "rejected":
        return Rejected(text, SuppressionReason(extra) if extra else None)
    if kind in {"later", "outage"}:
        return RetryLater(text, float(extra) if extra else None, is_outage=kind == "outage")
    return InDoubt(text)
