"""The register of what is held: every column, what becomes of it, and the way from each row to its root record."""
