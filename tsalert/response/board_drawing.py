"""The live board as a page shows it; LiveBoard says when."""

from collections.abc import Callable

from flask import get_template_attribute, render_template
from markupsafe import Markup

from tsalert.response.board import Board, BoardLine


def draw_board(board: Board, lines: str, hole: str) -> str:
    """Draw a board round its lines, which were drawn before."""
    drawn = Markup(lines)  # noqa: S704 - from a template
    return render_template("response/board_lines.html", board=board, lines=drawn, hole=hole)


def draw_line(line: BoardLine, with_links: bool, hole: str) -> str:  # noqa: FBT001 - the shape that LiveBoard asks for
    """Draw one line, with or without a link to its incident."""
    draw: Callable[[BoardLine, bool, str], str] = get_template_attribute("response/board_line.html", "board_line")
    return draw(line, with_links, hole)
