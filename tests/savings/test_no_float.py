"""No float can enter where money is: not in the source, not at run time, not through JSON."""

import ast
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.money import pence
from tsalert.savings.models import RateRow, VerificationLimit
from tsalert.staff.rules import RoleName

ROOT = Path(__file__).parents[2] / "tsalert"
EXACT = sorted(
    [
        ROOT / "core/money.py",
        *(path for name in ("savings", "runs", "prevention") for path in (ROOT / name).glob("*.py")),
    ]
)
_INEXACT_NAMES = frozenset({"float", "round", "complex"})
_INEXACT_CALLS = frozenset({"sqrt", "exp", "log", "pow", "fsum", "mean", "fmean", "to_float", "Float", "Double"})


def floats_in(source: str) -> Iterator[str]:
    """Name every place of a source where a float is written, named or made."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"line {node.lineno}: {node.value!r}"
        elif isinstance(node, ast.Name) and node.id in _INEXACT_NAMES | _INEXACT_CALLS:
            yield f"line {node.lineno}: {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr in _INEXACT_CALLS - {"pow", "log"}:
            yield f"line {node.lineno}: {node.attr}"


def test_no_float_stands_in_the_source() -> None:
    found = {str(path): list(floats_in(path.read_text(encoding="utf-8"))) for path in EXACT}
    assert {path: floats for path, floats in found.items() if floats} == {}


@pytest.mark.parametrize(
    "source",
    ["x = 0.54", "x = 1e3", "def f(x: float) -> None: ...", "x = float('1')", "x = round(y)", "y: list[float]",
     "x = math.sqrt(2)", "x = statistics.mean(y)", "x = 2j", "column(Float)"],
)  # fmt: skip
def test_a_float_would_be_found(source: str) -> None:
    assert list(floats_in(source))


def test_pence_of_a_float_are_refused() -> None:
    with pytest.raises(TypeError, match="give a Decimal, not float"):
        pence(0.1)  # type: ignore[arg-type]
    assert pence(Decimal("0.10")) == 10


def test_no_money_column_takes_a_float(session: Session) -> None:
    limit = {"above": 5000.5, "reason": "x", "set_at": NOW}
    with pytest.raises(StatementError, match="give a Decimal, not float"):
        session.execute(insert(VerificationLimit).values(limit))


def test_no_rate_column_takes_a_float(session: Session) -> None:
    with pytest.raises(StatementError, match="give a Decimal, not float"):
        session.scalars(select(RateRow).where(RateRow.value == 0.54)).all()


@pytest.mark.parametrize("amount", [600.1, 600, 1e2])
def test_money_in_json_is_text(app: Flask, bearer: Callable[..., dict[str, str]], amount: object) -> None:
    told = {"type": "scam_victim", "on_date": "2022-05-03", "amount": amount, "evidence": "bank"}
    answer = app.test_client().post("/api/v1/interventions", json=told, headers=bearer(RoleName.CASE_OFFICER))
    assert answer.status_code == 422
    assert "Give money as text" in answer.text
