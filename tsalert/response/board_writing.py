"""The live board as a program gets it: of one that changed, only the lines that say something else are written anew."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from json import dumps
from secrets import token_hex

from tsalert.core.clock import whole_seconds
from tsalert.response.board import Board, BoardLine
from tsalert.response.board_schemas import BoardLineSchema, BoardSchema

# Made once, since making a schema costs more than a line does.
_LINE, _AROUND = BoardLineSchema(), BoardSchema(only=("on_duty",))
# Stands where something is put in; nobody's name is that.
_HOLE = token_hex(16)


class WrittenBoard:
    """Writes boards as JSON, and keeps what stands before and after the seconds left of each line."""

    def __init__(self) -> None:
        self._lines: Mapping[Hashable, tuple[str, str]] = {}

    def write(self, board: Board, *, now: datetime) -> str:
        """Return a board as BoardSchema has it, with the seconds left as they are now."""
        before = self._lines
        lines = [(line, before.get(line.shown) or _written(line)) for line in board.lines]
        self._lines = {line.shown: ends for line, ends in lines}
        items = ",".join(f"{start}{_seconds_left(line, now)}{end}" for line, (start, end) in lines)
        start, end = _ends({"items": _HOLE, "next": None, **_AROUND.dump(board)})
        return f"{start}[{items}]{end}\n"


def _written(line: BoardLine) -> tuple[str, str]:
    told = _LINE.dump(line)
    return _ends({**told, "clock": {**told["clock"], "remaining_seconds": _HOLE}})


def _ends(told: Mapping[str, object]) -> tuple[str, str]:
    start, _, end = dumps(told, sort_keys=True, separators=(",", ":")).partition(f'"{_HOLE}"')
    return start, end


def _seconds_left(line: BoardLine, now: datetime) -> str:
    reading = line.reading
    remaining = reading.remaining
    if remaining is not None and reading.counts_down and reading.due_at is not None:
        # A clock that has not begun has its whole target left, as it had when it was read.
        remaining = min(remaining, reading.due_at - whole_seconds(now))
    return "null" if remaining is None else str(int(remaining.total_seconds()))
