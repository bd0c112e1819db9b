"""The list of 650 subscribers and the helpline's contacts, as the files that an officer would import."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from tsalert.demo.amounts import split_count
from tsalert.demo.people import WARDS, household
from tsalert.subscribers.rows import COLUMNS

SUBSCRIBERS = 650
_TEXTED = 110
_RUNG = 24
# (kind of partner, how many, how many people they pass alerts on to between them): 50 partners reach 47,000.
_PARTNERS = (
    ("Neighbourhood Watch co-ordinator", 22, 11_000),
    ("Library", 14, 9_800),
    ("Parish newsletter", 9, 18_000),
    ("Befriending charity", 5, 8_200),
)
_DECLARED_ON = "2022-06-30"  # so that it is the reach of the quarter that was published


def subscriber_lines() -> Iterator[str]:
    """Return the lines of a subscriber file."""
    return _write(COLUMNS, (*_partners(), *_residents(SUBSCRIBERS - sum(number for _, number, _ in _PARTNERS))))


def _partners() -> Iterator[dict[str, str]]:
    for kind, number, reach in _PARTNERS:
        for place, share in enumerate(split_count(reach, number)):
            ward = WARDS[place % len(WARDS)]
            yield {
                "name": f"{kind}, {ward} (invented)",
                "email": f"{kind.split()[0].lower()}.{place + 1}@example.com",
                "ward": ward,
                "kind": "partner",
                "declared_reach": str(share),
                "consent_source": "partnership agreement (invented)",
                "consent_at": _DECLARED_ON,
            }


def _residents(number: int) -> Iterator[dict[str, str]]:
    for place in range(number):
        home = household(5_000 + place)
        phone = _phone(place)
        yield {
            "name": home.name,
            "email": "" if phone else f"resident.{place}@example.com",
            "phone": phone,
            "postcode": home.postcode,
            "ward": WARDS[place % len(WARDS)],
            "kind": "resident",
            "consent_source": "paper form (invented)",
            "consent_at": date(2021 + place % 5, place % 12 + 1, 1).isoformat(),
        }


def _phone(place: int) -> str:
    """Return the number of those who get alerts by text, or by call to a landline; nothing for everybody else."""
    if place < _TEXTED:
        return f"07700 900{place:03}"
    return f"020 7946 0{place:03}" if place < _TEXTED + _RUNG else ""


def _write(columns: Iterable[str], rows: Iterable[dict[str, str]]) -> Iterator[str]:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.seek(0)
    return iter(file.readlines())
