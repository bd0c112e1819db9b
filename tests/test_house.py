"""Promises about the whole program."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tsalert.core.actors import Permission
from tsalert.db import Base, db
from tsalert.web.access import PUBLIC, SIGNED_IN, access_of

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "tsalert").rglob("*.py"))


def test_migrations_build_exactly_what_the_models_describe(session: Session) -> None:
    # The database's own index of words is no model; tsalert.fulltext alone asks it.
    ours = lambda _thing, name, *_: not (name or "").startswith("fts_")  # noqa: E731 - one expression
    context = MigrationContext.configure(session.connection(), opts={"compare_type": False, "include_object": ours})
    assert compare_metadata(context, Base.metadata) == []


def test_every_route_says_who_may_enter(app: Flask) -> None:
    known = {PUBLIC, SIGNED_IN, *Permission}
    unmarked = [rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) not in known]
    assert unmarked == []


def test_no_page_for_staff_answers_a_stranger(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if access_of(app, rule.endpoint) == PUBLIC or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(rule.rule)
        assert answer.status_code in {303, 401}, rule.rule


def test_only_the_database_module_commits() -> None:
    committing = {path.name for path in MODULES if ".commit(" in path.read_text(encoding="utf-8")}
    assert committing == {"db.py"}


def test_only_the_clock_module_reads_the_clock() -> None:
    readers = {path.name for path in MODULES if ".now(" in path.read_text(encoding="utf-8")}
    assert readers <= {"clock.py"}


@pytest.mark.parametrize("path", sorted((ROOT / "tsalert/static").glob("*.css")), ids=lambda path: path.name)
def test_no_rule_of_a_style_sheet_lies_in_a_block_that_was_left_open(path: Path) -> None:
    depth = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        assert not (depth and line.startswith((".", "@"))), line
        depth += line.count("{") - line.count("}")
    assert depth == 0


def test_no_file_or_function_outgrows_its_budget() -> None:
    outgrown = []
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        if len(source.splitlines()) > 300:
            outgrown.append(str(path))
        functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
        outgrown += [f"{path}: {each.name}" for each in functions if (each.end_lineno or 0) - each.lineno >= 40]
    assert outgrown == []


def test_the_database_undoes_what_a_test_did(session: Session, officer: Callable[..., object]) -> None:
    officer()
    assert db.session() is session
