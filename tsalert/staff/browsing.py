"""Who sits at a browser: one officer, from signing in to signing out, for twelve hours at most.

The session lies signed in the browser's own cookie. It names its officer by a mark, which changes when all sessions of
theirs end. What it held before is dropped at each sign-in, so that nothing which somebody else planted in this browser
(an address to go on to, a proof of origin, a question) is worth anything afterwards.
"""

from datetime import datetime, timedelta

from flask import g, session

from tsalert.db import db
from tsalert.staff import queries
from tsalert.staff.models import Officer

LONGEST = timedelta(hours=12)
_OFFICER, _SECOND_STEP = "officer", "second_step"
# When the officer in this browser last showed who they are.
_SHOWN_AT = "shown_at"
# When something was last done here, to the half-minute: with every request a new cookie would go out.
_ACTED_AT = "acted_at"
_NEWS = timedelta(seconds=30)


def begin(officer: Officer, *, by: str | None = None, now: datetime) -> None:
    """Sign an officer in.

    :param by: their second step; None where they took none.
    """
    session.clear()
    g.pop("csrf_token", None)  # the library keeps it for the rest of the request, under the session that is over
    session[_OFFICER] = [officer.fs_uniquifier, now.timestamp()]
    if by:
        session[_SECOND_STEP] = by
    note_shown(now=now)
    note_action(now=now)
    g.officer = officer


def end() -> None:
    """Sign out whoever sits at this browser."""
    session.clear()
    g.officer = None


def current(*, now: datetime) -> Officer | None:
    """Return the officer at this browser; None where nobody is signed in, or their account or session has ended.

    Whoever has a second step and took none in this session is nobody.
    """
    if "officer" not in g:
        g.officer = _find(now)
    officer: Officer | None = g.officer
    return officer


def took_second_step() -> bool:
    """Tell whether a second step was taken in this session."""
    return _SECOND_STEP in session


def go_on_as(mark: str, by: str | None = None) -> None:
    """Keep this browser signed in when all sessions of its officer end.

    :param mark: what the officer's sessions are known by from now on.
    :param by: the second step that has just been shown to work here; None where it is the one taken before.
    """
    _, since = session[_OFFICER]
    session[_OFFICER] = [mark, since]
    if by:
        session[_SECOND_STEP] = by
    g.pop("officer", None)


def note_shown(*, now: datetime) -> None:
    """Remember that the officer in this browser has just shown who they are."""
    session[_SHOWN_AT] = now.timestamp()


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
    mark, since = session.get(_OFFICER, ("", 0))
    is_over = now.timestamp() - since > LONGEST.total_seconds()
    officer = queries.find_by_mark(db.session(), mark) if mark and not is_over else None
    if officer is None or not officer.active:
        return None
    return officer if took_second_step() or officer.second_step_since is None else None
