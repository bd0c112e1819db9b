"""Invented people, places and calls in number; nobody has these numbers, and no letter reaches these postcodes."""

from itertools import product
from random import Random

FIRST_NAMES = (
    "Ada", "Alex", "Amir", "Bea", "Billie", "Carol", "Chidi", "Dana", "Dev", "Edie", "Esme", "Farah", "Frank", "Gita",
    "Gus", "Hana", "Hugh", "Ida", "Imran", "Jo", "June", "Kay", "Kofi", "Lena", "Lou", "Mei", "Mona", "Nell", "Noor",
    "Olu", "Pat", "Priya", "Quin", "Ray", "Rosa", "Sam", "Sita", "Tess", "Umar", "Vi",
)  # fmt: skip
LAST_NAMES = tuple(
    f"{start}{end}"
    for start, end in product(("Exam", "Invent", "Sampl", "Fict", "Specim"), ("ple", "er", "ton", "by", "ley", "field"))
)
STREETS = tuple(f"{name} {kind}" for name, kind in product(
    ("Example", "Sample", "Invented", "Pattern", "Mock", "Trial", "Figment", "Model"),
    ("Road", "Lane", "Close", "Avenue", "Way"),
))  # fmt: skip
POSTCODES = tuple(
    f"ZA{n} {m}{pair}" for n, m, pair in product(range(10, 30), range(1, 10), ("AA", "AB", "AD", "AE", "AF"))
)
WARDS = tuple((f"E059{n:05}", f"Ward {n} (invented)") for n in range(1, 23))
HAPPENING = tuple(
    f"{who} {what}; {then}."
    for who, what, then in product(
        ("Two men in a white van", "A caller who says he is from the bank", "A roofer who knocked this morning",
         "Somebody on the telephone", "A man with a clipboard"),
        ("say that tiles are loose and ask for cash today", "want her to move her savings to a safe account",
         "have begun to lift the paving and doubled the price", "tell him that his computer is infected"),
        ("she is at the bank counter now", "he has paid half already", "the neighbour rang us",
         "they come back at three o'clock"),
    )
)  # fmt: skip
KINDS = {
    "scam": ("impersonation", "romance", "investment", "computer service", "prize draw", "courier fraud"),
    "doorstep_crime": ("roofing", "driveway", "gardening", "building", "guttering", "fish"),
    "financial_abuse": ("by family", "by a carer", "by a befriender"),
    "other": ("product safety", "underage sales", "food"),
}


def full_name(rng: Random) -> str:
    """Return one of 1,200 names."""
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def telephone(rng: Random) -> str:
    """Return one of 800,000 numbers under 01632, a code that is given to no town."""
    return f"+441632{rng.randrange(200_000, 1_000_000)}"


def address(rng: Random) -> str:
    """Return a house in one of 40 streets."""
    return f"{rng.randrange(1, 200)} {rng.choice(STREETS)}"
