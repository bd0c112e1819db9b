"""How near two addresses are that were typed differently: a street spelt otherwise, or without its number. Pure."""

from msgspec import Struct

from tsalert.core.postcodes import find_postcode
from tsalert.parties.folding import number_and_street, without_postcode
from tsalert.parties.likeness import is_spelt_like
from tsalert.parties.vocabulary import Likeness


class Place(Struct, frozen=True):
    """What an address says of where it is: its number, what may be its street, its postcode."""

    number: str
    streets: tuple[str, ...]
    postcode: str


def read_place(address: str | None, postcode: str | None) -> Place:
    """Return where an address is; one word alone is no street, since it may be a town."""
    known = postcode or find_postcode(address or "")
    line = without_postcode(address or "") if known and not postcode else address or ""
    number, street = number_and_street(line)
    streets, has_digit = [street], any(character.isdigit() for character in number)
    if not has_digit:  # a house that has a name alone, or a street alone
        streets.append(number_and_street(f"0 {line.partition(',')[0]}")[1])
    return Place(number if has_digit else "", tuple(each for each in streets if " " in each), known or "")


def nearness(one: Place, other: Place) -> Likeness | None:
    """Say whether two addresses may be one place or lie in one street; None for neither.

    Streets of one name are told apart by where the post goes. An address that is written alike is found by its keys
    (folding.place_keys).
    """
    has_both = one.postcode and other.postcode
    if has_both and one.postcode.split()[0] != other.postcode.split()[0]:
        return None
    if not any(is_spelt_like(street, another) for street in one.streets for another in other.streets):
        return None
    is_one_place = one.number and one.number == other.number and (not has_both or one.postcode == other.postcode)
    return Likeness.LIKE_ADDRESS if is_one_place else Likeness.SAME_STREET
