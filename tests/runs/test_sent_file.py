"""A run's lines as they leave the program itself, by page and by command."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from subprocess import CompletedProcess

from flask import Flask

from tests.conftest import PASSWORD
from tests.runs.conftest import MADE, RECORDED, question
from tsalert.core.actors import Via
from tsalert.db import db
from tsalert.runs import service
from tsalert.savings.rules import InterventionType, NewIntervention
from tsalert.savings.service import record_intervention
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

PAGES = "/savings/runs"


def test_the_file_of_the_page_is_that_of_the_command(
    fresh_app: Flask, run_command: Callable[..., CompletedProcess[str]]
) -> None:
    with fresh_app.app_context():
        staff.create_officer(
            "mo@example.org", name="Mo", roles=[RoleName.MANAGER], password=PASSWORD, now=datetime.now(UTC)
        )
        maker = staff_queries.actor_of(staff_queries.get_officer(db.session(), "mo@example.org"), Via.PAGE)
        blocker = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=date(2022, 6, 1))
        for _ in range(3):
            record_intervention(blocker, actor=maker, now=RECORDED)
        run_id = service.make_run(question(), as_of=None, note=None, actor=maker, now=MADE)
        db.session.remove()
    browser = fresh_app.test_client()
    browser.post("/sign-in", data={"email": "mo@example.org", "password": PASSWORD})
    sent = browser.get(f"{PAGES}/{run_id}/lines.csv")
    assert len(sent.text.splitlines()) == 7
    assert run_command("savings", "run", "lines", str(run_id)).stdout.splitlines() == sent.text.splitlines()
    assert run_command("savings", "run", "verify", str(run_id)).returncode == 0
