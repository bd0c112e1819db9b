"""British postcodes, written one way."""

import re

from tsalert.core.errors import RuleViolation

_OUTWARD = r"[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d(?:\d|[ABEHMNPRVWXY])?|\d[A-HJKPSTUW])"
POSTCODE_IN_TEXT = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.ASCII)
_POSTCODE_AT_END = re.compile(POSTCODE_IN_TEXT.pattern + r"[\s.,;]*$", re.ASCII | re.IGNORECASE)
_POSTCODE = re.compile(rf"^({_OUTWARD}|GIR)(\d[ABD-HJLNP-UW-Z]{{2}})$", re.ASCII)


def read_postcode(text: str) -> str:
    """Return a full postcode as the post office writes it: ``br13uh`` gives ``BR1 3UH``.

    It says only that the shape is right; whether such a place exists is for the places directory.

    :raises RuleViolation: it cannot be a postcode.
    """
    found = _POSTCODE.match("".join(text.split()).upper())
    if not found:
        raise RuleViolation("Enter a full postcode, like BR1 3UH.", field="postcode")
    return f"{found[1]} {found[2]}"


def find_postcode(text: str) -> str | None:
    """Return the first full postcode that stands in a text."""
    for match in POSTCODE_IN_TEXT.finditer(text.upper()):
        try:
            return read_postcode(match[0])
        except RuleViolation:
            continue
    return None


def part_address(address: str) -> tuple[str, str | None]:
    """Return an address and the postcode that was typed into it; only one that ends it is taken off."""
    postcode = find_postcode(address)
    ending = _POSTCODE_AT_END.search(address)
    if postcode is None or ending is None or find_postcode(ending[0]) != postcode:
        return address, postcode
    return address[: ending.start()].rstrip(" ,.;\r\n\t"), postcode
