"""Characters that turn the direction in which text is read, so that a reader sees another text than is kept. Pure."""

import re

TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
# Telephones put them round each number of their address book, and everything that is copied from there brings them.
_TURNED_NUMBER = re.compile("[\u202a\u202d\u2066\u2068](\\+?[0-9() \u00a0-]{5,})[\u202c\u2069]")


def unwrap_numbers(text: str) -> str:
    """Return a text with its telephone numbers as they were typed, free of what an address book put round them."""
    return _TURNED_NUMBER.sub(r"\1", text)
