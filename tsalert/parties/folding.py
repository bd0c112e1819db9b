"""What people typed, folded so that two ways of writing one thing come out alike. Pure.

Every function gives the same again for what it gave, and what was typed is always kept beside it.
"""

import re
import unicodedata

from phonenumbers import Leniency, PhoneNumberMatcher

from tsalert.core.postcodes import POSTCODE_IN_TEXT, find_postcode
from tsalert.delivery.telephones import phone_as_e164

_TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lady", "lord", "rev", "reverend",
    "cllr", "councillor", "pc", "sgt", "master",
})  # fmt: skip
# Alone they name nobody; "Lord" or "Master" alone is somebody's surname.
_NEVER_NAMES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})
_LEGAL_FORMS = (
    ("and", "sons"), ("and", "son"), ("and", "daughters"), ("and", "daughter"), ("and", "bros"), ("and", "co"),
    ("limited",), ("ltd",), ("llp",), ("plc",), ("inc",), ("co",), ("company",), ("uk",), ("brothers",), ("bros",),
    ("sons",),
)  # fmt: skip
_FIRM_WORDS = frozenset({
    "limited", "ltd", "llp", "plc", "company", "sons", "bros", "brothers", "roofing", "roofers", "paving",
    "driveways", "building", "builders", "gutters", "guttering", "gardening", "gardens", "landscaping",
    "landscapes", "tree", "trees", "plumbing", "plumbers", "electrical", "heating", "drainage", "damp",
    "services", "maintenance", "contractors", "property", "improvements", "removals", "windows", "solar",
    "security",
})  # fmt: skip
_SPECIAL = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ħ": "h",
    }
)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_INSIDE_WORDS = str.maketrans(
    "", "", "'\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`."
)
_ASCII_WORD = re.compile(r"[^\W_]+", re.ASCII)
WAYS = {
    "rd": "road", "st": "street", "ave": "avenue", "cl": "close", "ln": "lane", "gdns": "gardens", "dr": "drive",
    "ct": "court", "cres": "crescent", "sq": "square", "pl": "place", "ter": "terrace",
}  # fmt: skip
_LATIN_ACCENTS = range(0x300, 0x370)
_MISREAD = str.maketrans("OIQSZB", "010528")
_LONGEST_PLATE = 10
_SHORTEST_PHONE = 7

# The styles of British plates; in the newest, whose digits are read wrong most, letters that look like digits too.
_PLATES = re.compile(
    r"\b(?:(?=[A-Z]{0,4}\d|[A-Z]{2}[OIQSZB]\d)[A-Z]{2}[\dOIQSZB]{2}\s?[A-Z]{3}"
    r"|[A-Z]\d{2,3}\s?[A-Z]{3}|[A-Z]{3}\s?\d{2,3}[A-Z]|(?=[A-Z]{0,2}[IZ])[A-Z]{3}\s?\d{3,4})\b",
    re.ASCII,
)
# The newest style in three groups, as it is dictated; in small letters it would be "at 10 men".
_DICTATED = re.compile(r"\b[A-Z]{2} \d\d ?[A-Z]{3}\b", re.ASCII)
_WORDS_ON_NO_PLATE = re.compile(r"VAN|MAN|MEN|CAR|THE|AND|FOR|WAS|BUT|NEW|OLD|RED|TEL|MOB", re.ASCII)
_HOUSE_NUMBER = re.compile(r"\b\d+[a-z]?\b", re.ASCII)


def fold_name(text: str) -> str:
    """Fold a person's name: no accents, letter case, titles, punctuation or remarks in brackets."""
    words = fold_words(text)
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return "" if len(words) == 1 and words[0] in _NEVER_NAMES else " ".join(words)


def fold_business(text: str) -> str:
    """Fold a business's name, without the forms that say what it is in law, such as Ltd or & Sons."""
    words = tuple(fold_words(text))
    ending = _legal_form(words)
    while ending:
        words = words[: -len(ending)]
        ending = _legal_form(words)
    return " ".join(words)


def fold_words(text: str) -> list[str]:
    """Return the words of a text in small letters without accents; what has no letter or digit is left out."""
    plain = _plain(text.replace("&", " and "))
    if "(" not in plain and "[" not in plain:
        return _words(plain)
    return _words(_BRACKETED.sub(" ", plain)) or _words(plain)


def is_firm(text: str) -> bool:
    """Tell whether a text has a word in it that firms call themselves by."""
    return not _FIRM_WORDS.isdisjoint(fold_words(text))


def fold_registration(text: str) -> str:
    """Fold a vehicle registration: letters and digits alone, those that look alike made one."""
    return re.sub(r"[^A-Z0-9]", "", text.upper()).translate(_MISREAD)


def plate_key(text: str) -> str | None:
    """Return by what a plate that was written alone is found again; None where it is no plate, such as a whole van."""
    plate = fold_registration(text)
    has_digit = any(character in "0123456789" for character in text)
    return plate if has_digit and len(plate) <= _LONGEST_PLATE else None


def registrations_in(text: str) -> list[str]:
    """Return the vehicle registrations in a description, as they were written, each once."""
    plates = [" ".join(match[0].split()) for match in _plates_in(text)]
    return list({fold_registration(plate): plate for plate in reversed(plates)}.values())[::-1]


def without_registrations(text: str) -> str:
    """Return a description without its registrations: who or what it names."""
    kept = text
    if len(text.upper()) == len(text):  # a letter that grows when it is made large would shift every place behind it
        for match in reversed(_plates_in(text)):
            kept = kept[: match.start()] + " " + kept[match.end() :]
    return " ".join(kept.split()).strip(" ,;:-")


def _plates_in(text: str) -> list[re.Match[str]]:
    """Return where the plates in a description stand, in their order.

    One in three groups is taken for one only where its large letters tell it from words, or where nothing else stands.
    """
    upper = text.upper()
    is_alone, is_mixed = _DICTATED.fullmatch(upper.strip()), text != upper
    dictated = _DICTATED.finditer(upper if is_alone else text) if is_alone or is_mixed else ()
    found = [match for match in (*_PLATES.finditer(upper), *dictated) if not _WORDS_ON_NO_PLATE.search(match[0])]
    return sorted(found, key=lambda match: match.start())


def phone_key(text: str | None, *, is_demo: bool) -> str | None:
    """Return by what a telephone number is found again: as it is dialled, else its bare digits; None for neither."""
    dialled = phone_as_e164(text, is_demo=is_demo)
    if dialled:
        return dialled
    digits = "".join(character for character in text or "" if character in "0123456789")
    return digits if len(digits) >= _SHORTEST_PHONE else None


def phones_in(text: str, *, is_demo: bool) -> list[tuple[str, str]]:
    """Return the telephone numbers in a description that can be dialled, as written and as compared."""
    written = [found.raw_string for found in PhoneNumberMatcher(text, "GB", leniency=Leniency.POSSIBLE)]
    dialled = [(each, phone_as_e164(each, is_demo=is_demo)) for each in written]
    return [(each, number) for each, number in dialled if number]


def place_keys(address: str | None, postcode: str | None) -> list[str]:
    """Return by what an address is found, strongest first: its postcode and number, then its number and street.

    Streets of one name are told apart by postcode where both sides have one, so the second kind
    says whether it came with a postcode.
    """
    known = postcode or find_postcode(address or "")
    line = without_postcode(address or "") if known else address or ""
    number, street = number_and_street(line)
    if not number:
        return []
    by_street = f"{number} {street}" if street else None
    if not known:
        return [f"without {by_street}"] if by_street else []
    strong = f"{known.replace(' ', '')} {number}"
    return [strong, f"with {by_street}"] if by_street else [strong]


def sought_places(address: str | None, postcode: str | None) -> list[str]:
    """Return the keys under which the same place may have been kept."""
    keys = place_keys(address, postcode)
    streets = [key.partition(" ")[2] for key in keys if key.startswith(("with ", "without "))]
    has_postcode = not any(key.startswith("without ") for key in keys)
    exact = keys[:1] if has_postcode else []
    kept_with = [] if has_postcode else [f"with {street}" for street in streets]
    return exact + kept_with + [f"without {street}" for street in streets]


def _plain(text: str) -> str:
    """Return text in small letters, without the accents of Europe, which a name is written without too."""
    if text.isascii():  # nearly all that is typed, and a hundred times as quick
        return text.lower()
    small = unicodedata.normalize("NFKC", text).casefold()
    apart = unicodedata.normalize("NFKD", small)
    bare = "".join(character for character in apart if ord(character) not in _LATIN_ACCENTS)
    return unicodedata.normalize("NFC", bare.translate(_SPECIAL)).casefold()


def _words(text: str) -> list[str]:
    joined = text.translate(_INSIDE_WORDS)
    if joined.isascii():
        return _ASCII_WORD.findall(joined)
    spaced = "".join(character if _is_written(character) else " " for character in joined)
    return [word for word in spaced.split() if any(character.isalnum() for character in word)]


def _is_written(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in {"Mn", "Mc"}


def _legal_form(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the legal form that a name ends with, if something is left before it."""
    return next((form for form in _LEGAL_FORMS if len(words) > len(form) and words[-len(form) :] == form), None)


def without_postcode(address: str) -> str:
    """Return an address without the postcode that stands in it."""
    return POSTCODE_IN_TEXT.sub(" ", address.upper())


def number_and_street(line: str) -> tuple[str, str]:
    """Return the numbers of an address, and the words after them; a house that has a name alone is known by it."""
    text = " ".join(fold_words(line))
    numbers = sorted(_HOUSE_NUMBER.findall(text))
    if not numbers:
        house, _, rest = line.partition(",")
        return " ".join(fold_words(house)), " ".join(WAYS.get(word, word) for word in fold_words(rest)[:2])
    words = [word for word in text.split() if word.isalpha() and word not in {"flat", "unit", "apartment", "no"}]
    return "+".join(numbers), " ".join(WAYS.get(word, word) for word in words[:2])
