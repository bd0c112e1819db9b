"""Figures of a period: added up, laid out, explained, compared, and given out as files."""
