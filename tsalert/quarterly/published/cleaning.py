"""What of a public edition leaves the house: nothing exempt, and of a figure only what people read of it. Pure.

The disclosure control has taken out what the public may not know; this holds even where it was not asked to.
"""

from msgspec.structs import replace

from tsalert.quarterly.content import Report
from tsalert.quarterly.vocabulary import Edition
from tsalert.quarterly.writing.data import for_readers


def as_published(report: Report) -> Report:
    """Return a report without what is exempt, and without what stands behind its figures for machines alone."""
    sections = tuple(kept for section in report.sections if (kept := section.for_everybody()) is not None)
    return for_readers(replace(report, head=replace(report.head, edition=Edition.PUBLIC), sections=sections))
