"""What a corrected address tells besides: the postcode that was typed into it, and the ward that a postcode lies in."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from tsalert.core.postcodes import part_address
from tsalert.places.finding import own_ward
from tsalert.response.facts import Fact, Value


def read_place(
    session: Session, held: Mapping[Fact, Value], told: Mapping[Fact, Value], *, on: date
) -> Mapping[Fact, Value]:
    """Return what is told with the postcode that stands in a new address, and the ward that follows a new postcode.

    A page sends every box that it shows, so one that holds what is held already decides nothing: a postcode that was
    typed over goes before the one in the address, and a ward that was chosen stays.
    """
    told = _with_postcode(held, told)
    if _is_same(Fact.POSTCODE, held, told) or not _is_same(Fact.WARD_CODE, held, told):
        return told
    was = own_ward(session, _text(held[Fact.POSTCODE]), on=on)
    if held[Fact.WARD_CODE] not in {None, was}:
        return told  # an officer chose it, and knew better than the postcode
    return {**told, Fact.WARD_CODE: own_ward(session, _text(told[Fact.POSTCODE]), on=on)}


def _with_postcode(held: Mapping[Fact, Value], told: Mapping[Fact, Value]) -> Mapping[Fact, Value]:
    address = _text(told.get(Fact.ADDRESS))
    if not address or _is_same(Fact.ADDRESS, held, told):
        return told
    is_typed_over = not _is_same(Fact.POSTCODE, held, told) and told[Fact.POSTCODE] is not None
    line, postcode = part_address(address)
    if postcode is None or is_typed_over:
        return told
    return {**told, Fact.ADDRESS: line or None, Fact.POSTCODE: postcode}


def _is_same(fact: Fact, held: Mapping[Fact, Value], told: Mapping[Fact, Value]) -> bool:
    return told.get(fact, held[fact]) == held[fact]


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
