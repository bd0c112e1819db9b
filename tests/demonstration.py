"""The demonstration as ``make run`` loads it, in processes of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PASSWORD = "an invented passphrase"
SECRET_KEY = "b" * 40
SOLE = ("duty_officer", "case_officer")  # in the demonstration nobody has one of these roles alone


def load_demonstration(folder: Path) -> None:
    """Make a database and files with the demonstration in a new folder, and officers of one role each."""
    folder.mkdir()
    environment = demo_environment(folder, 8000)
    _flask("db", "upgrade", environment=environment)
    _flask("demo", "load", environment=environment)
    for role in SOLE:
        create = ("staff", "create", f"{role}@example.org", "--name", "Sam Sole (invented)", "--role", role)
        _flask(*create, "--password-stdin", environment=environment, stdin=PASSWORD)


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


def _flask(*arguments: str, environment: dict[str, str], stdin: str = "") -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    subprocess.run(command, env=environment, cwd=ROOT, input=stdin, text=True, check=True)
