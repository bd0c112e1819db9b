"""An account of a program is nobody on the staff: it is listed under Programs alone, and signs nobody in."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import NOW
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.staff.passwords import service as passwords
from tsalert.staff.rules import RoleName
from tsalert.staff.tokens import service as tokens


@pytest.fixture
def administrator(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.ADMINISTRATOR)


@pytest.fixture
def program(administrator: Actor) -> int:
    return tokens.make_account("Case system", "Reads incidents.", actor=administrator, now=NOW)


def test_no_list_of_people_holds_a_program(signed_in: Callable[..., FlaskClient], program: int) -> None:
    desk = signed_in(RoleName.ADMINISTRATOR)
    for path in ("/staff", "/sign-in-help"):
        assert "Case system" not in desk.get(path).text
    assert "Case system" in desk.get("/service-accounts").text


def test_no_page_lets_a_program_sign_in(signed_in: Callable[..., FlaskClient], program: int) -> None:
    desk = signed_in(RoleName.ADMINISTRATOR)
    for path in (f"/staff/{program}", f"/sign-in-help/{program}", f"/sign-in-help/{program}/second-step"):
        assert desk.get(path).status_code == 404


def test_no_link_sets_the_password_of_a_program(administrator: Actor, program: int) -> None:
    with pytest.raises(NotFound):
        passwords.make_link(program, actor=administrator, now=NOW)
