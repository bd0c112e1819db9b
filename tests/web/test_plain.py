"""Whatever the library of shapes may say by itself reaches nobody: page, API and command say it in our own words."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema, ValidationError, fields, validate

from tsalert.staff.rules import RoleName
from tsalert.web.forms import errors_by_field
from tsalert.web.plain import plainly

# What only a schema that gives something out can say, or a writer of schemas.
_NEVER_SAID = ("cannot be formatted", "{obj_type}")


def of_the_library() -> Iterator[str]:
    """Yield every message that a field of the library has by itself, filled in where it names something."""
    yield from ("Unknown field.", "Invalid input type.", "Not a valid time.", "Not a valid datetime.")
    yield from ("Not a valid aware datetime.", "Not a valid naive datetime.")
    for _, each in inspect.getmembers(fields, inspect.isclass):
        for text in vars(each).get("default_error_messages", {}).values():
            if not any(part in text for part in _NEVER_SAID):
                yield text.replace("{choices}", "a, b")


@pytest.mark.parametrize("said", sorted(set(of_the_library())))
def test_a_message_of_the_library_is_said_in_our_own_words(said: str) -> None:
    assert plainly(said) != said
    assert "valid" not in plainly(said)


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        pytest.param(validate.Range(1, 60), 61, "Give 1 to 60.", id="from-to"),
        pytest.param(validate.Range(min=1), 0, "Give 1 or more.", id="at-least"),
        pytest.param(validate.Range(max=9), 10, "Give 9 or less.", id="at-most"),
        pytest.param(validate.Length(max=2), [1, 2, 3], "Give 2 at most.", id="too-many"),
        pytest.param(validate.Length(min=2), [1], "Give at least 2.", id="too-few"),
        pytest.param(validate.Length(equal=2), [1], "Give exactly 2.", id="not-as-many"),
        pytest.param(validate.OneOf(["a", "b"]), "c", "Choose one of these: a, b.", id="not-in-the-list"),
        pytest.param(validate.Equal("yes"), "no", "This must be “yes”.", id="another-word"),
        pytest.param(validate.Regexp("^x$"), "y", "This is not written as it must be.", id="another-pattern"),
    ],
)
def test_a_rule_that_a_value_breaks_is_said_in_our_own_words(rule: Any, value: Any, said: str) -> None:
    shape = Schema.from_dict({"value": fields.Raw(validate=rule)})
    with pytest.raises(ValidationError) as refusal:
        shape().load({"value": value})
    assert errors_by_field(refusal.value) == {"value": said}


def test_what_is_said_in_our_own_words_already_stays() -> None:
    assert plainly("Say why it is corrected.") == "Say why it is corrected."


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        pytest.param({"disposition": None}, "disposition", "Give a value, or leave this out.", id="null"),
        pytest.param({"disposition": "advice", "phone": 7}, "phone", "Give this as text.", id="a-number-for-a-text"),
        pytest.param(
            {"disposition": "advice", "different_from": 7}, "different_from", "Give this as a list.", id="list"
        ),
    ],
)
def test_the_interface_says_it_in_our_own_words(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], sent: dict[str, Any], field: str, said: str
) -> None:
    answer = client.post("/api/v1/calls", json=sent, headers=bearer(RoleName.DUTY_OFFICER))
    assert (answer.status_code, answer.get_json()["errors"][field]) == (422, said)
