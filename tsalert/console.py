"""The program as its commands need it: no page, no operation, and of the commands those alone that are asked for."""

from collections.abc import Mapping
from pkgutil import resolve_name

import click
from flask import Flask
from flask.cli import AppGroup
from flask_migrate import Migrate

from tsalert.config import Settings, load_settings
from tsalert.db import db
from tsalert.foundation import found, is_to_be_made, make_database_file
from tsalert.installation import storage
from tsalert.logs.ending import end_without_database
from tsalert.staff import hashing
from tsalert.web import drawing

# Each by its name, with the modules that add commands of their own to a group.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "activities": ("tsalert.activities.cli:group",),
    "alerts": ("tsalert.alerts.cli:group",),
    "audit": ("tsalert.audit.cli:group",),
    "backup": ("tsalert.safekeeping.cli:group",),
    "cases": ("tsalert.cases.cli:group",),
    "check": ("tsalert.watching.checks.cli:command",),
    "database": ("tsalert.safekeeping.cli:database",),
    "demo": ("tsalert.demo.cli:group",),
    "evidence": ("tsalert.evidence.cli:group",),
    "mail": ("tsalert.inbound.mail.cli:group",),
    "parties": ("tsalert.response.party_cli:group",),
    "places": ("tsalert.places.cli:group",),
    "reports": ("tsalert.quarterly.cli:group",),
    "response": ("tsalert.response.cli:group",),
    "retention": ("tsalert.retention.cli:group",),
    "rota": ("tsalert.rota.cli:group",),
    "savings": (
        "tsalert.savings.cli:group",
        "tsalert.reports.cli:quarter",
        "tsalert.reports.cli:year",
        "tsalert.runs.cli:group",
        "tsalert.savings.figures.cli:table",
        "tsalert.savings.figures.cli:what_if",
        "tsalert.savings.figures.cli:claim",
        "tsalert.savings.counting.cli:recount",
    ),
    "search": ("tsalert.finding.cli:group",),
    "sending": ("tsalert.delivery.stop_cli:group",),
    "staff": ("tsalert.staffing.cli:group",),
    "subscribers": ("tsalert.subscribers.cli:group",),
    "watch": ("tsalert.watching.cli:command",),
}
# They try the database themselves, and say what else is wrong.
_WITHOUT_DATABASE = frozenset({"check", "watch"})
# They put tables where there were none, and may begin with the file; any other command would find it empty.
_BEGINNING = frozenset({"backup", "db"})


class Commands(AppGroup):
    """Every command of ours, each read in once somebody asks for it: most need little of the program.

    :param has_database: False where it cannot be reached, which ends every command but those that tell of it.
    """

    def __init__(self, app: Flask, *, has_database: bool) -> None:
        super().__init__(app.name)
        self._app, self._has_database = app, has_database

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them all."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return one by its name."""
        settings = self._app.extensions["tsalert_settings"]
        is_new = is_to_be_made(settings)
        if is_new and name in _BEGINNING:
            make_database_file(settings)
        elif (is_new or not self._has_database) and name not in _WITHOUT_DATABASE:
            end_without_database()
        if name in COMMANDS and name not in self.commands:
            self.add_command(_read_in(*COMMANDS[name]), name)
        return super().get_command(ctx, name)


def create_console(settings: Settings | None = None, *, has_database: bool = True) -> Flask:
    """Build the program from settings, by default those of the environment.

    :param has_database: whether the database can be reached.
    :raises SettingsError: naming every setting that is missing or wrong.
    """
    settings = settings or load_settings()
    app = found(settings, has_database=has_database and not is_to_be_made(settings))
    drawing.init_app(app)
    add_commands(app, has_database=has_database)
    return app


def add_commands(app: Flask, *, has_database: bool) -> None:
    """Give a program its commands, and what they stand on besides."""
    app.cli = Commands(app, has_database=has_database)
    Migrate(app, db, directory=str(storage.MIGRATIONS))
    hashing.init_app(app)


def _read_in(own: str, *others: str) -> click.Command:
    """Return a command by where it stands, a group with whatever else is added to it."""
    command: click.Command = resolve_name(own)
    for other in others:
        assert isinstance(command, click.Group)
        command.add_command(resolve_name(other))
    return command
