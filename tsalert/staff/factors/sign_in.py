"""Where a browser stands between its password and its second step; nobody is signed in until both are done."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from tsalert.db import db
from tsalert.staff import browsing, queries
from tsalert.staff.factors.rules import PATIENCE
from tsalert.staff.models import Officer

_WAITING = "waits_for_second_step"


def lead_on(officer: Officer, *, onward: str, now: datetime) -> Response:
    """Lead an officer whose password was right to their second step, or where they have none, sign them in.

    :param onward: the page they wanted; one of another site is forgotten.
    """
    if officer.second_step_since is None:
        return complete(officer, None, onward=onward, now=now)
    browsing.end()
    session[_WAITING] = [officer.fs_uniquifier, now.timestamp(), onward]
    return redirect(url_for("second_step.show_question"), 303)


def who_waits(*, now: datetime) -> Officer | None:
    """Return the officer of this browser whose second step is due; None where it is nobody's, or too late."""
    mark, at, _ = session.get(_WAITING, ("", 0, ""))
    is_late = abs(now.timestamp() - at) > PATIENCE.total_seconds()
    officer = queries.find_by_mark(db.session(), mark) if mark and not is_late else None
    return officer if officer and officer.active else None


def complete(officer: Officer, by: str | None, *, onward: str = "", now: datetime) -> Response:
    """Sign an officer in and lead them to the page they wanted.

    :param by: what their second step was; None where they have none.
    """
    _, _, wanted = session.get(_WAITING, ("", 0, onward))
    browsing.begin(officer, by=by, now=now)
    return redirect(wanted if is_ours(wanted) else url_for("home.show_home"), 303)


def is_ours(address: str) -> bool:
    """Tell whether an address is a path of this service, whatever a browser makes of it."""
    # Browsers take a backslash for a slash, leave out tabs and ends of lines, and read two slashes as another site.
    is_path = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    try:
        return is_path and not urlsplit(address).netloc
    except ValueError:
        return False
