"""Keys of records."""

# Each is a 32-bit integer; PostgreSQL refuses to compare it with more.
LARGEST_ID = 2**31 - 1
# Of what grows by a million at once, such as deliveries, 64 bits.
LARGEST_LONG_ID = 2**63 - 1


def is_id(number: int) -> bool:
    """Tell whether a number can be a record's at all; PostgreSQL fails on a larger one."""
    return 0 < number <= LARGEST_ID
