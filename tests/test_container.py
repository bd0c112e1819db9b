"""The container file fits the repository, as far as can be told without building it."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
LINES = [line.strip() for line in FILE.splitlines() if line.strip() and not line.startswith("#")]


def after(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in LINES if line.startswith(f"{word} ")]


def test_whatever_it_copies_is_in_the_repository() -> None:
    copied = [shlex.split(each)[:-1] for each in after("COPY") if not each.startswith("--from")]
    names = [name for each in copied for name in each]
    assert {"wsgi.py", "gunicorn.conf.py", "requirements.txt", "tsalert", "templates", "migrations"} <= set(names)
    assert [name for name in names if not (ROOT / name).exists()] == []


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
