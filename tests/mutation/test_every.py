"""That ``make mutation`` tries every rule, and counts as noticed only what a test noticed."""

import ast
from pathlib import Path

import pytest

from tests.mutation.scoring import LEAST, Score
from tests.mutation.selecting import ROOT, rules_files, speaking_of


def has_functions(rules: Path) -> bool:
    tree = ast.parse((ROOT / rules).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))


def test_tests_speak_of_every_file_of_rules() -> None:
    assert [str(rules) for rules in rules_files() if has_functions(rules) and not speaking_of(rules)] == []


def test_tests_are_those_of_the_capability_that_import_the_rules() -> None:
    found = speaking_of(Path("tsalert/staff/tokens/rules.py"))
    assert Path("tests/staff/test_rules.py") in found
    assert {path.parts[1] for path in found} == {"staff"}


def test_what_no_test_noticed_is_counted_against_its_file() -> None:
    score = Score("rules.py", 5, ["b", "c", "e"])
    assert score.percent == 40.0
    assert score.line == f" 40.0%      2 killed     3 survived  rules.py  below {LEAST}%"


@pytest.mark.parametrize(("killed", "survived", "is_enough"), [(85, 15, True), (84, 16, False), (0, 0, True)])
def test_of_a_hundred_changes_eighty_five_are_noticed(killed: int, survived: int, *, is_enough: bool) -> None:
    assert Score("rules.py", killed + survived, ["x"] * survived).is_enough is is_enough
