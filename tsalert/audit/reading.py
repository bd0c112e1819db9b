"""Who read what, and took which file out: entered before an answer leaves; where it cannot be, nothing is shown."""

from flask import Flask, Response, request

from tsalert.audit.rules import EXPORTED
from tsalert.audit.service import record
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.web.access import current_actor, find_actor, records_read, shown
from tsalert.web.errors import sees_outages

# A change that is refused is answered with the record as it stands: by its form again, or beside what was sent.
_SHOWS = frozenset({200, 206, 400, 409, 422, 429})


def init_app(app: Flask) -> None:
    """Enter the reading of every view that is marked so, and of every form that shows one again."""
    app.after_request(_enter)


@sees_outages
def _enter(answer: Response) -> Response:
    """Let an answer go once its reading is entered; where the database is locked or gone, say so in its place."""
    _note_export(answer)
    marked = shown()
    if marked and answer.status_code in _SHOWS and request.method != "HEAD":
        subject, number = marked
        ids = records_read() if number is None else (number,)
        _note(subject, ids)
    return answer


def _note_export(answer: Response) -> None:
    """Write an entry where an officer takes a file out, whatever is in it."""
    is_file = answer.headers.get("Content-Disposition", "").startswith("attachment")
    if not is_file or answer.status_code not in {200, 206} or request.method == "HEAD":
        return
    actor = find_actor()
    if actor is not None and actor.is_officer:
        with transaction() as session:
            record(session, actor, EXPORTED, "file", None, now=utc_now(), what=str(request.endpoint))


def _note(subject: str, ids: tuple[int, ...]) -> None:
    """Write one entry a request: about one record, or about a list that names them all."""
    if not ids:
        return
    single = ids[0] if len(ids) == 1 else None
    listed = {} if single else {"records": ",".join(map(str, ids))}
    with transaction() as session:
        record(session, current_actor(), "read", subject, single, now=utc_now(), **listed)
