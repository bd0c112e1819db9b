"""One row of an import file: what its values mean, or why it cannot be kept."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from tsalert.core.clock import as_utc, london_midnight
from tsalert.core.errors import RuleViolation
from tsalert.core.postcodes import read_postcode
from tsalert.core.records import Record, require_text
from tsalert.core.words import counted
from tsalert.delivery.rules import Channel, normalise_email, normalise_phone
from tsalert.delivery.telephones import BRITISH
from tsalert.subscribers.rules import LARGE_PRINT, Frequency, Kind

COLUMNS = (
    "name", "email", "phone", "postcode", "ward", "kind", "declared_reach", "topics", "frequency",
    "consent_source", "consent_at",
)  # fmt: skip
HEADER = ",".join(COLUMNS)
# Any of these may follow the columns that every file has.
OPTIONAL = ("formats", "language", "partner_code")
LANGUAGES = frozenset({"en-GB"})
LARGEST_REACH = 100_000_000
_LONGEST = 320
_EARLIEST_CONSENT = datetime(1950, 1, 1, tzinfo=UTC)
_CLOCK_SLACK = timedelta(minutes=2)
_BRITISH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_GROUPED_NUMBER = re.compile(r"\d{1,3}(,\d{3})*|\d+", re.ASCII)

_Choice = TypeVar("_Choice", bound=StrEnum)


class Terms(Struct, frozen=True):
    """What rows are read against: known topics, and ward codes by code and name in lower case."""

    topics: Sequence[str]
    wards: Mapping[str, str]
    now: datetime
    allow_drama: bool
    partners: Collection[str] = ()
    countries: Collection[int] = frozenset({BRITISH})


class ImportRow(Struct, frozen=True):
    """One subscriber of the file; an empty value leaves what is known as it is.

    ``addresses`` holds (channel, address), email first.
    """

    name: str | None
    addresses: tuple[tuple[Channel, str], ...]
    postcode: str | None
    ward: str | None
    kind: Kind | None
    declared_reach: int | None
    topics: tuple[str, ...]
    frequency: Frequency | None
    consent_source: str | None
    consent_at: datetime | None
    formats: tuple[str, ...] = ()
    language: str | None = None
    partner_code: str | None = None

    @property
    def has_consent(self) -> bool:
        """True where the file says both how and when they agreed."""
        return self.consent_source is not None and self.consent_at is not None


def check_header(record: Record) -> tuple[str, ...]:
    """Return the columns of a file; refuse one whose columns are not the ones expected, in order.

    Optional ones follow, in any order.

    :raises RuleViolation: saying what the first line must be, or that the file is no text.
    """
    require_text(record)
    found = [value.strip().lower() for value in record.values]
    while found and not found[-1]:
        found.pop()
    further = found[len(COLUMNS) :]
    if tuple(found[: len(COLUMNS)]) != COLUMNS or not set(further) <= {*OPTIONAL} or len(set(further)) < len(further):
        raise RuleViolation(f"The first line of the file must be: {HEADER}; any of {', '.join(OPTIONAL)} may follow.")
    return tuple(found)


def read_row(record: Record, terms: Terms, columns: Sequence[str] = COLUMNS) -> ImportRow:
    """Read the values of one record.

    :raises RuleViolation: saying what is wrong with the row, its column in ``field``.
    """
    if record.fault:
        raise RuleViolation(record.fault)
    given = _by_column(record.values, columns)
    kind = _choice(given, "kind", Kind)
    row = ImportRow(
        name=given["name"] or None,
        addresses=_addresses(given, terms),
        postcode=read_postcode(given["postcode"]) if given["postcode"] else None,
        ward=_ward(given["ward"], terms.wards),
        kind=kind,
        declared_reach=_reach(given["declared_reach"], kind),
        topics=_topics(given["topics"], terms.topics),
        frequency=_choice(given, "frequency", Frequency),
        consent_source=given["consent_source"] or None,
        consent_at=_consent_at(given["consent_at"], terms.now),
        formats=_formats(given.get("formats", "")),
        language=_language(given.get("language", "")),
        partner_code=_partner(given.get("partner_code", ""), terms.partners),
    )
    if row.kind is Kind.PARTNER and not row.name:
        raise RuleViolation("A partner needs a name.", field="name")
    return row


def _by_column(values: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    surplus = [value for value in values[len(columns) :] if value.strip()]
    if surplus or len(values) < len(columns):
        raise RuleViolation(f"This row has {counted(len(values), 'value')}; {len(columns)} are expected.")
    return {column: _tidy(column, value) for column, value in zip(columns, values, strict=False)}


def _tidy(column: str, value: str) -> str:
    """Make one line of a value: a cell may hold line breaks, but no bytes that are not text."""
    if not value:
        return value
    text = " ".join(value.split())
    if text.isascii() and text.isprintable():
        return _short(column, text)
    text = unicodedata.normalize("NFC", text)
    if any("\udc80" <= character <= "\udcff" for character in text):
        raise RuleViolation("This is not UTF-8 text: save the file as CSV UTF-8.", field=column)
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise RuleViolation("This holds characters that cannot be seen.", field=column)
    return _short(column, text)


def _short(column: str, text: str) -> str:
    if len(text) > _LONGEST:
        raise RuleViolation(f"This is longer than {_LONGEST} characters.", field=column)
    return text


def _addresses(given: dict[str, str], terms: Terms) -> tuple[tuple[Channel, str], ...]:
    found = []
    if given["email"]:
        found.append((Channel.EMAIL, normalise_email(given["email"])))
    if given["phone"]:
        found.append(normalise_phone(given["phone"], allow_drama=terms.allow_drama, countries=terms.countries))
    if not found:
        raise RuleViolation("There is no address: give an email address or a telephone number.")
    return tuple(found)


def _ward(text: str, wards: Mapping[str, str]) -> str | None:
    """Return a ward's code; where no directory of wards was loaded, its name as written."""
    if not text or not wards:
        return text or None
    code = wards.get(text.casefold())
    if code is None:
        raise RuleViolation(f"There is no ward “{text}” here; leave it empty if they live elsewhere.", field="ward")
    return code


def _choice(given: dict[str, str], column: str, choices: type[_Choice]) -> _Choice | None:
    text = given[column].lower()
    if not text:
        return None
    if text not in {*choices}:
        raise RuleViolation(f"Give {' or '.join(choices)}, not “{text}”.", field=column)
    return choices(text)


def _topics(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Read slugs or titles, separated by semicolons."""
    chosen = tuple(slug for part in text.split(";") if (slug := "-".join(part.lower().split())))
    for slug in chosen:
        if slug not in known:
            raise RuleViolation(f"There is no topic “{slug}”; there are {', '.join(sorted(known))}.", field="topics")
    return chosen


def _formats(text: str) -> tuple[str, ...]:
    """Read formats, separated by semicolons; there is only large print."""
    chosen = {"_".join(part.lower().split()) for part in text.split(";") if part.strip()}
    if not chosen <= {LARGE_PRINT}:
        raise RuleViolation("Give large_print, or leave it empty.", field="formats")
    return tuple(chosen)


def _language(text: str) -> str | None:
    if text and text not in LANGUAGES:
        raise RuleViolation(f"Give {' or '.join(sorted(LANGUAGES))}, or leave it empty.", field="language")
    return text or None


def _partner(text: str, known: Collection[str]) -> str | None:
    code = text.upper()
    if code and code not in known:
        raise RuleViolation(f"There is no partner with the code “{text}”.", field="partner_code")
    return code or None


def _reach(text: str, kind: Kind | None) -> int | None:
    if not text:
        return None
    if kind is not Kind.PARTNER:
        raise RuleViolation("Only a partner declares a reach.", field="declared_reach")
    number = int(text.replace(",", "")) if len(text) <= 15 and _GROUPED_NUMBER.fullmatch(text) else -1
    if not 0 <= number <= LARGEST_REACH:
        raise RuleViolation(f"Give a whole number from 0 to {LARGEST_REACH:,}.", field="declared_reach")
    return number


def _consent_at(text: str, now: datetime) -> datetime | None:
    """Read a day (London's) or an instant with its zone."""
    if not text:
        return None
    try:
        at = _read_day_or_instant(text)
    except (ValueError, OverflowError):
        raise RuleViolation(
            "Give a day like 2026-05-31 or 31/05/2026, or a time with its zone like 2026-05-31T10:00:00Z.",
            field="consent_at",
        ) from None
    if at > as_utc(now) + _CLOCK_SLACK:
        raise RuleViolation("Consent cannot be given in the future.", field="consent_at")
    if at < _EARLIEST_CONSENT:
        raise RuleViolation("This is too long ago.", field="consent_at")
    return at


def _read_day_or_instant(text: str) -> datetime:
    british = _BRITISH_DAY.fullmatch(text)
    if british:
        return london_midnight(date(int(british[3]), int(british[2]), int(british[1])))
    if "T" not in text.upper() and " " not in text:
        return london_midnight(date.fromisoformat(text))
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError("no zone")
    return as_utc(moment)
