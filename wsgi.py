"""What gunicorn and flask run."""

import logging
import os
import sys

from sqlalchemy.exc import DBAPIError

from tsalert.app import create_app
from tsalert.config import SettingsError
from tsalert.logs.writing import write_logs

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"tsalert cannot start:\n{error}")
except DBAPIError:
    # A mail server that pipes mail in takes this status for "try again"; any other would send the mail back.
    sys.stderr.write("tsalert cannot start: the database cannot be reached.\n")
    sys.exit(os.EX_TEMPFAIL)

# Commands answer in words of their own; web and worker say more once they run.
write_logs(as_json=app.extensions["tsalert_settings"].watching.logs_json, level=logging.WARNING)
