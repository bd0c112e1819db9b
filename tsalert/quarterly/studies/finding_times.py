"""Dates and ages in a text. Pure."""

import re
from calendar import day_name, month_name
from collections.abc import Iterator

from tsalert.core.periods import Period
from tsalert.identifying.facts import Finding, at, findings_of
from tsalert.identifying.vocabulary import Check
from tsalert.quarterly.studies.facts import Facts

_WHEN = "Write the quarter."
_BAND = "Write the age band."
_MONTH = "|".join(name for name in month_name[1:] if name != "May")
_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
# "May" begins a sentence too.
_LEADING = ("in", "early", "mid", "late", "by", "of", "last", "since", "until", "from", "to", "and")
_BEFORE_MAY = "|".join(rf"(?<=\b{word} )May\b" for word in _LEADING)
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_NUMBER}(?:\s+of)?\s+(?:{_MONTH}|May|{_SHORT})\b\.?(?:,?\s+\d{{4}})?",
        rf"\b(?:{_MONTH}|May|{_SHORT})\.?\s+{_NUMBER}\b(?!\d)(?:,?\s+\d{{4}})?",
        r"\b\d{4}-\d{2}-\d{2}\b",
        r"\b\d{1,2}[/.]\d{1,2}[/.]\d{2}(?:\d{2})?\b",
        rf"\b(?:{_MONTH})\b(?:\s+\d{{4}})?",
        rf"\bMay\s+\d{{4}}\b|{_BEFORE_MAY}",
        rf"\b(?:{'|'.join(day_name)})s?\b",
        r"\bon the \d{1,2}(?:st|nd|rd|th)\b(?! (?:of )?[A-Z])",
    )
)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_AGE_WORDS = rf"(?:{_TENS})(?:[\s-](?:{_ONES}))?"
# "aged 75 to 84" and "aged 85 or over" are bands.
_NO_BAND = r"(?!\d)(?!\s*(?:to|or|and)\b)(?!\s*[-\u2013+]\s*\d?)"
_AGES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:aged?|turned)(?:\s+of)?\s+(?:\d{{1,3}}{_NO_BAND}|(?:{_AGE_WORDS})\b(?!\s+(?:to|or)\b))",
        rf"\b(?:\d{{1,3}}|{_AGE_WORDS})[\s-]+years?[\s-]+(?:old|of age)\b",
        rf"\b(?:{_AGE_WORDS}|\d{{2,3}})-year-olds?\b",
        r"\b(?:he|she|they|who) (?:is|was|are|were) \d{2,3}(?=[.,;]|\s+and\b)",
        r"\bborn (?:in|on) (?:\d{4}|\d)",
        r"\b\d{2,3}(?:st|nd|rd|th)\s+birthday\b",
    )
)


def times_in(text: str, facts: Facts) -> Iterator[Finding]:
    """Yield every date but the quarter of the report or of the case, and every age that is nearer than a band."""
    told = (facts.quarter, facts.came_in or facts.quarter)
    spared = [found.span() for quarter in told for found in _in_prose(quarter).finditer(text)]
    for pattern in _DATES:
        for found in pattern.finditer(text):
            if not any(start <= found.start() and found.end() <= end for start, end in spared):
                yield at(Check.DATE, text, found, _WHEN)
    for pattern in _AGES:
        yield from findings_of(Check.AGE, text, pattern, _BAND)


def _in_prose(quarter: Period) -> re.Pattern[str]:
    """Return what finds the quarter itself in words: April to June 2022, between April and June 2022."""
    first, last = f"{quarter.first_day:%B}", f"{quarter.last_day:%B}"
    return re.compile(
        rf"\b{first}(?:\s+{quarter.first_day.year})?\s+(?:to|and)\s+{last}(?:\s+{quarter.last_day.year})?\b(?!\s+\d{{4}})"
    )
