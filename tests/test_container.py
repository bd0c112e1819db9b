"""The container file fits the repository, as far as can be told without building it."""

import ast
import re
import shlex
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).parent.parent
FILE = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
LINES = [line.strip() for line in FILE.splitlines() if line.strip() and not line.startswith("#")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def after(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in LINES if line.startswith(f"{word} ")]


def test_whatever_it_copies_is_in_the_repository() -> None:
    copied = [shlex.split(each)[:-1] for each in after("COPY") if not each.startswith("--from")]
    names = [name for each in copied for name in each]
    assert {"wsgi.py", "gunicorn.conf.py", "requirements.txt", "tsalert", "templates", "migrations"} <= set(names)
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_each_step_takes_from_a_step_before_it() -> None:
    known = {"${PYTHON}"}
    for line in LINES:
        if taken := re.match(r"COPY --from=(\S+)|FROM (\S+)(?: AS (\S+))?", line):
            source = taken[1] or taken[2]
            assert source in known, line
            known.add(taken[3] or source)


def test_it_installs_every_package_that_the_program_imports() -> None:
    pinned = {plain(re.split(r"[\[=]", line)[0]) for line in read("requirements.txt").splitlines() if "==" in line}
    whose, missing = packages_distributions(), set()
    ours = {"tsalert", "wsgi", *sys.stdlib_module_names}
    for path in [*(ROOT / "tsalert").rglob("*.py"), ROOT / "wsgi.py", ROOT / "gunicorn.conf.py"]:
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))) - ours:
            if not pinned & {plain(each) for each in whose.get(name, ())}:
                missing.add((path.name, name))
    assert missing == set()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(tree: ast.AST) -> set[str]:
    names = [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in names}


def test_it_is_asked_where_it_listens_and_for_a_page_that_there_is(app: Flask) -> None:
    (port,) = after("EXPOSE")
    assert f"BIND=0.0.0.0:{port} " in f"{FILE} ".replace("\n", " ")
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)'", " ".join(after("HEALTHCHECK")))
    assert asked
    assert (asked[1], asked[2] in {rule.rule for rule in app.url_map.iter_rules()}) == (port, True)


def test_whatever_is_needed_to_run_is_copied_into_the_last_step() -> None:
    last = FILE.rpartition("\nFROM ")[2]
    for needed in ("wsgi.py", "gunicorn.conf.py", "migrations", "templates", "tsalert", "tsalert/static/vendor"):
        assert re.search(rf"^COPY .*\b{re.escape(needed)}\b", last, flags=re.MULTILINE), needed


def test_it_serves_as_the_procfile_does() -> None:
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    (command,) = after("CMD")[-1:]
    assert "exec gunicorn wsgi:app --bind ${BIND}" in command
    assert "web: gunicorn wsgi:app --bind ${BIND:-" in procfile


def test_it_runs_without_rights_and_holds_no_secret() -> None:
    assert after("USER") == ["10001"]
    assert LINES.index("USER 10001") < LINES.index(f"CMD {after('CMD')[-1]}")
    assert not re.search(r"(SECRET|TOKEN|PASSWORD|_KEY)=", FILE)
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").split()
    assert {".env", "var", ".git"} <= set(ignored)


def test_the_documents_name_its_steps_and_say_that_it_was_not_run() -> None:
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    for words in ("podman build", "--read-only", "python -m tsalert.worker", "has not been built and run"):
        assert words in operations, words
