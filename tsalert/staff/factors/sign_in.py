"""Where a browser stands between its password and its second step; nobody is signed in until both are done."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from tsalert.db import db
from tsalert.staff import browsing, queries
from tsalert.staff.factors.rules import PATIENCE
from tsalert.staff.models import Officer
from tsalert.staff.sign_ins.rules import Entry, Way

_WAITING = "waits_for_second_step"


def lead_on(officer: Officer, entry: Entry, *, onward: str, now: datetime) -> Response:
    """Lead an officer who showed who they are to their second step, or where they have none, sign them in.

    :param entry: how they showed it.
    :param onward: the page they wanted; one of another site is forgotten.
    """
    if officer.second_step_since is None:
        return begin(officer, entry, None, onward=onward, now=now)
    browsing.end(now=now)
    session[_WAITING] = [officer.fs_uniquifier, now.timestamp(), onward, entry.way, entry.provider_session]
    return redirect(url_for("second_step.show_question"), 303)


def who_waits(*, now: datetime) -> Officer | None:
    """Return the officer of this browser whose second step is due; None where it is nobody's, or too late."""
    mark, at, *_ = session.get(_WAITING, ("", 0))
    is_late = abs(now.timestamp() - at) > PATIENCE.total_seconds()
    officer = queries.find_by_mark(db.session(), mark) if mark and not is_late else None
    return officer if officer and officer.active else None


def complete(officer: Officer, by: str, *, now: datetime) -> Response:
    """Sign in an officer who has taken their second step, and lead them to the page they wanted.

    :param by: what their second step was.
    """
    _, _, onward, way, provider_session = session[_WAITING]
    return begin(officer, Entry(Way.of(way), provider_session), by, onward=onward, now=now)


def begin(officer: Officer, entry: Entry, by: str | None, *, onward: str, now: datetime) -> Response:
    """Sign an officer in and lead them to the page they wanted.

    :param by: what their second step was; None where they have none.
    """
    browsing.begin(officer, entry, by=by, now=now)
    return redirect(onward if is_ours(onward) else url_for("home.show_home"), 303)


def is_ours(address: str) -> bool:
    """Tell whether an address is a path of this service, whatever a browser makes of it."""
    # Browsers take a backslash for a slash, leave out tabs and ends of lines, and read two slashes as another site.
    is_path = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    try:
        return is_path and not urlsplit(address).netloc
    except ValueError:
        return False
