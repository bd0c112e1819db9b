"""The board's quarterly report: from records and written text, signed, published once, revised in the open."""
