"""200,000 invented parties and the million calls that tell of them, straight into either database.

Names are as uneven as real ones: a few surnames are borne by thousands. One number, a bank's switchboard, has rung five
thousand times. Ids are given outright, so the tables must be empty.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import MetaData, Table
from sqlalchemy.engine import Engine

from tsalert.parties.rules import folded_name, name_keys
from tsalert.parties.vocabulary import PartyKind

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
TRADERS_OF_EACH_TEN, OPEN_INCIDENTS, SWITCHBOARD_CALLS = 1, 500, 5000
_AT_A_TIME = 20_000
_FIRST = (
    "John", "Mary", "David", "Susan", "Peter", "Margaret", "Michael", "Patricia", "Robert", "Jean", "Ada", "Bernard",
    "Cynthia", "Desmond", "Edith", "Frank", "Gladys", "Harold", "Iris", "Kenneth", "Lilian", "Maureen", "Norman",
)  # fmt: skip
_COMMON = ("Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Wright")
_STARTS = (
    "Ash",
    "Brin",
    "Catter",
    "Dun",
    "Eddle",
    "Farth",
    "Green",
    "Hobble",
    "Ink",
    "Jelli",
    "Kettle",
    "Lamp",
    "Moss",
)
_MIDDLES = ("en", "ing", "er", "o", "wick", "low", "ley", "mar", "ver", "den", "sa", "ti", "ro", "ham", "bel")
_ENDS = ("field", "ford", "ton", "combe", "worth", "gate", "ley", "vale", "stone", "well", "pot", "shaw", "by", "man")
_TRADES = ("Roofing", "Paving", "Gardening", "Driveways", "Guttering")
_STREETS = ("Sample", "Specimen", "Pretend", "Imaginary", "Fictional", "Example", "Madeup")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
Rows = Iterator[dict[str, Any]]


def phone(number: int) -> str:
    """Return the number by which a person is found; none of them can be dialled."""
    return f"0000{number:07}"


def plate(number: int) -> str:
    """Return a trader's registration, folded and as it is written in one."""
    return f"T{number % 10}{number // 10 % 10}{number // 100:06}"


def person(number: int) -> str:
    """Return a person's name: of each hundred, thirty bear one of ten surnames."""
    dice = Random(number)
    last = dice.choice(_COMMON) if dice.random() < 0.3 else rare_name(dice.randrange(len(_STARTS) * 210))
    return f"{_FIRST[min(int(dice.expovariate(0.15)), len(_FIRST) - 1)]} {last}"


def rare_name(number: int) -> str:
    """Return one of some thousand surnames."""
    rest, end = divmod(number, len(_ENDS))
    start, middle = divmod(rest, len(_MIDDLES))
    return _STARTS[start % len(_STARTS)] + _MIDDLES[middle] + _ENDS[end]


def trader(number: int) -> str:
    """Return a trader's name."""
    return f"{rare_name(number * 7)} {_TRADES[number % len(_TRADES)]}"


def home(number: int) -> tuple[str, str]:
    """Return an address and its postcode, in a district that does not exist."""
    street = _STREETS[number // 5 % len(_STREETS)]
    inward = f"{number // 90 % 9 + 1}{_LETTERS[number // 810 % 20]}{_LETTERS[number // 16_200 % 20]}"
    return f"{number % 90 + 1} {street} Road", f"BR9 {inward}"


def load(engine: Engine, *, parties: int, calls: int, stories: Sequence[str] = ()) -> None:
    """Load parties, the calls and incidents that matter for them, and let the database count them.

    :param stories: what the calls say is happening, in turn.
    """
    people = parties * (10 - TRADERS_OF_EACH_TEN) // 10
    _insert(engine, "party", _parties(parties, people))
    _insert(engine, "party_name", _names(parties, people))
    _insert(engine, "party_name_key", _keys(parties, people))
    _insert(engine, "party_identifier", _identifiers(parties, people))
    _insert(engine, "incident", _incidents(calls // 50))
    _insert(engine, "call", _calls(calls, people, stories))
    _insert(engine, "call_party", _parts(calls, parties, people))
    _insert(engine, "call_place", _places(calls))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _is_person(party_id: int, people: int) -> bool:
    return party_id <= people


def _name(party_id: int, people: int) -> tuple[PartyKind, str]:
    if _is_person(party_id, people):
        return PartyKind.PERSON, person(party_id)
    return PartyKind.BUSINESS, trader(party_id - people)


def _parties(parties: int, people: int) -> Rows:
    for party_id in range(1, parties + 1):
        kind, name = _name(party_id, people)
        yield {"id": party_id, "kind": kind.value, "name": name, "created_at": NOW}


def _names(parties: int, people: int) -> Rows:
    for party_id in range(1, parties + 1):
        kind, name = _name(party_id, people)
        yield {"id": party_id, "party_id": party_id, "name": name, "folded": folded_name(kind, name)}


def _keys(parties: int, people: int) -> Rows:
    for party_id in range(1, parties + 1):
        kind, name = _name(party_id, people)
        for key in name_keys(kind, folded_name(kind, name)):
            yield {"key": key, "name_id": party_id}


def _identifiers(parties: int, people: int) -> Rows:
    for party_id in range(1, parties + 1):
        is_person = _is_person(party_id, people)
        normal = phone(party_id) if is_person else plate(party_id - people)
        kind = "phone" if is_person else "vehicle"
        yield {
            "id": party_id,
            "party_id": party_id,
            "kind": kind,
            "raw": normal,
            "normal": normal,
            "first_seen_at": NOW,
        }


def _incidents(incidents: int) -> Rows:
    for number in range(1, incidents + 1):
        is_open = number > incidents - OPEN_INCIDENTS
        yield {
            "id": number,
            "reference": f"R26-{number:05}",
            "category": "doorstep_crime",
            "state": "triaged" if is_open else "closed",
            "outcome": None if is_open else "advice_given",
            "opened_at": NOW,
            "closed_at": None if is_open else NOW,
        }


def _calls(calls: int, people: int, stories: Sequence[str]) -> Rows:
    for call_id in range(1, calls + 1):
        caller, at = _caller(call_id, people), _at(call_id, calls)
        address, postcode = home(call_id)
        yield {
            "id": call_id,
            "reference": f"C26-{call_id:05}",
            "line": "rapid_voice",
            "opened_at": at,
            "received_at": at,
            "recorded_at": at,
            "caller_name": person(caller),
            "phone_e164": phone(caller),
            "address": address,
            "postcode": postcode,
            "happening": stories[call_id % len(stories)] if stories else None,
            "is_trader_on_site": False,
            "money_state": "none",
            "is_vulnerable": False,
            "has_threat": False,
            "is_work_in_progress": False,
            "disposition": "new_incident" if call_id % 50 == 0 else "advice",
            "incident_id": call_id // 50 if call_id % 50 == 0 else None,
        }


def _parts(calls: int, parties: int, people: int) -> Rows:
    traders = parties - people
    for call_id in range(1, calls + 1):
        part = {"call_id": call_id, "received_at": _at(call_id, calls)}
        yield part | {"role": "caller", "party_id": _caller(call_id, people)}
        if call_id % 5 == 0:
            yield part | {"role": "trader", "party_id": people + 1 + call_id // 5 % traders}


def _places(calls: int) -> Rows:
    for call_id in range(1, calls + 1):
        address, postcode = home(call_id)
        number, _, street = address.lower().partition(" ")
        yield {"key": f"{postcode.replace(' ', '')} {number}", "call_id": call_id}
        yield {"key": f"with {number} {street}", "call_id": call_id}


def _caller(call_id: int, people: int) -> int:
    """Return who rang; the first party is the switchboard."""
    return 1 if call_id <= SWITCHBOARD_CALLS else call_id % people + 1


def _at(call_id: int, calls: int) -> datetime:
    return NOW - timedelta(minutes=calls - call_id)


def _insert(engine: Engine, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows; PostgreSQL takes them by COPY, which is how it takes millions."""
    source = iter(rows)
    if engine.dialect.name == "postgresql":
        _copy(engine, name, source)
        return
    table = Table(name, MetaData(), autoload_with=engine)
    while chunk := list(islice(source, _AT_A_TIME)):
        with engine.begin() as connection:
            connection.execute(table.insert(), chunk)


def _copy(engine: Engine, name: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    raw = engine.raw_connection()
    cursor = raw.cursor()
    with cursor.copy(f'COPY "{name}" ({", ".join(first)}) FROM STDIN') as copy:
        copy.write_row(tuple(first.values()))
        for row in rows:
            copy.write_row(tuple(row.values()))
    raw.commit()
    raw.close()
