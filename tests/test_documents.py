"""What is written for readers holds for the program."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import run

import click
from flask import Flask

from tests.test_config import GOOD, NOTIFY, OIDC, TWILIO
from tsalert.config import load_settings
from tsalert.console import COMMANDS
from tsalert.core.actors import Permission
from tsalert.staff.rules import PERMISSIONS

ROOT = Path(__file__).parent.parent
READ_ELSEWHERE = {"TSALERT_ENV_FILE", "TSALERT_DEMO_PASSWORD"}


class Watched(Mapping[str, str]):
    """Settings that remember which of them were asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values_of, self.asked = values, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_of[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_of)

    def __len__(self) -> int:
        return len(self.values_of)


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    by_twilio = Watched(GOOD | TWILIO | {"TSALERT_TWILIO_FROM": "BromleyTS"})
    by_notify = Watched(GOOD | NOTIFY | OIDC)
    load_settings(by_twilio)
    load_settings(by_notify)
    documented = set(re.findall(r"`(TSALERT_[A-Z_]+)`", (ROOT / "docs/environment.md").read_text(encoding="utf-8")))
    assert documented == by_twilio.asked | by_notify.asked | READ_ELSEWHERE


def test_every_word_of_the_glossary_has_one_meaning() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    words = [word.casefold() for word in re.findall(r"^\| \*\*(.+?)\*\* \|", glossary, flags=re.MULTILINE)]
    assert len(words) > 100
    assert [word for word in words if words.count(word) > 1] == []


def commands(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def test_every_command_of_ours_explains_itself_and_stands_in_the_documents(console: Flask) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    for name, command in commands(console.cli):
        if name.split()[0] not in COMMANDS:
            continue  # a library's own
        assert command.help, name
        assert f"flask --app wsgi {name}" in text, name


def test_every_command_that_a_document_names_is_there_with_its_options(console: Flask) -> None:
    known, wrong = dict(commands(console.cli)), list[tuple[str, str]]()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        if path.parent.name == "adr":
            continue  # a decision tells of what was
        for typed in re.findall(r"flask --app wsgi ((?:[^`\n|#&<]|\\\|)+)", path.read_text(encoding="utf-8")):
            name = max((name for name in known if f"{typed} ".startswith(f"{name} ")), key=len, default="")
            taken = {option for each in known[name].params for option in each.opts} if name else set()
            goes_on = any(name.startswith(f"{typed} ") for name in known)  # on the next line
            if not (name or goes_on) or set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", typed)) - taken:
                wrong.append((path.name, typed))
    assert wrong == []


def test_the_table_of_roles_says_what_each_may_do() -> None:
    text = (ROOT / "docs/access.md").read_text(encoding="utf-8")
    section = text.partition("\n## What each role may do\n")[2].partition("\n## ")[0]
    told = dict(re.findall(r"^\| ([a-z].+) \| (.+) \|$", section, re.MULTILINE))
    held = {
        may.value: {role.label.lower() for role, allowed in PERMISSIONS.items() if may in allowed} for may in Permission
    }
    assert {words: set(roles.split(", ")) for words, roles in told.items()} == held


def test_what_the_trail_says_of_accounts_and_restricted_records_stands_in_the_documents() -> None:
    said = set[str]()
    for name in ("access", "signing-in"):
        trail = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8").partition("\n## In the trail\n")[2]
        said |= {" ".join(act.split()) for act in re.findall(r"`([^`]+)`", trail.partition("\n## ")[0])}
    folders = ("staff", "restricting", "tiers")
    acts = {act for name in folders for path in (ROOT / "tsalert" / name).rglob("*.py") for act in acts_of(path)}
    assert len(acts) > 20
    assert sorted(acts - said) == []


def acts_of(path: Path) -> Iterator[str]:
    """Yield the words with which a module enters into the trail what happened."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
            act = node.args[2]
            if isinstance(act, ast.Constant) and isinstance(act.value, str):
                yield act.value


def test_every_document_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT)
        assert path.parent.name == "adr" or str(name) in readme, name


def test_the_picture_of_the_rooms_is_the_order_in_which_they_import() -> None:
    picture = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("```")[1]
    drawn = [set(re.split("  |──", line.strip())[0].split(" │ ")) for line in picture.splitlines() if line.strip()]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each["type"] == "layers")
    kept = [re.sub(r"[a-z_]+_settings\b", "*_settings", line.replace("tsalert.", "")) for line in layers]
    assert [{name.strip() for name in names} for names in drawn] == [set(line.split(" | ")) for line in kept]


def test_every_decision_has_a_number_of_its_own() -> None:
    decisions = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers)
    for path in decisions:
        assert path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. ")


def test_make_help_names_every_target() -> None:
    listed = run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "check", "bench", "soak", "mutation", "audit", "pictures"):
        assert re.search(rf"^{target}\s", listed, re.MULTILINE), target


def test_the_licence_of_every_package_that_it_is_made_of_is_told() -> None:
    pinned = re.findall(
        r"^([a-z0-9.-]+)(?:\[.*\])?==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assets = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    rows = re.findall(r"^\| [^|]+ \| (`.+) \|$", (ROOT / "docs/licences.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert sorted(told) == sorted([*pinned, *assets])
