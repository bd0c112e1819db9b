"""What somebody who searches means, and how the answer reads. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.fulltext.rules import Term, read_terms
from tsalert.fulltext.vocabulary import Found
from tsalert.response.vocabulary import Category

SHOWN, SHOWN_ALONE = 10, 100
LONGEST = 500


class Hit(Struct, frozen=True):
    """One call, incident or case that was found: what every officer may see of it, and why."""

    found: Found
    id: int
    reference: str
    category: Category | None
    at: datetime
    ward: str | None
    why: str
    continued_in: str | None = None


class Group(Struct, frozen=True):
    """What was found of one kind, newest first; ``has_more`` where not all of it is shown."""

    found: Found
    hits: tuple[Hit, ...]
    has_more: bool


class PartyHit(Struct, frozen=True):
    """A person or trader who may be meant, and why."""

    id: int
    name: str | None
    kind: str
    why: str


class Answer(Struct, frozen=True):
    """All that was found; ``perhaps`` is the record of a reference that was typed without its check letter."""

    terms: tuple[Term, ...]
    groups: tuple[Group, ...]
    people: tuple[PartyHit, ...] = ()
    traders: tuple[PartyHit, ...] = ()
    perhaps: Hit | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found at all."""
        return not (self.perhaps or self.people or self.traders or any(group.hits for group in self.groups))

    def read(self) -> dict[str, str]:
        """Return which records the answer shows, for the trail."""
        shown = {f"{group.found.value}s": [hit.id for hit in group.hits] for group in self.groups}
        if self.perhaps:
            shown.setdefault(f"{self.perhaps.found.value}s", []).append(self.perhaps.id)
        shown["parties"] = [hit.id for hit in (*self.people, *self.traders)]
        return {name: ",".join(map(str, ids)) for name, ids in shown.items() if ids}


def require_terms(text: str) -> tuple[Term, ...]:
    """Return the words of a search.

    :raises RuleViolation: it holds no letter and no digit.
    """
    terms = read_terms(text)
    if not terms:
        raise RuleViolation("Type a word, a name, a number or a reference.", field="q")
    return terms


def say_why(terms: Sequence[Term], places: Iterable[str]) -> str:
    """Say why something was found: ``gutter, roof in the log (3 entries)``."""
    counted = Counter(places)
    where = [f"{place} ({number} entries)" if number > 1 else place for place, number in counted.items()]
    return f"{', '.join(term.told for term in terms)} in {' and '.join(where)}"
