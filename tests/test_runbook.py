"""Whatever the service cries out for has its page in the runbook, in the words in which it cries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Functions and constants that hold the words of alarms; "*" is every one of a module.
ALARMS = {
    "tsalert/app.py": ("_troubles",),
    "tsalert/delivery/watching.py": ("REASON",),
    "tsalert/installation/marks.py": ("moved_fault",),
    "tsalert/installation/service.py": (
        "_disk_faults", "_files_faults", "_database_faults", "_clock_faults", "_demo_faults",
    ),
    "tsalert/paging/queries.py": (
        "worker_words", "_of_silent", "_of_sending", "_outage_words", "_watch_words", "_run_words",
    ),
    "tsalert/watching/queries.py": ("NO_DATABASE", "_NEVER", "public_problems", "_of_mail"),
    "tsalert/watching/status/wording.py": ("*",),
}  # fmt: skip
MAILS = (
    "tsalert/alerts/scheduling/telling.py",
    "tsalert/hygiene/telling.py",
    "tsalert/paging/words.py",
    "tsalert/rota/wording.py",
    "tsalert/subscribers/telling.py",
    "tsalert/watching/wording.py",
)
# Names of endpoints and of files of the system are no words.
SHORTEST = 12


def words_of(tree: ast.AST) -> Iterator[str]:
    """Yield what stands in strings, between what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (each.strip(" :.;,()“”") for each in node.value.split("{}"))


def without_docstring(function: ast.FunctionDef) -> ast.AST:
    return ast.Module(function.body[ast.get_docstring(function) is not None :], [])


def named(tree: ast.Module, names: tuple[str, ...]) -> Iterator[ast.AST]:
    for node in tree.body:
        name = node.name if isinstance(node, ast.FunctionDef) else ""
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        if name and (names == ("*",) or name in names):
            yield without_docstring(node) if isinstance(node, ast.FunctionDef) else node


def alarms() -> Iterator[tuple[str, str]]:
    for path, names in ALARMS.items():
        for node in named(ast.parse((ROOT / path).read_text(encoding="utf-8")), names):
            yield from ((path, words) for words in words_of(node))
    for path in MAILS:
        for call in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                subjects = [each.value for each in call.keywords if each.arg == "subject"]
                yield from ((path, words) for each in subjects for words in words_of(each))


def metrics() -> set[str]:
    texts = [(ROOT / f"tsalert/watching/metrics/{name}.py").read_text("utf-8") for name in ("counting", "standing")]
    return {name for text in texts for name in re.findall(r'"(tsalert_[a-z_]+)"', text)}


@pytest.fixture(scope="module")
def runbook() -> str:
    return " ".join((ROOT / "docs/runbook.md").read_text(encoding="utf-8").split())


def test_every_alarm_has_its_page_in_its_own_words(runbook: str) -> None:
    wanted = {(path, words) for path, words in alarms() if len(words) >= SHORTEST and " " in words}
    assert wanted
    assert sorted((path, words) for path, words in wanted if words not in runbook) == []


def test_every_metric_is_in_the_runbook(runbook: str) -> None:
    assert len(metrics()) > 20
    assert sorted(name for name in metrics() if name not in runbook) == []


def test_every_page_says_what_it_means_and_three_things_to_do() -> None:
    pages = re.split(r"^### ", (ROOT / "docs/runbook.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(pages) > 15
    for page in pages:
        title, _, text = page.partition("\n")
        assert text.strip(), title
        assert len(re.findall(r"^\d\. ", text, flags=re.MULTILINE)) == 3, title
