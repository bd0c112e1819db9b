"""Who read what: entered in the trail before an answer leaves; where it cannot be entered, nothing is shown."""

from flask import Flask, Response, current_app, request

from tsalert.audit.service import record
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.web.access import current_actor, read_by, records_read

_SHOWS = frozenset({200, 206})


def init_app(app: Flask) -> None:
    """Enter the reading of every view that is marked so."""
    app.after_request(_enter)


def _enter(answer: Response) -> Response:
    marked = read_by(current_app, request.endpoint or "")
    if marked and answer.status_code in _SHOWS and request.method != "HEAD":
        subject, key = marked
        ids = (int((request.view_args or {})[key]),) if key else records_read()
        _note(subject, ids)
    return answer


def _note(subject: str, ids: tuple[int, ...]) -> None:
    """Write one entry a request: about one record, or about a list that names them all."""
    if not ids:
        return
    single = ids[0] if len(ids) == 1 else None
    listed = {} if single else {"records": ",".join(map(str, ids))}
    with transaction() as session:
        record(session, current_actor(), "read", subject, single, now=utc_now(), **listed)
