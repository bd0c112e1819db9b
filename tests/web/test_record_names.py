"""What addresses name that no record can be called, in every address of the program that names one."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

_NUMBER = re.compile(r"<int:\w+>")


@pytest.mark.parametrize("number", [2**31, 2**63, 10**40])
def test_no_number_that_a_record_cannot_have_reaches_the_database(
    app: Flask, client: FlaskClient, bearer: Callable[..., dict[str, str]], number: int
) -> None:
    head = bearer(RoleName.MANAGER)
    bounded = [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule and rule.rule.startswith("/api/")]
    asked = [(_method(rule), _with(rule, number)) for rule in bounded]
    answers = {each: client.open(each[1], method=each[0], headers=head, json={}) for each in asked}
    assert {each: found.status_code for each, found in answers.items() if found.status_code not in {403, 404}} == {}
    assert {found.mimetype for found in answers.values()} == {"application/problem+json"}


@pytest.mark.parametrize(("place", "status"), [("/alerts/new?template=%00", 404), ("/alerts/new?copy=%00", 200)])
def test_no_choice_that_a_record_cannot_have_reaches_the_database(
    signed_in: Callable[..., FlaskClient], place: str, status: int
) -> None:
    assert signed_in(RoleName.MANAGER).get(place).status_code == status


def test_a_stranger_is_not_told_which_numbers_there_are(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/cases/{2**31}").status_code == 401


def _with(rule: Rule, number: int) -> str:
    return re.sub(r"<[^>]+>", "x", _NUMBER.sub(str(number), rule.rule))


def _method(rule: Rule) -> str:
    return min((rule.methods or set()) - {"HEAD", "OPTIONS"})
