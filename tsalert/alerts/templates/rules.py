"""What may stand in a template of alerts, how it is filled, and what an alert must have filled before it goes. Pure."""

import re
from collections.abc import Collection, Mapping

from msgspec import Struct

from tsalert.alerts.rules import LONGEST_ADVICE, LONGEST_BODY, LONGEST_HEADLINE, LONGEST_SMS, LONGEST_VOICE
from tsalert.core.errors import RuleViolation

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# Written by hand, or by a telephone that begins each word with a capital.
_OPEN = re.compile(r"\{\s*([A-Za-z_]+(?: [A-Za-z_]+){0,2})\s*\}")
_BRACES = re.compile(r"[{}]")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 60
_NEEDED = frozenset({"headline", "body"})
# Whatever stands for something of a case is on the allow-list of what an alert may take from one; the rest is ours,
# or is written by the officer.
PLACEHOLDERS = {
    "ward": "in which ward it happens",
    "what": "what it is about, such as roofing",
    "approach": "how they make contact, such as at the door",
    "time_of_day": "at what time of day, such as in the morning",
    "vehicle": "what vehicle they use, such as a white van",
    "pretext": "what they say or pretend to be",
    "amount": "how much they ask for",
    "since": "since when it happens, such as this week",
    "authority": "the name of this service",
    "telephone": "our telephone number",
}
LIMITS = {
    "headline": LONGEST_HEADLINE,
    "body": LONGEST_BODY,
    "advice": LONGEST_ADVICE,
    "sms": LONGEST_SMS,
    "voice": LONGEST_VOICE,
}


class Words(Struct, frozen=True):
    """The words of a template; each text may hold placeholders.

    :param topic: whom an alert with these words is for.
    """

    title: str
    topic: str
    headline: str
    body: str
    advice: str = ""
    sms: str = ""
    voice: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """Return those of them that an alert begins with, by the field that they go to."""
        return {name: getattr(self, name) for name in LIMITS}


def check_words(words: Words, *, topics: Collection[str]) -> None:
    """Refuse a template that could not be filled, whatever door it came through.

    :raises RuleViolation: naming the field and the placeholder that there is not.
    """
    if not words.title.strip():
        raise RuleViolation("Give it a title.", field="title")
    if words.topic not in topics:
        raise RuleViolation(f"Choose one of these topics: {', '.join(topics)}.", field="topic")
    for name, text in words.texts.items():
        _check_text(name, text)


def placeholders_in(*texts: str) -> list[str]:
    """Return the placeholders of some texts, in their order, each once."""
    return list(dict.fromkeys(name for text in texts for name in _PLACEHOLDER.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the places of placeholders, once; one without a value stays, for the officer to write over."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


def unfilled(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return what is left to fill in, by the field in which it stands; a placeholder counts however it is typed."""
    found = {field: [name.lower().replace(" ", "_") for name in _OPEN.findall(text)] for field, text in texts.items()}
    return {field: tuple(dict.fromkeys(left)) for field, left in found.items() if left}


def meaning(name: str) -> str:
    """Return what belongs in the place of a placeholder, in words."""
    return PLACEHOLDERS.get(name, "what is meant")


def require_filled(texts: Mapping[str, str]) -> None:
    """Refuse an alert in which a placeholder still stands.

    :raises RuleViolation: naming the field, the placeholder and what belongs in its place.
    """
    for field, left in unfilled(texts).items():
        raise RuleViolation(f"Fill in {{{left[0]}}}: {meaning(left[0])}.", field=field)


def name_of(title: str) -> str:
    """Return the name under which a new template is kept, made of its title.

    :raises RuleViolation: the title has neither letters nor digits to make one of.
    """
    folded = re.sub(r"[^a-z0-9]+", "-", title.lower())[:LONGEST_NAME].strip("-")
    if not _NAME.fullmatch(folded):
        raise RuleViolation("Give it a title with letters or digits.", field="title")
    return folded


def _check_text(name: str, text: str) -> None:
    if name in _NEEDED and not text.strip():
        raise RuleViolation("Enter some text.", field=name)
    if len(text) > LIMITS[name]:
        raise RuleViolation(f"Keep this to {LIMITS[name]:,} characters or fewer.", field=name)
    _check_placeholders(name, text)


def _check_placeholders(field: str, text: str) -> None:
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            listed = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise RuleViolation(f"There is no placeholder {{{name}}}. There are: {listed}.", field=field)
    if _BRACES.search(_PLACEHOLDER.sub("", text)):
        raise RuleViolation("There is a curly bracket by itself. A placeholder looks like {ward}.", field=field)
