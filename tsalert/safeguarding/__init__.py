"""Concerns about adults at risk (Care Act 2014, section 42): considered, sent, acknowledged, and what came of it."""
