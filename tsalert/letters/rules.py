"""What may stand in a template, how it is filled, and how its text becomes the parts of a letter. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from tsalert.cases.vocabulary import OTHER_KIND, kind_label
from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.documents.description import Block, Heading, Items, Paragraph
from tsalert.letters.vocabulary import LetterKind, Means
from tsalert.response.vocabulary import Category

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BRACES = re.compile(r"[{}]")
_NUMBERED = re.compile(r"^\d{1,3}[.)] ")
_EVERYWHERE = {
    "reference": "our reference",
    "today": "the day on which the letter is written",
    "officer": "who writes it",
    "authority": "the name of this service",
    "telephone": "our telephone number",
    "kind_of_case": "such as doorstep crime (roofing)",
    "opened_on": "the day on which the case was opened",
}
_VICTIM = {"victim": "the victim's name", "victim_address": "the victim's address"}
_MONEY = {"paid": "what the victim paid", "prevented": "what was kept from being paid"}
_CONTRACT = {
    "contract": "what the contract is for",
    "made_on": "the day of the contract",
    "last_day": "the last day to cancel it",
    "cancellation_reason": "why it is that day",
}
_CONCERN = {
    "person": "whom the concern is about",
    "needs": "care and support that they need",
    "harm": "abuse or neglect, or the risk of it",
    "unable": "whether they can protect themselves",
    "wishes": "what they want to happen",
    "consent": "whether they agree",
}
_PASSED_ON = {"body": "who gets it", "message": "what they should know or do"}
PLACEHOLDERS: dict[LetterKind, dict[str, str]] = {
    LetterKind.VISIT: {**_EVERYWHERE, **_VICTIM, **_MONEY},
    LetterKind.CANCELLATION: {**_EVERYWHERE, **_VICTIM, **_CONTRACT},
    LetterKind.WARNING: _EVERYWHERE,
    LetterKind.SAFEGUARDING: {**_EVERYWHERE, **_VICTIM, **_CONCERN},
    LetterKind.REFERRAL: {**_EVERYWHERE, **_VICTIM, **_MONEY, **_PASSED_ON},
    LetterKind.RECOGNITION: {**_EVERYWHERE, "prevented": _MONEY["prevented"]},
    LetterKind.NO_FURTHER_ACTION: {**_EVERYWHERE, **_VICTIM},
}


_MATTERS = {
    Category.SCAM: "a scam",
    Category.DOORSTEP_CRIME: "doorstep crime",
    Category.FINANCIAL_ABUSE: "financial abuse",
    Category.OTHER: "a problem",
}


def kind_in_words(category: Category, kind: str) -> str:
    """Return what a case is about as a letter says it to a resident: "You told us about a scam (romance)"."""
    return _MATTERS[category] if kind == OTHER_KIND else f"{_MATTERS[category]} ({kind_label(kind).lower()})"


class NewTemplate(Struct, frozen=True):
    """A further version of the words of a kind of letter, and why they change."""

    title: str
    body: str
    reason: str


class NewLetter(Struct, frozen=True):
    """A letter as an officer sends it off; ``template_version`` is the one that it began with."""

    kind: LetterKind
    recipient: str
    title: str
    body: str
    template_version: int = 0


class NewSending(Struct, frozen=True):
    """How a letter was sent."""

    means: Means
    sent_to: str
    sent_at: datetime | None = None


def check_template(kind: LetterKind, new: NewTemplate) -> None:
    """Refuse a template that could not be filled.

    :raises RuleViolation: naming the placeholder that this kind of letter does not have.
    """
    for field, text in (("title", new.title), ("body", new.body)):
        _check_placeholders(text, PLACEHOLDERS[kind], field)
    if names_a_person(new.title):
        raise RuleViolation("A title names nobody: it is shown in lists and in file names.", field="title")


def names_a_person(title: str) -> bool:
    """Tell whether a title would be filled with somebody's particulars."""
    return bool({"victim", "victim_address", "person"} & set(_PLACEHOLDER.findall(title)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the places of placeholders, once; one without a value stays, for the officer to write over."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


def check_letter(new: NewLetter, *, victim: str | None) -> None:
    """Refuse a letter that is not finished, or whose title says who the victim is.

    :raises RuleViolation: naming what is left to fill in.
    """
    for field, text in (("recipient", new.recipient), ("title", new.title), ("body", new.body)):
        left = next((name for name in _PLACEHOLDER.findall(text) if name in PLACEHOLDERS[new.kind]), None)
        if left:
            words = PLACEHOLDERS[new.kind][left]
            raise RuleViolation(f"Write {words} in the place of {{{left}}}.", field=field)
    if victim and victim.strip() and victim.strip().casefold() in new.title.casefold():
        raise RuleViolation("Leave the victim's name out of the title: it is shown in lists.", field="title")


def read_sent_at(told: datetime | None, *, issued_at: datetime, now: datetime) -> datetime:
    """Return when a letter was sent.

    :raises RuleViolation: that is to come, or before it was issued.
    """
    at = as_utc(told or now)
    if at > as_utc(now):
        raise RuleViolation("Give a time that has passed.", field="sent_at")
    if at < as_utc(issued_at).replace(second=0, microsecond=0):
        raise RuleViolation("That is before the letter was issued.", field="sent_at")
    return at


def blocks_of(body: str) -> tuple[Block, ...]:
    """Return the parts of a text: ``# `` begins a heading, ``- `` and ``1. `` a list, an empty line a paragraph."""
    return tuple(block for part in re.split(r"\n[ \t]*\n+", body.strip("\n")) for block in _part(part))


def _part(part: str) -> Iterator[Block]:
    for kind, lines in groupby((line for line in part.split("\n") if line.strip()), key=_kind_of):
        found = list(lines)
        if kind == "heading":
            yield from (Heading(line[2:].strip() or "#") for line in found)
        elif kind == "item":
            yield Items(tuple(line[2:].strip() for line in found))
        elif kind == "number":
            yield Items(tuple(_NUMBERED.sub("", line) for line in found), is_numbered=True)
        else:
            yield Paragraph("\n".join(found))


def _kind_of(line: str) -> str:
    if line.startswith("# "):
        return "heading"
    if line.startswith("- "):
        return "item"
    return "number" if _NUMBERED.match(line) else "text"


def _check_placeholders(text: str, known: Mapping[str, str], field: str) -> None:
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            listed = ", ".join(f"{{{each}}}" for each in known)
            raise RuleViolation(
                f"There is no placeholder {{{name}}} for this letter. There are: {listed}.", field=field
            )
    if _BRACES.search(_PLACEHOLDER.sub("", text)):
        raise RuleViolation("There is a curly bracket by itself. A placeholder looks like {reference}.", field=field)
