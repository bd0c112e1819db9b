"""Whoever leaves a field empty is told what to enter, in a sentence of ours."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError

import tsalert
from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import normalise_phone
from tsalert.paging.schemas import PolicyFormSchema
from tsalert.web.forms import errors_by_field

FOREIGN = (
    "Missing data",
    "Not a valid",
    "Must be one of",
    "Must be greater",
    "Invalid value",
    "Field may not",
    "Length",
)


# What Twilio, Notify and other authorities' services send: no person reads what is said of it.
OF_PROGRAMS = ("tsalert.inbound", "tsalert.exchange.contents", "tsalert.nearby.feed")


def schemas() -> Iterator[type[Schema]]:
    """Yield every schema of what people may fill in."""
    for found in pkgutil.walk_packages(tsalert.__path__, "tsalert."):
        if found.name.startswith(OF_PROGRAMS):
            continue
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            # Told by its metaclass: whether a class derives from Schema is asked of each of its eight hundred classes.
            if isinstance(each, type(Schema)) and each.__module__ == module.__name__:
                yield each


def test_an_empty_field_is_answered_in_our_own_words() -> None:
    answered = {
        f"{schema.__module__}.{schema.__qualname__}.{name}": str(field.error_messages["required"])
        for schema in schemas()
        for name, field in schema().load_fields.items()
        if field.required
    }
    assert len(answered) > 100
    assert {name: words for name, words in answered.items() if words.startswith(FOREIGN)} == {}


@pytest.mark.parametrize("typed", ["", "soon", "0", "61"])
def test_a_wait_that_cannot_be_is_answered_with_what_can_be(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PolicyFormSchema().load({"repeat_after": typed} if typed else {})
    assert errors_by_field(refusal.value)["repeat_after"] == "Enter 1 to 60 minutes."


@pytest.mark.parametrize("typed", ["call me", "01632 960001", "+33 1 23 45 67 89"])
def test_no_phone_number_is_given_as_an_example_that_would_be_refused(typed: str) -> None:
    with pytest.raises(RuleViolation, match=r"beginning with 0 or \+44\.$|Enter a British one\.$") as refusal:
        normalise_phone(typed, allow_drama=False)
    assert "01632" not in refusal.value.message
