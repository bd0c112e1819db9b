"""Commands that print a period's figures."""

import json
import re
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest
from click.testing import Result

Run = Callable[..., CompletedProcess[str]]


def test_a_quarter_is_printed_in_aligned_columns(run_command: Run) -> None:
    printed = run_command("savings", "quarter", "2022/23", "Q1")
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.startswith("2022/23 Q1, April to June 2022\n")
    assert re.search(r"^Enquiries +0$", printed.stdout, re.MULTILINE)
    assert re.search(r"^Savings +Number +Financial", printed.stdout, re.MULTILINE)
    assert "Note: " in printed.stdout


def test_a_year_is_printed_as_json_with_money_in_strings(run_command: Run) -> None:
    printed = json.loads(run_command("savings", "year", "2021/22", "--json").stdout)
    assert printed["period"] == "2021/22"
    assert printed["figures"]["detriment"] == "0.00"
    assert printed["figures"]["total_savings"] == "0"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("quarter", "2022/23", "Q5"), "Give a period like 2022/23 or 2022/23 Q1.", id="a-fifth-quarter"),
        pytest.param(("quarter", "2022/24", "Q1"), "2022/24 is not a financial year.", id="two-years-apart"),
        pytest.param(("quarter", "2022/23"), "Name a quarter too", id="no-quarter"),
        pytest.param(("year", "2022/23 Q1"), "Name a year alone", id="a-quarter-for-a-year"),
        pytest.param(("year", ""), "Give a period", id="nothing"),
    ],
)
def test_a_wrong_label_is_told_and_fails(
    command: Callable[..., Result], arguments: tuple[str, ...], message: str
) -> None:
    told = command("savings", *arguments)
    assert (told.exit_code, message in told.output) == (1, True)


def test_a_quarter_is_one_word_or_two(command: Callable[..., Result]) -> None:
    one, two = (command("savings", "quarter", *words) for words in (["2022/23 Q1"], ["2022-23", "Q1"]))
    assert one.output == two.output


def test_a_quarter_that_has_not_begun_is_told_as_on_its_page(command: Callable[..., Result]) -> None:
    assert "Provisional: the period has not begun." in command("savings", "quarter", "2199/00 Q4").output
