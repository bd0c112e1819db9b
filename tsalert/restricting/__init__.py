"""Restricting records, saying who may open them, and what those are shown who may not."""
