"""What a study is held against: the people of its case, its quarter and its money. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from tsalert.core.periods import Period
from tsalert.documents.description import Passage, Points
from tsalert.identifying.facts import Finding, People, bare
from tsalert.quarterly.studies.vocabulary import NEVER_STANDS
from tsalert.quarterly.writing import markdown


class Facts(People, frozen=True, kw_only=True):
    """What is known of a case that its study must not tell, and the money that it may.

    :param quarter: of the report that tells the study; ``came_in`` is the one in which the case came, if another.
    """

    quarter: Period
    came_in: Period | None = None
    amounts: frozenset[Decimal] = frozenset()


def may_stand(finding: Finding) -> bool:
    """Tell whether a writer may say why something that was found stays."""
    return finding.check not in NEVER_STANDS


def readable(title: str, text: str) -> str:
    """Return a title and a text as their readers read them, with where links lead, and without what cannot be seen."""
    said = "\n".join([title, "", markdown.plain(text), *_addresses(text)])
    return bare(said)


def _addresses(text: str) -> Iterator[str]:
    for block in markdown.parts_of(text, 1):
        spans = block.spans if isinstance(block, Passage) else ()
        points = block.points if isinstance(block, Points) else ()
        yield from (span.address for span in (*spans, *(span for point in points for span in point)) if span.address)
