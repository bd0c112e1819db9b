"""What the libraries say by themselves, in words for whoever sent a value; pages, API and commands share them."""

import re

from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge

_WORDS = {
    "Missing data for required field.": "Fill this in.",
    "Field may not be null.": "Give a value, or leave this out.",
    "Invalid value.": "This value cannot be taken.",
    "Invalid input.": "This value cannot be taken.",
    "Invalid type.": "Give named values here.",
    "Invalid input type.": "Send named values, as one JSON object.",
    "Unknown field.": "We do not know this field.",
    "Not a valid string.": "Give this as text.",
    "Not a valid utf-8 string.": "Give this as text in UTF-8.",
    "Not a valid list.": "Give this as a list.",
    "Not a valid tuple.": "Give this as a list.",
    "Not a valid mapping type.": "Give named values here.",
    "Not a valid number.": "Enter a number.",
    "Not a valid integer.": "Enter a whole number.",
    "Number too large.": "This number is too large.",
    "Special numeric values (nan or infinity) are not permitted.": "Enter a number.",
    "Not a valid boolean.": "Answer yes or no.",
    "Not a valid date.": "Enter a date, like 2026-11-22.",
    "Not a valid time.": "Enter a time, like 08:30.",
    "Not a valid datetime.": "Enter a date and time, like 2026-11-22T03:15:00Z.",
    "Not a valid aware datetime.": "Give the time with its zone, like 2026-11-22T03:15:00Z.",
    "Not a valid naive datetime.": "Give the time without a zone, like 2026-11-22T03:15:00.",
    "Not a valid period of time.": "Enter a length of time as a number.",
    "Not a valid UUID.": "This is no such key.",
    "Not a valid URL.": "Enter an address on the web, like https://example.org.",
    "Not a valid email address.": "Enter an email address, like name@example.org.",
    "String does not match expected pattern.": "This is not written as it must be.",
    RequestEntityTooLarge.description: "This is more than we can take at once: 8 MB. Nothing was kept.",
    NotFound.description: "There is nothing at this address. If you typed or pasted it, check that it is whole.",
    MethodNotAllowed.description: "This address does not take what was sent to it. Go back and load the page again.",
}
_PATTERNS = (
    (re.compile(r"^Must be one of: (.+)\.$"), r"Choose one of these: \1."),
    (re.compile(r"^Must be greater than or equal to (\S+) and less than or equal to (\S+)\.$"), r"Give \1 to \2."),
    (re.compile(r"^Must be greater than or equal to (\S+)\.$"), r"Give \1 or more."),
    (re.compile(r"^Must be less than or equal to (\S+)\.$"), r"Give \1 or less."),
    (re.compile(r"^Must be greater than (\S+)\.$"), r"Give more than \1."),
    (re.compile(r"^Must be less than (\S+)\.$"), r"Give less than \1."),
    (re.compile(r"^Must be equal to (.+)\.$"), r"This must be “\1”."),
    (re.compile(r"^Shorter than minimum length (\d+)\.$"), r"Give at least \1."),
    (re.compile(r"^Longer than maximum length (\d+)\.$"), r"Give \1 at most."),
    (re.compile(r"^Length must be between (\d+) and (\d+)\.$"), r"Give \1 to \2."),
    (re.compile(r"^Length must be (\d+)\.$"), r"Give exactly \1."),
    (re.compile(r"^Not a valid IP.*\.$"), "Enter an address of the internet, like 192.0.2.1."),
    (re.compile(r"^One or more of the choices you made was (?:not )?in: (.+)\.$"), r"Look at these choices again: \1."),
)


def plainly(said: str) -> str:
    """Return what was said in our own words; what is ours already stays as it is."""
    if said in _WORDS:
        return _WORDS[said]
    found = ((pattern, words) for pattern, words in _PATTERNS if pattern.match(said))
    return next((pattern.sub(words, said) for pattern, words in found), said)
