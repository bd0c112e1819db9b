"""The commands ``savings run`` and ``savings explain``."""

import json
import re
from collections.abc import Callable
from functools import partial
from subprocess import CompletedProcess
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import NOW, PASSWORD
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

Run = Callable[..., Result]
MAKER = "mel@example.org"


@pytest.fixture
def run(command: Run, published_quarter: dict[str, str]) -> Run:
    """Run a command of the group on the published quarter."""
    staff.create_officer(MAKER, name="Mel", roles=[RoleName.CASE_OFFICER], password=PASSWORD, now=NOW)
    return partial(command, "savings")


def made(run: Run, *, as_of: str = "2023-05-02T09:00:00Z") -> str:
    answer = run("run", "make", "2022/23", "Q1", "--as", MAKER, "--as-of", as_of)
    assert answer.exit_code == 0, answer.output
    return str(re.findall(r"^Run (\d+), draft", answer.output)[0])


def test_the_command_runs_q1_2022_23_again_today_and_gives_146_333(run: Run) -> None:
    number = made(run)
    shown = run("run", "show", number).output
    assert "→ £146,333" in shown
    answer = run("run", "verify", number)
    assert (answer.exit_code, answer.output) == (0, f"Run {number} comes out the same, bit for bit: £146,333.\n")


def test_verifying_fails_with_exit_status_1_where_somebody_changed_a_row(run: Run, session: Session) -> None:
    number = made(run)
    session.execute(text("UPDATE intervention SET prevented = prevented + 100 WHERE type = 'scam_victim'"))
    session.commit()
    answer = run("run", "verify", number)
    assert answer.exit_code == 1
    assert "does not come out the same" in answer.output
    assert "scams, financial: £1.00" in answer.output
    told: Any = json.loads(run("run", "verify", number, "--json").output)
    assert told["is_same"] is False


def test_runs_are_listed_and_compared_and_their_lines_printed(run: Run) -> None:
    first, second = made(run, as_of="2023-04-01T00:00:00Z"), made(run)
    listed = run("run", "list", "--state", "draft").output.splitlines()
    assert [line.split("\t")[:5] for line in listed] == [
        [second, "draft", "2022/23 Q1", "published", "£146,333"],
        [first, "draft", "2022/23 Q1", "published", "£0"],
    ]
    assert json.loads(run("run", "list", "--json").output.splitlines()[0])["total"]["shown"] == "146333"
    different = run("run", "diff", first, second)
    assert different.exit_code == 1
    assert "6 added, 0 gone, 0 changed" in different.output
    assert run("run", "diff", second, second).exit_code == 0
    assert json.loads(run("run", "diff", first, second, "--json").output)["adds_up"] is True
    assert len(run("run", "lines", second).output.splitlines()) == 13


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("make", "2022/23", "Q5", "--as", MAKER), "Give a period like", id="no-such-quarter"),
        pytest.param(("make", "2022/23", "--as", "nobody@example.org"), "There is no officer", id="nobody"),
        pytest.param(("make", "2022/23", "--as", MAKER, "--as-of", "then"), "as_of: Enter a date and time", id="when"),
        pytest.param(("make", "2022/23", "--as", MAKER, "--as-of", "2126-01-01T00:00:00Z"), "future", id="future"),
        pytest.param(("verify", "999999"), "There is no such calculation run.", id="no-such-run"),
        pytest.param(("diff", "999999", "1"), "There is no such calculation run.", id="no-such-pair"),
    ],
)
def test_a_wrong_word_is_told_and_fails(run: Run, arguments: tuple[str, ...], says: str) -> None:
    answer = run("run", *arguments)
    assert (answer.exit_code, says in answer.output) == (1, True), answer.output


def test_a_figure_is_explained_with_its_formula_rate_source_grade_and_records(
    run: Run, published_quarter: dict[str, str]
) -> None:
    answer = run("explain", "2022/23", "Q1", "--row", "call_blockers", "--column", "financial")
    assert answer.exit_code == 0, answer.output
    assert "3 × £16,540.50 = £49,621.50 → £49,622" in answer.output
    assert "Rate of nts-observed-2021-22; evidence grade E" in answer.output
    assert f"{published_quarter['two']}\t2022-06-01\tCall blockers installed\t2 × £16,540.50" in answer.output
    told: Any = json.loads(run("explain", "2022/23", "Q1", "--json").output)
    assert told["cell"]["shown"] == "146333"


def test_a_figure_that_does_not_exist_is_told(run: Run) -> None:
    for arguments, says in (
        (("2022/23", "--row", "cats"), "There is no such row"),
        (("2022/23", "--row", "scams", "--column", "other"), "There is no figure in that column"),
        (("sometime",), "Give a period like"),
    ):
        answer = run("explain", *arguments)
        assert (answer.exit_code, says in answer.output) == (1, True), answer.output


def test_the_commands_stand_in_the_program_itself(run_command: Callable[..., CompletedProcess[str]]) -> None:
    printed = run_command("savings", "run", "list")
    assert (printed.returncode, printed.stdout) == (0, "")
    assert "explain" in run_command("savings", "--help").stdout
