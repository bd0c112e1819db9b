"""Column types that differ between databases, for migrations."""

import sqlalchemy as sa


def exact_decimal() -> sa.types.TypeEngine[object]:
    """Return an unbounded numeric; text on SQLite, which has only floats."""
    return sa.Numeric().with_variant(sa.Text(), "sqlite")


def big_id() -> sa.types.TypeEngine[object]:
    """Return a 64-bit key that SQLite still treats as its rowid."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
