"""What a web server does before it lets anybody in: once in the process that begins, then in each of its copies."""

import gc
import sys
from compileall import compile_dir
from contextlib import ExitStack, suppress
from pathlib import Path
from secrets import token_hex

from flask import Flask
from sqlalchemy.exc import OperationalError

from tsalert.app import create_app
from tsalert.config import Settings
from tsalert.db import db
from tsalert.installation import service as installation
from tsalert.installation import storage
from tsalert.reports.reading_ahead import ReadingAhead
from tsalert.web.answered import UNASKED
from tsalert.web.compiled import compile_changed

_READ_MOST = ("/welcome", "/alerts/published", "/at-the-door", "/join", "/check", "/report")


def make_ready(app: Flask) -> None:
    """Check what the program stands on, and do once what every process would have to do.

    The processes that serve are copies of this one, and share with it whatever none of them changes. So no thread may
    run here, and no connection stays open: two processes would read each other's answers.

    :raises SettingsError: naming every fault.
    """
    with app.app_context():
        installation.check_start(app.extensions["tsalert_settings"])
    compile_changed(app.jinja_env)
    _draw_public_pages(app)
    with app.app_context():
        db.engine.dispose()
    gc.freeze()  # with what garbage there is: to look for it takes longer than to draw all of these


def open_connections(app: Flask, count: int) -> None:
    """Open as many connections to the database as threads will want, so that nobody's first save waits for one.

    Where the database cannot be reached now, the requests to come find that out and say so.
    """
    with app.app_context(), suppress(OperationalError), ExitStack() as opened:
        for _ in range(count):
            opened.enter_context(db.engine.connect())


def begin_to_read_ahead(app: Flask) -> ReadingAhead:
    """Work figures out before anybody asks for them, until it is told to stop."""
    ahead = ReadingAhead(app, app.extensions["tsalert_figures"])
    ahead.start()
    return ahead


def compile_all() -> None:
    """Compile every module and every page that changed, for a service that may not write beside them.

    Where one is no Python the process ends with 1, and the image that it was to be put into is not built.
    """
    if not all(compile_dir(folder, quiet=1) for folder in (Path(__file__).parent, storage.MIGRATIONS)):
        sys.exit(1)
    nowhere = Settings("sqlite://", Path("/nowhere"), token_hex(), token_hex(), "http://127.0.0.1")
    compile_changed(create_app(nowhere).jinja_env)  # pages are the same whatever the settings


def _draw_public_pages(app: Flask) -> None:
    """Draw what residents read most, so that an alert which sends them all at once finds the pages ready."""
    for path in _READ_MOST:
        with app.test_request_context(path, environ_overrides={UNASKED: True}):
            app.full_dispatch_request()


if __name__ == "__main__":
    compile_all()
