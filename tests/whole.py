"""The program with its pages, on a database whose tables a test may make; its commands are asked of the console."""

from flask import Flask
from flask_migrate import Migrate

from tsalert.app import create_app as create_pages
from tsalert.config import Settings
from tsalert.db import db
from tsalert.installation import storage


def create_app(settings: Settings | None = None) -> Flask:
    """Build the program with its pages."""
    app = create_pages(settings)
    Migrate(app, db, directory=str(storage.MIGRATIONS))
    return app
