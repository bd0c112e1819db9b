"""A fault in the log says where it happened and of what kind it is, and nothing that anybody typed."""

import errno
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.one_by_one import one_by_one
from tsalert.delivery.models import Endpoint
from tsalert.logs import faults

WORDS = st.text(min_size=8, max_size=40, alphabet="abcdefghijklmnopqrstuvwxyz ÅÖ'").map(lambda word: f"zq{word}qz")


def look_up(words: str) -> object:
    known: dict[str, object] = {}
    return known[words]


def fail_over(words: str) -> object:
    try:
        return look_up(words)
    except KeyError as error:
        raise ValueError(f"no number: {words}") from error


def caught(words: str) -> BaseException:
    try:
        fail_over(words)
    except ValueError as error:
        return error
    raise AssertionError


@given(WORDS)
def test_the_words_of_an_error_and_of_its_cause_are_left_out(words: str) -> None:
    told = faults.describe(caught(words))
    assert words not in told
    assert told.index("KeyError") < told.index("And then:") < told.index("ValueError")
    assert "in look_up" in told


def test_what_the_system_calls_a_fault_by_is_kept_and_the_name_of_the_file_is_not() -> None:
    told = faults.describe(FileNotFoundError(errno.ENOENT, "No such file or directory", "/tmp/Wilhelmina.pdf"))
    assert told == "FileNotFoundError: No such file or directory"


def test_an_address_that_is_there_twice_is_told_by_its_constraint_and_not_by_itself(session: Session) -> None:
    values = {"channel": "email", "address": "w@example.org", "address_key": "wilhelmina", "status": "active"}
    adding = insert(Endpoint).values(**values, created_at=NOW)
    session.execute(adding)
    with pytest.raises(IntegrityError) as refusal:
        session.execute(adding)
    told = faults.describe(refusal.value)
    assert "wilhelmina" not in told
    assert "statement INSERT INTO endpoint" in told
    known = faults.known_of(cast(BaseException, refusal.value))
    assert known in {"SQLITE_CONSTRAINT_UNIQUE", "23505, constraint uq_endpoint_address"}


def test_errors_that_led_to_each_other_in_a_circle_are_told_once() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert faults.describe(first) == "KeyError\nAnd then:\nValueError"


@given(WORDS)
def test_of_many_that_were_done_one_by_one_each_that_failed_is_told_by_its_number(words: str) -> None:
    with pytest.raises(ExceptionGroup) as failed:
        one_by_one([7, 9], lambda number: bool(fail_over(words) if number == 9 else look_up(words)))
    told = faults.describe(failed.value)
    assert words not in told
    assert "in look_up\n" in told
    assert [part.splitlines()[-1] for part in told.split("\nAnd then:\n")] == [
        "KeyError: number 7", "KeyError", "ValueError: number 9", "ExceptionGroup: 2 faults"
    ]  # fmt: skip
    assert faults.kind_of(failed.value) == "KeyError, ValueError"


@given(WORDS)
def test_only_a_number_is_told_of_what_failed(words: str) -> None:
    with pytest.raises(ExceptionGroup) as failed:
        one_by_one([words], lambda each: bool(look_up(each)))
    assert words not in faults.describe(failed.value)


def test_of_very_many_that_failed_the_first_are_described_and_all_are_counted() -> None:
    told = faults.describe(ExceptionGroup("Some", [KeyError() for _ in range(500)]))
    assert (told.count("KeyError"), told.splitlines()[-1]) == (20, "ExceptionGroup: 500 faults")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("21408: no permission for +447700900123", "21408: no permission for •••"),
        ("550 <pat@example.org>: unknown", "550 <•••>: unknown"),
        ("rang 020 7946 0123 twice", "rang ••• twice"),
        ("took 1712345678 ms for incident 12", "took 1712345678 ms for incident 12"),
        ("at 2026-06-10T12:00:00.000000Z", "at 2026-06-10T12:00:00.000000Z"),
    ],
)
def test_addresses_that_a_library_quotes_are_hidden(said: str, told: str) -> None:
    assert faults.without_addresses(said) == told
