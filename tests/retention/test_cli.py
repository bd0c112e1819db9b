"""The commands of retention, each in a process of its own."""

import json
from collections.abc import Callable
from subprocess import CompletedProcess

from flask import Flask

from tests.retention.conftest import advice_call, desk_of
from tests.retention.test_canary import made
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.retention import runs
from tsalert.staff.rules import RoleName


def test_a_list_is_made_by_a_command_and_waits_for_two_people(
    fresh_app: Flask, run_command: Callable[..., CompletedProcess[str]]
) -> None:
    with fresh_app.app_context():
        desk = desk_of(made)
        advice_call(made(RoleName.DUTY_OFFICER, name="Dee Example"))
        db.session.commit()
    told = json.loads(run_command("retention", "due", "--json").stdout)
    assert {"rule": "advice_call", "state": "due", "count": 1} in told["records"]
    number = str(told["run"])
    refused = run_command("retention", "run", number)
    assert (refused.returncode, "Two people must approve" in refused.stderr) == (1, True)
    with fresh_app.app_context():
        for who in (desk.manager, desk.protection):
            runs.approve_list(told["run"], actor=who, now=utc_now())
        db.session.remove()
    done = run_command("retention", "run", number)
    assert done.returncode == 0, done.stderr
    assert f"Run {number} is done" in done.stdout
    assert run_command("retention", "run", "404").returncode == 1
    assert run_command("retention", "due").stdout.startswith("Nothing is due. Throw run ")
