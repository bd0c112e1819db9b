"""Keys of records."""

# Each is a 32-bit integer; PostgreSQL refuses to compare it with more.
LARGEST_ID = 2**31 - 1
# Of what grows by a million at once, such as deliveries, 64 bits.
LARGEST_LONG_ID = 2**63 - 1
# Python reads no number of more than some thousand digits; noughts before a number are read.
_MOST_DIGITS = 20


def can_be_key(text: str) -> bool:
    """Tell whether a row can have such a text for a key: PostgreSQL takes no NUL, not even to look for it."""
    return "\0" not in text


def is_id(number: int) -> bool:
    """Tell whether a number can be a record's at all; PostgreSQL fails on a larger one."""
    return 0 < number <= LARGEST_ID


def read_id(text: str) -> int | None:
    """Return a record's number as it was written, or None where it cannot be one."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_number and is_id(int(text)) else None
