"""British postcodes, written one way."""

import re

from tsalert.core.errors import RuleViolation

_OUTWARD = r"[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d(?:\d|[ABEHMNPRVWXY])?|\d[A-HJKPSTUW])"
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
