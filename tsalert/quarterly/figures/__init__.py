"""The figures of a quarter's report: read once, then laid out section by section."""
