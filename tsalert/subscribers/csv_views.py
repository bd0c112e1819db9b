"""The page on which managers import a small file of subscribers; the command takes files of any size."""

import base64
import io
from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.core.spreadsheets import write_csv
from tsalert.subscribers import service
from tsalert.subscribers.rows import HEADER, OPTIONAL
from tsalert.subscribers.schemas import CsvSchema
from tsalert.subscribers.service import Fault
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("csv", __name__)
# Longer files would keep a web process, and on SQLite everybody who saves, for more than a few seconds.
MOST_ROWS = 10_000
_MOST_SHOWN = 500


@bp.get("/subscribers/import")
@requires(Permission.MANAGE_SUBSCRIBERS)
def show_form() -> ResponseReturnValue:
    """Ask for the file."""
    return render_template("subscribers/import.html", header=HEADER, further=OPTIONAL, most=MOST_ROWS)


@bp.post("/subscribers/import")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_form)
def import_file() -> ResponseReturnValue:
    """Keep the good rows of a file, and name the others with their lines."""
    asked = load_form(CsvSchema())["ask"] == "yes"
    lines = _lines()
    faults: list[Fault] = []
    report = service.import_subscribers(
        lines, actor=current_actor(), now=utc_now(), confirm=asked, on_fault=faults.append
    )
    return render_template(
        "subscribers/imported.html",
        report=report,
        faults=faults,
        most=_MOST_SHOWN,
        asked=asked,
        download=_as_address(faults),
    )


def _as_address(faults: Sequence[Fault]) -> str:
    """Return a CSV file of the faults as an address that holds it, so that nothing of them is kept here."""
    written = write_csv(("line", "reason"), [(fault.line, fault.reason) for fault in faults])
    # Excel reads UTF-8 where a mark says so; a reason may hold half a character of the file.
    content = written.encode("utf-8-sig", errors="replace")
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(content).decode()}"


def _lines() -> io.StringIO:
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content.strip():
        raise RuleViolation("Choose a file with at least its first line.", field="file")
    if max(content.count(b"\n"), content.count(b"\r")) > MOST_ROWS + 1:
        raise RuleViolation(f"Give at most {MOST_ROWS:,} rows here. The command takes any file.", field="file")
    return io.StringIO(content.decode("utf-8-sig", errors="surrogateescape"), newline="")
