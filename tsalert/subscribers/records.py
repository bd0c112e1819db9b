"""The records of a subscribers' file."""

from tsalert.core.records import Record, read_records

__all__ = ["Record", "read_records"]
