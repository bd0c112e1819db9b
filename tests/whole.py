"""The whole program in one: tests ask the same application for pages and for commands."""

import click
from flask import Flask

from tsalert.app import create_app as create_pages
from tsalert.config import Settings
from tsalert.console import COMMANDS, add_commands


def create_app(settings: Settings | None = None) -> Flask:
    """Build the program with its pages, and with every command read in."""
    app = create_pages(settings)
    add_commands(app)
    context = click.Context(app.cli)
    for name in COMMANDS:
        app.cli.get_command(context, name)
    return app
