"""The newest board that one web process has read and drawn, kept until a row of it or time itself changes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import chain
from secrets import token_hex
from threading import Lock

from sqlalchemy.orm import Session

from tsalert.core.clock import whole_seconds
from tsalert.response.board import Board, read_board
from tsalert.response.stamp import read_stamp
from tsalert.web.filters import time_left

# Draws a board: where links lead to its incidents or not, and a word for each time left and for the mark.
Draw = Callable[[Board, bool, str], str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A board as drawn, with holes for its mark and for the time left of each clock, in the order of its lines."""

    mark: str
    pieces: tuple[str, ...]
    due: tuple[datetime, ...]

    def at(self, now: datetime) -> str:
        """Return the drawing with the time left as it is now."""
        return "".join(chain.from_iterable(zip(self.pieces, self._fillings(now), strict=True)))

    def _fillings(self, now: datetime) -> Iterator[str]:
        yield self.mark
        yield from (time_left(due - whole_seconds(now)) for due in self.due)
        yield ""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: str
    board: Board
    drawings: dict[bool, Drawing] = field(default_factory=dict)


class LiveBoard:
    """Hands out the board without reading it again while its stamp is the same and time has changed nothing.

    The stamp is read in the reader's own request, so nobody is shown a board that was true only earlier. A board is
    kept only if its stamp was the same before and after it was read: otherwise somebody else's transaction may have
    come between its queries.
    """

    def __init__(self, draw: Draw) -> None:
        self._draw, self._lock = draw, Lock()
        self._kept: _Kept | None = None

    def drawn(self, session: Session, *, now: datetime, with_links: bool) -> Drawing:
        """Return the board as it is drawn now, with or without links to its incidents."""
        stamp = read_stamp(session)
        kept = self._find(stamp, now)
        if kept and with_links in kept.drawings:
            return kept.drawings[with_links]
        with self._lock:
            kept = self._find(stamp, now) or self._read(session, stamp, now)
            if with_links not in kept.drawings:
                kept.drawings[with_links] = self._drawn(kept.board, with_links=with_links)
            return kept.drawings[with_links]

    def _find(self, stamp: str, now: datetime) -> _Kept | None:
        kept = self._kept
        return kept if kept and kept.stamp == stamp and kept.board.holds(now) else None

    def _read(self, session: Session, stamp: str, now: datetime) -> _Kept:
        kept = _Kept(stamp, read_board(session, now=now))
        if read_stamp(session) == stamp:
            self._kept = kept
        return kept

    def _drawn(self, board: Board, *, with_links: bool) -> Drawing:
        hole = token_hex(16)
        pieces = tuple(self._draw(board, with_links, hole).split(hole))
        due = tuple(line.reading.due_at for line in board.lines if line.reading.counts_down and line.reading.due_at)
        return Drawing(sha256("".join(pieces).encode()).hexdigest()[:32], pieces, due)
