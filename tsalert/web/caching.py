"""Answers that any browser, and any cache between, may keep: the same for everybody, drawn for nobody."""

from collections.abc import Callable

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from tsalert.web.access import draw_for
from tsalert.web.headers import let_all_keep


def for_everybody(mark: str, draw: Callable[[], ResponseReturnValue], *, seconds: int) -> Response:
    """Answer with what a mark stands for, or with 304 where the reader has it already.

    Whoever asks is forgotten first, so that nothing of an officer who is signed in is kept with it.

    :param mark: what changes whenever the answer does, such as a digest.
    :param seconds: for how long it may be shown without asking again.
    """
    draw_for(None)
    known = request.if_none_match.contains_weak(mark)
    answer = Response(status=304) if known else make_response(draw())
    answer.set_etag(mark, weak=True)  # the pages of two moments differ in the time they were drawn at
    let_all_keep(answer, seconds=seconds)
    return answer
