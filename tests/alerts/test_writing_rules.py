"""What may stand in a template of alerts, how it is filled, and what is kept of a form that nobody saved."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.alerts.templates import rules
from tsalert.alerts.templates.rules import LIMITS, PLACEHOLDERS, Words
from tsalert.alerts.unsaved import rules as unsaved
from tsalert.core.errors import RuleViolation

WORDS = Words("Roofers", "doorstep", "Roofers in {ward}", "They say {pretext}.")
TOPICS = ["doorstep", "online"]


def test_a_template_holds_the_texts_that_an_alert_begins_with() -> None:
    assert WORDS.texts == {"headline": WORDS.headline, "body": WORDS.body, "advice": "", "sms": "", "voice": ""}
    rules.check_words(WORDS, topics=TOPICS)


@pytest.mark.parametrize("name", LIMITS)
def test_each_text_has_a_longest_length(name: str) -> None:
    longest, longer = ({name: "x" * (LIMITS[name] + more)} for more in (0, 1))
    rules.check_words(replace(WORDS, **longest), topics=TOPICS)
    with refused(RuleViolation, f"Keep this to {LIMITS[name]:,} characters or fewer", field=name):
        rules.check_words(replace(WORDS, **longer), topics=TOPICS)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": "  "}, "title", "Give it a title"),
        ({"topic": "roofs"}, "topic", "Choose one of these topics: doorstep, online"),
        ({"headline": " "}, "headline", "Enter some text"),
        ({"body": ""}, "body", "Enter some text"),
        ({"sms": "In {place}"}, "sms", "There is no placeholder {place}. There are: {ward}, {what}"),
        ({"body": "In {Ward}"}, "body", "There is a curly bracket by itself"),
        ({"advice": "Say no}"}, "advice", "There is a curly bracket by itself"),
    ],
    ids=str,
)
def test_a_template_that_could_not_be_filled_is_refused(changes: dict[str, Any], field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.check_words(replace(WORDS, **changes), topics=TOPICS)


def test_placeholders_are_named_once_each_in_their_order() -> None:
    assert rules.placeholders_in("{ward} {what}", "{since} {ward} {NO}") == ["ward", "what", "since"]


def test_what_has_no_value_stays_for_the_officer() -> None:
    values = {"ward": "Penge", "what": "", "since": "{ward}"}
    assert rules.fill("{ward}, {what}, {since}, {amount}", values) == "Penge, {what}, {ward}, {amount}"


def test_an_alert_with_an_open_placeholder_says_where_it_stands_and_what_belongs_there() -> None:
    open_texts = {"headline": "Roofers", "body": "In {ward} since {since}", "sms": "{else}"}
    assert rules.unfilled(open_texts) == {"body": ("ward", "since"), "sms": ("else",)}
    rules.require_filled({"headline": "Roofers"})
    with refused(RuleViolation, f"Fill in {{ward}}: {PLACEHOLDERS['ward']}.", field="body"):
        rules.require_filled(open_texts)
    assert rules.meaning("else") == "what is meant"
    typed = {"body": "In {Ward}, { since } or {Time of day}", "advice": "{1} {a b c d} {}"}
    assert rules.unfilled(typed) == {"body": ("ward", "since", "time_of_day")}


@pytest.mark.parametrize(
    ("title", "name"),
    [("Roofers & gutters!", "roofers-gutters"), ("  2 Men ", "2-men"), ("a" * 59 + " b", "a" * 59), ("É1", "1")],
)
def test_a_name_is_made_of_the_title(title: str, name: str) -> None:
    assert rules.name_of(title) == name


@given(st.text())
def test_a_name_is_short_and_plain_or_the_title_is_refused(title: str) -> None:
    if any(character in "abcdefghijklmnopqrstuvwxyz0123456789" for character in title.lower()):
        name = rules.name_of(title)
        assert len(name) <= 60
        assert name == rules.name_of(name)
        return
    with refused(RuleViolation, "Give it a title with letters or digits", field="title"):
        rules.name_of(title)


def test_a_form_is_known_by_the_key_that_its_page_was_given() -> None:
    assert unsaved.check_key("0123456789abcdef" * 2) == "0123456789abcdef" * 2
    for key in ("", "0123456789ABCDEF" * 2, "0" * 33):
        with refused(RuleViolation, "Load the page again", field="copy"):
            unsaved.check_key(key)


def test_of_a_form_its_own_fields_are_kept_as_they_were_typed() -> None:
    typed = [("body", ["a\0b"]), ("wards", ["E05", "E06"]), ("csrf_token", ["x"])]
    assert unsaved.keep_typed(typed) == {"body": ["ab"], "wards": ["E05", "E06"]}


def test_no_more_is_kept_than_an_alert_can_be() -> None:
    half = ["x" * 20_000]
    assert unsaved.keep_typed([("body", half), ("advice", half)])
    with refused(RuleViolation, "This is longer than an alert can be", field="body"):
        unsaved.keep_typed([("body", half), ("advice", half), ("sms", ["x"])])


def test_a_form_is_filled_with_what_was_typed() -> None:
    filled = unsaved.as_filled({"body": ["a", "b"], "headline": [], "wards": ["E05"]})
    lists = {"wards": ["E05"], "channels": [], "partner_kinds": [], "but_wards": []}
    assert filled == {"body": "a", "headline": "", **lists}
