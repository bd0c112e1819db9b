"""The rota's commands."""

from collections.abc import Callable
from datetime import timedelta
from subprocess import CompletedProcess

from flask import Flask

from tests.conftest import PASSWORD
from tests.rota.conftest import give_mobile, put_on_shift
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.rota.vocabulary import DUTIES, Duty
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

Run = Callable[..., CompletedProcess[str]]
DAY = timedelta(days=1)


def test_commands_tell_who_is_on_duty_and_whether_there_are_gaps(fresh_app: Flask, run_command: Run) -> None:
    now = utc_now()
    with fresh_app.app_context():
        robin = staff.create_officer(
            "robin@example.org", name="Robin", roles=[RoleName.MANAGER], password=PASSWORD, now=now
        )
        give_mobile(db.session(), robin)
        put_on_shift(db.session(), robin, Duty.PRIMARY, now - DAY, now + DAY)
    assert run_command("rota", "on-duty").stdout.startswith("On duty: Robin, until")
    past = run_command("rota", "on-duty", "--at", "2026-01-01T00:00:00Z")
    assert (past.returncode, past.stdout) == (0, "Nobody is on duty at 1 January 2026 at 12:00am.\n")
    wrong = run_command("rota", "on-duty", "--at", "tomorrow")
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (1, False)
    gaps = run_command("rota", "gaps")
    assert gaps.returncode == 1
    assert "Backup: nobody from" in gaps.stdout
    with fresh_app.app_context():
        for duty in DUTIES:
            for day in range(1 if duty is Duty.PRIMARY else -1, 60):
                put_on_shift(db.session(), robin, duty, now + day * DAY, now + (day + 1) * DAY)
    full = run_command("rota", "gaps")
    assert (full.returncode, full.stdout) == (0, "No gap in the next seven days.\n")
