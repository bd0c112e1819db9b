"""Who sits at a browser: one officer, from signing in to signing out, for twelve hours at most.

The session lies signed in the browser's own cookie. It carries a token, whose row tells who signed in and whether that
is still good. What it held before is dropped at each sign-in, so that nothing which somebody else planted in this
browser (an address to go on to, a proof of origin, a question) is worth anything afterwards.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from flask import Flask, Response, g, request, session

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.models import Officer
from tsalert.staff.sign_ins import queries, rules, service
from tsalert.staff.sign_ins.queries import Known
from tsalert.staff.sign_ins.rules import Entry
from tsalert.staff.sign_ins.service import Origin
from tsalert.web.forms import UNREACHABLE

_OFFICER, _SECOND_STEP = "officer", "second_step"
# When the officer in this browser last showed who they are.
_SHOWN_AT = "shown_at"
# When something was last done here, to the half-minute: with every request a new cookie would go out.
_ACTED_AT = "acted_at"
_NEWS = timedelta(seconds=30)
# Somebody signed the officer out of a covered desk, and need not be them.
_LEFT_COVERED = "left_covered"


def init_app(app: Flask) -> None:
    """Note where officers were seen."""
    app.after_request(_note_seen)


def begin(officer: Officer, entry: Entry, *, by: str | None = None, now: datetime) -> None:
    """Sign an officer in.

    :param by: their second step; None where they took none.
    """
    before = sign_in(now=now)
    origin = Origin(entry, by, request.remote_addr or "", request.user_agent.string)
    token = service.begin(officer, origin, instead_of=before.id if before else None, now=now)
    session.clear()
    g.pop("csrf_token", None)  # the library keeps it for the rest of the request, under the session that is over
    session[_OFFICER] = token
    if by:
        session[_SECOND_STEP] = by
    note_shown(at=now)
    note_action(now=now)
    g.officer, g.sign_in = officer, None


def end(*, now: datetime) -> Known | None:
    """Sign out whoever sits at this browser; returns the sign-in that is over, None where there was none."""
    before = sign_in(now=now)
    if before:
        service.sign_out(before.id, now=now)
    session.clear()
    g.officer, g.sign_in = None, None
    return before


def note_left_covered() -> None:
    """Remember that a covered desk was signed out, until somebody signs in at it."""
    session[_LEFT_COVERED] = True


def was_left_covered() -> bool:
    """Tell whether this desk was covered when it was signed out, so that whoever sits there may be anybody."""
    return _LEFT_COVERED in session


def current(*, now: datetime) -> Officer | None:
    """Return the officer at this browser; None where nobody is signed in, or their account or session has ended.

    Whoever has a second step and took none in this session is nobody.
    """
    if "officer" not in g:
        g.officer = _find(now)
    officer: Officer | None = g.officer
    return officer


def sign_in(*, now: datetime) -> Known | None:
    """Return the sign-in that this request was made with; None for a token of the API."""
    current(now=now)
    known: Known | None = g.get("sign_in")
    return known


def took_second_step() -> bool:
    """Tell whether a second step was taken in this session."""
    return _SECOND_STEP in session


def go_on_as(mark: str, by: str | None = None) -> None:
    """Keep this browser signed in when all sessions of its officer end.

    :param mark: what the officer's sessions are known by from now on.
    :param by: the second step that has just been shown to work here; None where it is the one taken before.
    """
    known: Known = g.sign_in
    service.go_on(known.id, mark, by)
    if by:
        session[_SECOND_STEP] = by
    g.pop("officer", None)


def note_shown(*, at: datetime | None) -> None:
    """Remember when the officer in this browser showed who they are; None where nobody can tell."""
    session[_SHOWN_AT] = at.timestamp() if at else None


def shown_since(*, now: datetime) -> timedelta | None:
    """Return how long ago the officer in this browser showed who they are; None where they never did."""
    at = session.get(_SHOWN_AT)
    return timedelta(seconds=now.timestamp() - at) if isinstance(at, int | float) else None


def note_action(*, now: datetime) -> None:
    """Remember that something was done in this browser."""
    idle = idle_for(now=now)
    if idle is None or abs(idle) >= _NEWS:
        session[_ACTED_AT] = now.timestamp()


def idle_for(*, now: datetime) -> timedelta | None:
    """Return how long ago something was done in this browser; None where nothing was since it was signed in."""
    at = session.get(_ACTED_AT)
    return timedelta(seconds=now.timestamp() - at) if isinstance(at, int | float) else None


def _find(now: datetime) -> Officer | None:
    token = session.get(_OFFICER)
    found = queries.find_officer(db.session(), token, now=now) if isinstance(token, str) else None
    if found is None:
        return None
    officer, g.sign_in = found
    return officer if took_second_step() or officer.second_step_since is None else None


def _note_seen(response: Response) -> Response:
    """Note after the work is done that a browser was seen; a busy database is no reason to refuse its page."""
    known: Known | None = g.get("sign_in")
    if known and rules.is_news(known.last_seen_at, utc_now()):
        with suppress(*UNREACHABLE):
            service.note_seen(known.id, now=utc_now())
    return response
