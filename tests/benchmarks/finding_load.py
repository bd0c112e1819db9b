"""150,000 invented cases with their log and money, beside the calls and parties of ``parties_load``.

Everything follows from a case's number, so that both databases hold the same and so does the next run.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.engine import Engine

from tests.benchmarks import parties_load
from tests.benchmarks.bulk import Bulk, bulk
from tests.benchmarks.invented import HAPPENING, WARDS
from tsalert.cases.vocabulary import Channel, Source, Status
from tsalert.references.rules import write_reference

LONG_LOG, OFFICERS, NOTES_OF_A_CASE = 500, 40, 2
_YEARS = 10
_OPEN_OF_A_HUNDRED = 2
_COLUMNS = {
    "case_file": (
        "id", "reference", "category", "channel", "kind", "opened_at", "status", "waiting_for", "source", "summary",
        "victim_name", "address", "postcode", "ward_code", "chosen_for_vulnerability", "officer_id", "closed_at",
    ),
    "case_note": ("case_id", "kind", "text", "occurred_at", "recorded_at"),
    "money_line": ("case_id", "kind", "amount", "evidence", "certainty", "note", "recorded_at"),
}  # fmt: skip
_OPEN = tuple(status.value for status in Status if status is not Status.CLOSED)
_KINDS = tuple((category, kind) for category, kinds in {
    "scam": ("romance", "investment", "computer_service", "prize_draw"),
    "doorstep_crime": ("roofing", "driveway", "gardening"),
    "financial_abuse": ("by_family", "by_carer"),
    "other": ("product_safety", "food"),
}.items() for kind in kinds)  # fmt: skip


def load(engine: Engine, *, calls: int, parties: int, cases: int) -> None:
    """Fill an empty database; wards and officers must be there."""
    parties_load.load(engine, parties=parties, calls=calls, stories=HAPPENING)
    with bulk(engine, _COLUMNS) as rows:
        for number in range(1, cases + 1):
            _add(rows, number, cases, is_postgresql=engine.dialect.name == "postgresql")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def rare_word(number: int) -> str:
    """Return a word that stands in the summary of one case alone."""
    return f"mark{number}"


def _add(rows: Bulk, number: int, cases: int, *, is_postgresql: bool) -> None:
    opened = parties_load.NOW - timedelta(minutes=(cases - number) * _YEARS * 365 * 24 * 60 // cases)
    at, story = f"{opened:%Y-%m-%d %H:%M:%S}.000000", HAPPENING[number % len(HAPPENING)]
    rows.add("case_file", tuple(_case(number, opened.year, at, story, is_postgresql=is_postgresql)))
    for place in range(LONG_LOG if number == cases else NOTES_OF_A_CASE):
        rows.add(
            "case_note", (number, "fact", f"{HAPPENING[(number + place) % len(HAPPENING)]} Entry {place}.", at, at)
        )
    rows.add("money_line", (number, "paid", number % 900_000, "bank", "confirmed", "Paid in cash in an envelope", at))


def _case(number: int, year: int, at: str, story: str, *, is_postgresql: bool) -> Iterator[str | int | None]:
    category, kind = _KINDS[number % len(_KINDS)]
    is_open = number % 100 < _OPEN_OF_A_HUNDRED
    address, postcode = parties_load.home(number)
    yield from (
        number,
        write_reference("D", year, number),
        category,
        list(Channel)[number % len(Channel)].value,
        kind,
        at,
    )
    yield from (_OPEN[number // 100 % len(_OPEN)] if is_open else "closed", "partner" if number % 500 == 0 else None)
    yield from (list(Source)[number % len(Source)].value, f"{story} {rare_word(number)}", parties_load.person(number))
    yield from (address, postcode, WARDS[number % len(WARDS)][0], ("f" if is_postgresql else 0))
    yield from (number % OFFICERS + 1, None if is_open else at)
