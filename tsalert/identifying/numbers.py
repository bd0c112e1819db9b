"""Telephone numbers, email addresses, registrations, references and other marks of people in a text. Pure."""

import re
from collections.abc import Iterator

from tsalert.identifying.facts import Finding, People, at, findings_of
from tsalert.identifying.vocabulary import Check
from tsalert.parties.folding import registrations_in

_PHONE = re.compile(r"(?<![\w£.,])(?:\+\s?\d|\(?0)[\d\s()-]{7,15}\d(?!\w)", re.ASCII)
_PHONE_DIGITS = range(10, 14)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_REFERENCE = re.compile(r"(?<!\w)[A-Z]\d{2}-\d{5,}-[A-Z](?!\w)", re.IGNORECASE | re.ASCII)
_OUT = "Take it out."


def numbers_in(text: str, people: People) -> Iterator[Finding]:
    """Yield every number or mark by which somebody could be known or reached."""
    for found in _PHONE.finditer(text):
        if sum(character.isdigit() for character in found[0]) in _PHONE_DIGITS:
            yield at(Check.TELEPHONE, text, found, _OUT)
    yield from findings_of(Check.EMAIL, text, _EMAIL, _OUT)
    yield from findings_of(Check.REFERENCE, text, _REFERENCE, _OUT)
    for plate in registrations_in(text):
        spaced = r"\s?".join(map(re.escape, plate.replace(" ", "")))
        pattern = re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)
        yield from findings_of(Check.REGISTRATION, text, pattern, _OUT)
    yield from _known(text, people)


def _known(text: str, people: People) -> Iterator[Finding]:
    """Yield what the parties of the case are known by, however it is spaced."""
    for phone in people.phones:
        digits = r"[\s()-]{0,2}".join(character for character in phone if character.isdigit())
        if digits:
            yield from findings_of(Check.TELEPHONE, text, re.compile(rf"(?<!\d){digits}(?!\d)"), _OUT)
    for mark in people.identifiers:
        spaced = r"\s?".join(re.escape(character) for character in mark if not character.isspace())
        if spaced:
            pattern = re.compile(rf"(?<![\w£,.]){spaced}(?![\w,])", re.IGNORECASE)
            yield from findings_of(Check.IDENTIFIER, text, pattern, _OUT)
