"""Keys of records."""

# Each is a 32-bit integer; PostgreSQL refuses to compare it with more.
LARGEST_ID = 2**31 - 1
