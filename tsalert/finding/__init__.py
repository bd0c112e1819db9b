"""Finding what we hold: search over everything, the board of cases."""
