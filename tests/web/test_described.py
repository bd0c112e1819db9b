"""Every operation answers whatever is sent to it as its description says, and never breaks: Schemathesis sends it."""

import logging
import os
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import (
    CheckFunction,
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode

from tests.web.conftest import undone
from tests.web.test_completeness import DESCRIPTIONS, endpoints
from tsalert.staff.tokens import rules
from tsalert.web.manual import description

# A longer run takes more of each: make soak.
EXAMPLES = int(os.environ.get("API_EXAMPLES", "3"))
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Parts of addresses that name something there is, so that not every answer is that there is none.
KNOWN: dict[str, Any] = {"quarter": "2022-23Q1", "slug": "nts-observed-2021-22", "edition": "board", "name": "reports"}
ODD: list[Any] = ["nul\x00", "\ud800", "x" * 100_000, -1, 2**63, 10**40, None, [[]], {"a": {"b": []}}]
ODD_TEXTS = ["nul\x00", "\ud800", str(2**63), str(10**40)]
RARE = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def asked_without_end(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Let the token ask as often as it likes, and keep what is refused out of the log."""
    monkeypatch.setattr(rules, "QUOTA", 10**9)
    caplog.set_level(logging.CRITICAL)


@pytest.mark.any_database  # it is what reads a request that is tried, and soak tries it on both
def test_every_operation_answers_as_described_whatever_is_sent(
    served: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: dict[str, str] = {}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served)
    operations = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr] # or it raises
    for operation in operations:
        with undone(served, monkeypatch):
            fault = try_out(operation, {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
        if fault:
            faults[operation.label] = fault
    told = "\n\n".join(f"{label}\n{fault}" for label, fault in faults.items())
    assert not faults, f"{len(faults)} operations\n\n{told}"
    assert len(operations) >= len(endpoints(served, api=True) - DESCRIPTIONS)


def test_no_operation_breaks_on_odd_values_wherever_they_stand(
    served: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, broken = served.test_client(), []
    headers = {"Authorization": f"Bearer {token}"}
    for path, method, body in bodies(served):
        with undone(served, monkeypatch):
            for name, odd in product(body, ODD):
                answer = browser.open(path, method=method, json=body | {name: odd}, headers=headers)
                if answer.status_code >= 500:
                    broken.append(f"{method} {path} {name}={odd!r:.40}: {answer.status_code}")
    assert broken == []


def test_no_question_breaks_on_odd_values_wherever_they_stand(
    served: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with undone(served, monkeypatch):
        browser, questions = served.test_client(), list(odd_questions(served))
        answers = {question: browser.get(question, headers=headers).status_code for question in questions}
    assert {question[:200]: status for question, status in answers.items() if status >= 500} == {}
    assert len(answers) > 1000


def odd_questions(app: Flask) -> Iterator[str]:
    """Yield the address of everything that is read, with each of its parts and of what may follow it odd in turn."""
    for path, item in description(app).whole["paths"].items():
        told = [*item.get("parameters", ()), *item.get("get", {}).get("parameters", ())] if "get" in item else []
        for (name, where), odd in product({(each["name"], each["in"]) for each in told}, ODD_TEXTS):
            written = quote(odd, errors="surrogatepass")
            yield filled(path, **{name: written}) if where == "path" else f"{filled(path)}?{name}={written}"


def filled(path: str, **parts: str) -> str:
    """Return an address of the description with its parts, where nothing else is said of records there are."""
    return re.sub(r"{(\w+)}", lambda part: str((KNOWN | parts).get(part[1], 1)), path)


def bodies(app: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the address, method and example of every operation that takes an object."""
    for path, item in description(app).whole["paths"].items():
        for method in ("post", "put"):
            content = item.get(method, {}).get("requestBody", {}).get("content", {})
            example = content.get("application/json", {}).get("example")
            if isinstance(example, dict):
                yield filled(path), method.upper(), example


def try_out(operation: Any, headers: dict[str, str]) -> str | None:
    """Send an operation what fits its description and what does not; return what was wrong with an answer."""

    @seed(1)
    @RARE
    @given(
        case=st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        ),
        exists=st.booleans(),
    )
    def send(*, case: Case[Any], exists: bool) -> None:
        if exists:
            case.path_parameters = {name: known(name, value) for name, value in (case.path_parameters or {}).items()}
            case.headers.pop("If-Match", None)  # a tag that it has not would keep everything from being changed
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        send()
    except (Failure, FailureGroup, ExceptionGroup) as failure:
        return str(failure)
    return None


def known(name: str, value: Any) -> Any:
    """Return a part of an address that names a record of the demonstration."""
    return value % 3 + 1 if isinstance(value, int) else KNOWN.get(name, value)
