"""Starting: the program is made once, by whoever asks for it, and nothing disturbs that."""

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

# Commands of Flask itself that want pages; all others, and ours, do without.
_WITH_PAGES = frozenset({"run", "routes"})


def start() -> Flask:
    """Make the program, with its pages or with its commands; where it cannot start, say why and end the process."""
    with undisturbed():
        from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - read in undisturbed, as all of the program is

        from tsalert.config import SettingsError  # noqa: PLC0415 - as above
        from tsalert.logs.uncaught import tell_of_faults  # noqa: PLC0415 - as above
        from tsalert.logs.writing import write_logs  # noqa: PLC0415 - as above

        try:
            app = _make()
        except SettingsError as error:
            sys.exit(f"tsalert cannot start:\n{error}")
        except DBAPIError:
            app = _make_without_database()
        # Commands answer in words of their own; web and worker say more once they run.
        write_logs(as_json=app.extensions["tsalert_settings"].watching.logs_json, level=logging.WARNING)
        tell_of_faults()
    return app


@contextmanager
def undisturbed() -> Iterator[None]:
    """Look for no garbage meanwhile, nor afterwards in what is there by then.

    While a program is read in there is little, and looking takes longer each time: the first look afterwards, at all of
    it, would take a seventh of the whole start.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_looking:
            gc.enable()


def _make() -> Flask:
    """Build the half that is wanted; to read in the other takes longer than most commands do."""
    command = click.get_current_context(silent=True)
    if command is None or command.info_name in _WITH_PAGES:
        from tsalert.app import create_app  # noqa: PLC0415 - one of the two
        from tsalert.config import load_settings  # noqa: PLC0415 - as above
        from tsalert.foundation import require_database_file  # noqa: PLC0415 - as above

        settings = load_settings()
        require_database_file(settings)
        return create_app(settings)
    from tsalert.console import create_console  # noqa: PLC0415 - one of the two

    return create_console()


def _make_without_database() -> Flask:
    """Build what serves those of our commands that say what is wrong; end the process where anything else is wanted."""
    command = click.get_current_context(silent=True)
    if command is None or command.parent is not None:
        from tsalert.logs.ending import end_without_database  # noqa: PLC0415 - as above

        end_without_database()
    from tsalert.console import create_console  # noqa: PLC0415 - as above

    return create_console(has_database=False)
