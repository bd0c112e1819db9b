"""How a process ends that cannot start, since the database cannot be reached."""

import os
import sys
from typing import NoReturn

_DATABASE_IS_GONE = """\
tsalert cannot start: the database cannot be reached.
→ Look whether it runs, lets this user in, and whether TSALERT_DATABASE_URL is right.
"""


def end_without_database() -> NoReturn:
    """Say so, with the status that a mail server which pipes mail in takes for "try again"; any other sends it back."""
    sys.stderr.write(_DATABASE_IS_GONE)
    sys.exit(os.EX_TEMPFAIL)
