"""What gunicorn and flask run."""

import sys

from tsalert.app import create_app
from tsalert.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"tsalert cannot start:\n{error}")
