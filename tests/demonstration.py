"""The demonstration as ``make run`` loads it, in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tsalert.config import load_settings
from tsalert.console import create_console
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

ROOT = Path(__file__).parent.parent
PASSWORD = "an invented passphrase"
SECRET_KEY = "b" * 40
SOLE = (RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER)  # in the demonstration nobody has one of these roles alone


def load_demonstration(folder: Path, migrated: Path) -> None:
    """Make a database and files with the demonstration in a new folder, and officers of one role each."""
    folder.mkdir()
    environment = demo_environment(folder, 8000)
    shutil.copyfile(migrated, folder / "tsalert.db")
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "load"], env=environment, cwd=ROOT, check=True
    )
    app = create_console(load_settings(environment))
    with app.app_context():
        for role in SOLE:
            email, name = f"{role}@example.org", "Sam Sole (invented)"
            staff.create_officer(email, name=name, roles=[role], password=PASSWORD, now=utc_now())
        db.session.remove()
        db.engine.dispose()


def demo_environment(folder: Path, port: int) -> dict[str, str]:
    """Return the settings of a demonstration in a folder of its own."""
    return os.environ | {
        "TSALERT_ENV_FILE": os.devnull,
        "TSALERT_DATABASE_URL": f"sqlite:///{folder / 'tsalert.db'}",
        "TSALERT_FILES": str(folder / "files"),
        "TSALERT_SECRET_KEY": SECRET_KEY,
        "TSALERT_ADDRESS_KEY": "a" * 40,
        "TSALERT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TSALERT_EMAIL": "recorder",
        "TSALERT_SMS": "recorder",
        "TSALERT_AUTHORITY_NAME": "Bromley (demonstration)",
        "TSALERT_AUTHORITY_CODE": "E09000006",
        "TSALERT_RAPID_RESPONSE_NUMBER": "07700 900461",
        "TSALERT_DEMO_PASSWORD": PASSWORD,
        "TSALERT_SECOND_STEP_ROLES": "none",
        "WEB_CONCURRENCY": "1",
    }
