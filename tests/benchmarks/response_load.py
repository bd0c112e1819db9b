"""Fills a migrated, empty database with ten years of rapid response: calls, incidents, clocks, visits and their trail.

``python -m tests.benchmarks.response_load DATABASE_URL [CALLS]`` fills a database that ``flask db upgrade`` has made;
benchmarks call ``fill``. The same seed gives the same rows, but for the times, which lead up to ``until``.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.engine import Engine

from tests.benchmarks import invented
from tests.benchmarks.bulk import Bulk, bulk
from tests.benchmarks.response_stories import COLUMNS, Stories, Told, stamp
from tests.conftest import hash_passwords_quickly, settings
from tests.whole import create_app
from tsalert.audit.rules import FIRST_SEAL, Detail, Entry, seal
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.references.rules import write_reference
from tsalert.response.models import Call, Grade
from tsalert.staff.hashing import hash_password
from tsalert.staff.queries import token_digest

PASSWORD = "a long invented password"
YEARS, OFFICERS = 10, 120
_TABLES = COLUMNS | {
    "officer": ("id", "email", "name", "password", "active", "fs_uniquifier", "created_at"),
    "role": ("id", "name"),
    "officer_role": ("officer_id", "role_id"),
    "api_token": ("id", "officer_id", "token_digest", "created_at", "expires_at"),
    "ward": ("code", "name"),
    "incident": (
        "id", "reference", "category", "kind", "address", "postcode", "ward_code", "state", "grade_id", "outcome",
        "opened_at", "closed_at",
    ),
    "call": (
        "id", "reference", "line", "source", "opened_at", "received_at", "recorded_at", "caller_name", "phone",
        "phone_e164", "is_safe_to_call_back", "address", "postcode", "ward_code", "happening", "is_trader_on_site",
        "money_state", "money_amount", "is_vulnerable", "has_threat", "is_work_in_progress", "disposition",
        "incident_id", "logged_by",
    ),
    "reference_counter": ("kind", "year", "last_number"),
    "audit_event": (
        "id", "at", "officer_id", "via", "action", "subject", "subject_id", "detail", "previous_seal", "seal",
    ),
    "audit_head": ("id", "seal", "length"),
}  # fmt: skip
_HOURS = (1, 1, 1, 1, 1, 1, 2, 5, 12, 20, 24, 24, 20, 20, 22, 22, 20, 16, 12, 9, 7, 5, 3, 2)
_LINES = ("rapid_voice", "rapid_voicemail", "rapid_sms", "other")
_SOURCES = (
    "resident",
    "family",
    "neighbour",
    "bank",
    "police",
    "adult_social_care",
    "carer",
    "citizens_advice_referral",
)
_CATEGORIES = ("scam", "doorstep_crime", "financial_abuse", "other")
_OTHERWISE = (
    "added_to_incident",
    "advice",
    "not_trading_standards",
    "passed_to_police",
    "duplicate",
    "misdial",
    "spam",
)
_MONEY = ("none", "asked", "agreed", "at_the_bank", "part_paid", "paid")


class Filled(Struct, frozen=True):
    """What a database was filled with. Officer ``n`` signs in as ``officer<n>@example.org`` with ``PASSWORD``,
    or by the bearer token ``token-<n>``, n from 1; the first is a manager too.
    """

    calls: int
    incidents: int
    open_incidents: int
    officers: int


def fill(
    engine: Engine, *, calls: int = 1_000_000, open_incidents: int = 500, until: datetime, seed: int = 1
) -> Filled:
    """Fill an empty database; every fourth call is an incident. Needs the application's context.

    :param until: when the newest call came; the ten years lead up to it.
    """
    assert db.session.scalar(select(Call.id).limit(1)) is None, "fill an empty database"
    grades = dict(db.session.execute(select(Grade.name, Grade.id)).all())
    db.session.remove()
    with bulk(engine, _TABLES) as rows:
        filling = _Filling(rows, Random(seed), grades, int(until.timestamp()))
        filling.add_people()
        filling.add_calls(calls, open_incidents)
        filling.add_heads()
    return Filled(calls, filling.incidents, open_incidents, OFFICERS)


class _Filling:
    """One filling: what was written so far, and how it goes on."""

    def __init__(self, rows: Bulk, rng: Random, grades: dict[str, int], until: int) -> None:
        self.incidents = 0
        self._rows = rows
        self._rng = rng
        self._until = until
        self._stories = Stories(rows, rng, grades, until=until)
        self._references: Counter[tuple[str, int]] = Counter()
        self._seal, self._entries = FIRST_SEAL, 0

    def add_people(self) -> None:
        """Add wards, roles and officers who can sign in."""
        for ward in invented.WARDS:
            self._rows.add("ward", ward)
        for number, role in enumerate(("duty_officer", "manager"), 1):
            self._rows.add("role", (number, role))
        hashed, since = hash_password(PASSWORD), stamp(self._until - YEARS * 365 * 86_400)
        expires = stamp(self._until + 90 * 86_400)
        for n in range(1, OFFICERS + 1):
            named = (n, f"officer{n}@example.org", f"{invented.full_name(self._rng)} (invented)", hashed)
            self._rows.add("officer", (*named, 1, f"{n:064}", since))
            self._rows.add("officer_role", (n, 1))
            self._rows.add("api_token", (n, n, token_digest(f"token-{n}"), stamp(self._until), expires))
        self._rows.add("officer_role", (1, 2))

    def add_calls(self, calls: int, open_incidents: int) -> None:
        """Add calls with what became of them, oldest first."""
        finished = calls - open_incidents
        for number, at in enumerate(self._times(finished), 1):
            self._add_call(number, at, opens=number % 4 == 0, place=None)
        for place in range(open_incidents, 0, -1):
            share = (place - 1) / open_incidents
            at = self._until - 60 - (int(share * 48_000) if share < 0.12 else int(5_760 + share * 160_000))
            self._add_call(calls - place + 1, at, opens=True, place=share)

    def add_heads(self) -> None:
        """Set the counters where the rows have brought them."""
        for (kind, year), last in self._references.items():
            self._rows.add("reference_counter", (kind, year, last))
        self._rows.add("audit_head", (1, self._seal, self._entries))

    def _times(self, count: int) -> Iterator[int]:
        """Yield seconds spread over the years before the last three days, in order, few of them at night."""
        days = YEARS * 365
        first = (self._until // 86_400 - 3 - days) * 86_400
        hours = self._rng.choices(range(24), _HOURS, k=count)
        yield from sorted(
            first + n * days // count * 86_400 + hour * 3600 + self._rng.randrange(3600) for n, hour in enumerate(hours)
        )

    def _add_call(self, number: int, at: int, *, opens: bool, place: float | None) -> None:
        rng = self._rng
        lag, officer_id = rng.randrange(25, 90), rng.randrange(1, OFFICERS + 1)
        disposition = "new_incident" if opens else rng.choices(_OTHERWISE, (12, 44, 20, 8, 3, 8, 5))[0]
        where = (invented.address(rng), rng.choice(invented.POSTCODES), rng.choice(invented.WARDS)[0])
        told = Told(0, at, at + lag, officer_id)
        self._audit(told, "logged", "call", number, {"disposition": disposition})
        incident_id: int | None = None
        if opens:
            incident_id = self._add_incident(told, where, place)
        elif disposition in {"added_to_incident", "duplicate"} and self.incidents:
            incident_id = max(1, self.incidents - rng.randrange(12))
        self._rows.add("call", self._call(number, told, disposition, incident_id, where))

    def _call(
        self, number: int, told: Told, disposition: str, incident_id: int | None, where: tuple[str, str, str]
    ) -> tuple[str | int | None, ...]:
        rng, phone, ticks = self._rng, invented.telephone(self._rng), self._rng.getrandbits(4)
        money = rng.choices(_MONEY, (50, 15, 12, 5, 8, 10))[0]
        recorded_at, at = stamp(told.recorded_at), stamp(told.at)
        line, source = rng.choices(_LINES, (60, 10, 5, 25))[0], rng.choice(_SOURCES)
        head = (number, self._reference("C", told.recorded_at), line, source, at, at, recorded_at)
        caller = (invented.full_name(rng), "0" + phone[3:], phone, 1, *where, rng.choice(invented.HAPPENING))
        dangers = (ticks & 1, money, None if money == "none" else rng.randrange(1, 90) * 10_000, ticks >> 1 & 1)
        return (*head, *caller, *dangers, ticks >> 2 & 1, ticks >> 3, disposition, incident_id, told.officer_id)

    def _add_incident(self, told: Told, where: tuple[str, str, str], place: float | None) -> int:
        self.incidents += 1
        told = Told(self.incidents, told.at, told.recorded_at, told.officer_id)
        category = self._rng.choices(_CATEGORIES, (35, 35, 10, 20))[0]
        kind, opened_at = self._rng.choice(invented.KINDS[category]), stamp(told.recorded_at)
        head = (told.incident_id, self._reference("R", told.recorded_at), category, kind, *where)
        self._audit(told, "opened", "incident", told.incident_id, {"category": category})
        if place is None:
            grade, grade_id, outcome, closed = self._stories.finished(told)
            self._audit(told, "graded", "incident", told.incident_id, {"grade": grade, "proposed": grade})
            self._rows.add("incident", (*head, "closed", grade_id, outcome, opened_at, stamp(closed)))
        else:
            state, open_grade_id = self._stories.open(told, place)
            self._rows.add("incident", (*head, state, open_grade_id, None, opened_at, None))
        return self.incidents

    def _reference(self, kind: str, at: int) -> str:
        year = int(stamp(at)[:4])  # London's midnight of a new year is UTC's
        self._references[kind, year] += 1
        return write_reference(kind, year, self._references[kind, year])

    def _audit(self, told: Told, action: str, subject: str, subject_id: int, detail: dict[str, Detail]) -> None:
        at = datetime.fromtimestamp(told.recorded_at, UTC)
        entry = Entry(at, told.officer_id, "page", action, subject, subject_id, detail)
        before, self._seal = self._seal, seal(self._seal, entry)
        self._entries += 1
        row = (self._entries, stamp(told.recorded_at), told.officer_id, "page", action, subject, subject_id)
        self._rows.add("audit_event", (*row, json.dumps(detail), before, self._seal))


def filled_app(url: str, folder: Path, *, calls: int, until: datetime | None = None) -> Flask:
    """Make a database at ``url``, migrate and fill it, and return an application on it, outside any context."""
    app = create_app(settings(url, folder))
    hash_passwords_quickly(app)
    with app.app_context():
        upgrade()
        fill(db.engine, calls=calls, until=until or utc_now() - timedelta(seconds=1))
        db.engine.dispose()
    return app


def main(url: str, calls: int) -> int:
    """Fill one database and say how long it took."""
    started = perf_counter()
    with TemporaryDirectory() as folder:
        filled_app(url, Path(folder), calls=calls)
    print(f"{calls:,} calls in {perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000))
