"""Applications that are put on one database after another, since making one takes longer than most tests."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, make_url

from tsalert.config import Settings
from tsalert.db import db
from tsalert.installation.service import is_demo
from tsalert.quarterly.published.files import PublishedFiles
from tsalert.reports.memory import FiguresMemory
from tsalert.response.board_drawing import draw_board, draw_line
from tsalert.response.live_board import LiveBoard
from tsalert.staff.tokens.limiting import Allowances
from tsalert.web import caching

Make = Callable[[Settings], Flask]
_idle: defaultdict[Make, list[Flask]] = defaultdict(list)


@contextmanager
def standing_on(chosen: Settings, make: Make) -> Iterator[Flask]:
    """Yield an application with these settings: one that was made before and that no test has now, else a new one.

    What a test changes in its configuration and in what it keeps is undone, and nothing that was read or drawn for one
    is there for the next. Its gateways are those that it was made with, so ``make`` stands for one choice of providers.
    """
    app = _idle[make].pop() if _idle[make] else _movable(make(chosen))
    config, extensions = dict(app.config), dict(app.extensions)
    with app.app_context():
        engine, untouched = db.engine, db.engine.pool
        engine.pool = untouched.recreate()  # whatever a test listens for there goes with it
        engine.url = make_url(chosen.database_url)
        app.config["SQLALCHEMY_DATABASE_URI"] = chosen.database_url
        app.config["TSALERT_DEMO"] = is_demo()
        db.session.remove()
    app.extensions["tsalert_settings"] = chosen
    _forget(app)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            engine.dispose()
            engine.pool = untouched
        _put_back(app.config, config)
        _put_back(app.extensions, extensions)
        _idle[make].append(app)


def _movable(app: Flask) -> Flask:
    """Let the engine connect to wherever its address says; what it knows of statements it keeps."""
    with app.app_context():
        engine = db.engine
        engine.dispose()  # nobody must be connected to a database that is copied

    @event.listens_for(engine, "do_connect")
    def follow(dialect: Any, _record: object, arguments: list[Any], options: dict[str, Any]) -> None:
        given, named = dialect.create_connect_args(engine.url)
        arguments[:] = given
        options.update(named)

    return app


def _forget(app: Flask) -> None:
    """Let an application remember what a process does that has just begun."""
    app.extensions["tsalert_allowances"] = Allowances()
    app.extensions["tsalert_board"] = LiveBoard(draw_board, draw_line)
    app.extensions["tsalert_figures"] = FiguresMemory()
    app.extensions["tsalert_published_files"] = PublishedFiles()
    caching.init_app(app)


def _put_back(kept: dict[str, Any], before: dict[str, Any]) -> None:
    kept.clear()
    kept.update(before)
