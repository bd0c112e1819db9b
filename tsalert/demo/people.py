"""Invented households, the same ones every time. Each is marked as invented; no district BR9 exists."""

from msgspec import Struct

from tsalert.places.rules import NamedWard

WARDS = (
    "Beckenham Town & Copers Cope", "Bickley & Sundridge", "Biggin Hill", "Bromley Common & Holwood", "Bromley Town",
    "Chelsfield", "Chislehurst", "Clock House", "Crystal Palace & Anerley", "Darwin", "Farnborough & Crofton",
    "Hayes & Coney Hall", "Kelsey & Eden Park", "Mottingham", "Orpington", "Penge & Cator", "Petts Wood & Knoll",
    "Plaistow", "Shortlands & Park Langley", "St Mary Cray", "St Paul's Cray", "West Wickham",
)  # fmt: skip
_FIRST_CODE = 5_013_987
_FIRST = (
    "Ada", "Bernard", "Cynthia", "Desmond", "Edith", "Frank", "Gladys", "Harold", "Iris", "Joan", "Kenneth", "Lilian",
    "Maureen", "Norman", "Olive", "Percy", "Queenie", "Ronald", "Sheila", "Trevor", "Una", "Vera", "Winston", "Yvonne",
)  # fmt: skip
_LAST = (
    "Ashfold", "Brindle", "Cattermoss", "Dunnow", "Eddlestone", "Farthingdale", "Greengage", "Hobblewick", "Inkpot",
         "Jellicombe", "Kettlewick", "Lamplight", "Mossop-Vale",
)  # fmt: skip
_STREETS = ("Sample", "Specimen", "Pretend", "Imaginary", "Fictional", "Example", "Madeup")
_WAYS = ("Road", "Avenue", "Close", "Lane", "Gardens")
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"


class Household(Struct, frozen=True):
    """Somebody who does not exist, at an address that does not exist, with a number kept for drama."""

    name: str
    address: str
    postcode: str
    ward_code: str
    phone: str


def ward_code(number: int) -> str:
    """Return the code of a ward, which the ONS gave in the order of their names."""
    return f"E{_FIRST_CODE + number % len(WARDS):08}"


def demo_wards() -> list[NamedWard]:
    """Return every ward."""
    return [NamedWard(ward_code(number), name) for number, name in enumerate(WARDS)]


def household(number: int) -> Household:
    """Return the ``number``-th household; neighbours in number live in different wards."""
    return Household(
        name=f"{_FIRST[number % 24]} {_LAST[number % 13]} (invented)",
        address=f"{number % 90 + 1} {_STREETS[number % 7]} {_WAYS[number % 5]}",
        postcode=f"BR9 {number % 9 + 1}{_INWARD[number % 20]}{_INWARD[number // 20 % 20]}",
        ward_code=ward_code(number),
        phone=f"07700 900{number % 1000:03}",
    )
