"""The newest board that one web process has read and drawn, kept until a row of it or time itself changes it."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain
from secrets import token_hex
from threading import Lock

from flask import current_app
from msgspec import Struct, field
from sqlalchemy.orm import Session

from tsalert.core.clock import whole_seconds
from tsalert.response.board import Board, BoardLine, read_board
from tsalert.response.stamp import read_stamp
from tsalert.web.filters import time_left

# How old a board may be that a screen which asks every four seconds is shown: together less than the five promised.
SCREEN_LAG = timedelta(seconds=0.9)
_NO_LAG = timedelta(0)

# Draws one line: where a link leads to its incident or not, and a word for the time left.
DrawLine = Callable[[BoardLine, bool, str], str]
# Draws a board round its lines, with a word for the mark.
Draw = Callable[[Board, str, str], str]


class Drawing(Struct, frozen=True):
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


class _Kept(Struct, frozen=True):
    stamp: str
    read_at: datetime
    board: Board
    drawings: dict[bool, Drawing] = field(default_factory=dict)


class LiveBoard:
    """Hands out the board without reading it again while its stamp is the same and time has changed nothing.

    The stamp is read in the reader's own request, so nobody is shown a board that was true only earlier, unless they
    say how long ago it may have been: when many change the board, the many who watch it share one drawing a second. A
    board is kept only if its stamp was the same before and after it was read: otherwise somebody else's transaction
    may have come between its queries. Of a board that is drawn anew only the lines that show something else are.
    """

    def __init__(self, draw: Draw, draw_line: DrawLine) -> None:
        self._draw, self._draw_line, self._lock = draw, draw_line, Lock()
        self._hole = token_hex(16)
        self._lines: dict[bool, Mapping[Hashable, str]] = {}
        self._kept: _Kept | None = None

    def read(self, session: Session, *, now: datetime) -> Board:
        """Return the board as it stands now; what is left of its clocks may be of when it was read."""
        stamp = read_stamp(session)
        kept = self._find(stamp, now)
        if kept:
            return kept.board
        with self._lock:
            return (self._find(stamp, now) or self._read(session, stamp, now)).board

    def drawn(self, session: Session, *, now: datetime, with_links: bool, lag: timedelta = _NO_LAG) -> Drawing:
        """Return the board as it is drawn now, with or without links to its incidents.

        :param lag: how long ago it may have been read, although rows have changed since.
        """
        lately = self._drawn_lately(now, lag, with_links=with_links)
        return lately or self._drawn_for(read_stamp(session), session, now=now, with_links=with_links, lag=lag)

    def _drawn_for(self, stamp: str, session: Session, *, now: datetime, with_links: bool, lag: timedelta) -> Drawing:
        kept = self._find(stamp, now)
        if kept and with_links in kept.drawings:
            return kept.drawings[with_links]
        with self._lock:
            lately = self._drawn_lately(now, lag, with_links=with_links)  # drawn by those who waited here before
            if lately:
                return lately
            kept = self._find(stamp, now) or self._read(session, stamp, now)
            if with_links not in kept.drawings:
                kept.drawings[with_links] = self._drawn(kept.board, with_links=with_links)
            return kept.drawings[with_links]

    def _drawn_lately(self, now: datetime, lag: timedelta, *, with_links: bool) -> Drawing | None:
        kept = self._kept
        if kept and _NO_LAG <= now - kept.read_at < lag and kept.board.holds(now):
            return kept.drawings.get(with_links)
        return None

    def _find(self, stamp: str, now: datetime) -> _Kept | None:
        kept = self._kept
        return kept if kept and kept.stamp == stamp and kept.board.holds(now) else None

    def _read(self, session: Session, stamp: str, now: datetime) -> _Kept:
        kept = _Kept(stamp, now, read_board(session, now=now))
        if read_stamp(session) == stamp:
            self._kept = kept
        return kept

    def _drawn(self, board: Board, *, with_links: bool) -> Drawing:
        lines = "".join(self._drawn_lines(board, with_links=with_links).values())
        pieces = tuple(self._draw(board, lines, self._hole).split(self._hole))
        due = tuple(line.reading.due_at for line in board.lines if line.reading.counts_down and line.reading.due_at)
        return Drawing(sha256("".join(pieces).encode()).hexdigest()[:32], pieces, due)

    def _drawn_lines(self, board: Board, *, with_links: bool) -> Mapping[Hashable, str]:
        before, lines = self._lines.get(with_links, {}), {line.shown: line for line in board.lines}
        drawn = {
            shown: before.get(shown) or self._draw_line(line, with_links, self._hole) for shown, line in lines.items()
        }
        self._lines[with_links] = drawn
        return drawn


def live_board() -> LiveBoard:
    """Return the board that this web process keeps."""
    kept: LiveBoard = current_app.extensions["tsalert_board"]
    return kept
