"""What gunicorn and flask run."""

import os
import sys

from sqlalchemy.exc import DBAPIError

from tsalert.app import create_app
from tsalert.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"tsalert cannot start:\n{error}")
except DBAPIError:
    # A mail server that pipes mail in takes this status for "try again"; any other would send the mail back.
    sys.stderr.write("tsalert cannot start: the database cannot be reached.\n")
    sys.exit(os.EX_TEMPFAIL)
