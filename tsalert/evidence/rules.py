"""What may be said of evidence: references, the chain of who held it, what is disclosed, and names of files."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.evidence.vocabulary import CustodyKind, Part

LONGEST_NAME = 1000
LONGEST_INITIALS = 5
LARGEST_NUMBER = 99_999
_SLACK = timedelta(minutes=2)
_EARLIEST_YEAR = 1970
_LONGEST_SAVED_NAME = 120
_UNSAVEABLE = frozenset('<>:"|?*')


class NewExhibit(Struct, frozen=True):
    """An exhibit as an officer describes it; ``number`` of None is the next one, ``initials`` are the officer's.

    :param original: the exhibit that this one was made from, such as the picture that was enhanced.
    :param file_id: a file of the case that becomes this exhibit.
    """

    description: str
    initials: str | None = None
    number: int | None = None
    found_at: datetime | None = None
    found_where: str | None = None
    found_by: str | None = None
    original: int | None = None
    file_id: int | None = None


class NewFile(Struct, frozen=True):
    """What is said of a file; with an exhibit, it belongs to that."""

    note: str | None = None
    exhibit: int | None = None


class NewCustody(Struct, frozen=True):
    """One link of the chain; ``occurred_at`` of None is now. A correction names the entry that it ``supersedes``."""

    kind: CustodyKind
    occurred_at: datetime | None = None
    person: str | None = None
    place: str | None = None
    seal_number: str | None = None
    note: str | None = None
    supersedes: int | None = None


class Decision(Struct, frozen=True):
    """What was decided on one line of the schedule; ``description`` takes the place of the one that is proposed."""

    is_sensitive: bool
    is_disclosed: bool
    reason: str | None = None
    description: str | None = None


def initials_of(name: str) -> str:
    """Return an officer's initials: "Robin Tate-Hill (invented)" gives RTH."""
    plain = re.sub(r"\([^)]*\)", "", name)
    words = re.findall(r"[^\W\d_]+", plain)
    return "".join(word[0] for word in words)[:LONGEST_INITIALS].upper()


def read_initials(typed: str) -> str:
    """Return initials as they are kept.

    :raises RuleViolation: they are no letters, or too many.
    """
    letters = typed.replace(".", "").replace(" ", "").upper()
    if not letters.isalpha() or len(letters) > LONGEST_INITIALS:
        raise RuleViolation(f"Give one to {LONGEST_INITIALS} letters, like RT.", field="initials")
    return letters


def next_number(taken: Iterable[int], wanted: int | None, initials: str) -> int:
    """Return an exhibit's number: the one that its label bears already, or else the next.

    :raises Conflict: another exhibit of the case bears it.
    :raises RuleViolation: it is no number of a label.
    """
    known = set(taken)
    number = wanted if wanted is not None else max(known, default=0) + 1
    if not 0 < number <= LARGEST_NUMBER:
        raise RuleViolation(f"Give a number from 1 to {LARGEST_NUMBER}.", field="number")
    if number in known:
        raise Conflict(f"{initials}/{number} is another exhibit of this case already.")
    return number


def require_possible(at: datetime | None, now: datetime, *, field: str) -> None:
    """Refuse an instant more than two minutes ahead, or before 1970.

    :raises RuleViolation: it is impossible.
    """
    if at is None:
        return
    if as_utc(at) > as_utc(now) + _SLACK:
        raise RuleViolation("This time has not come yet.", field=field)
    if as_utc(at).year < _EARLIEST_YEAR:
        raise RuleViolation("Check the year.", field=field)


_NEEDED = {
    CustodyKind.SEALED: ("seal_number", "Give the number of the seal."),
    CustodyKind.STORED: ("place", "Say where it is stored."),
    CustodyKind.HANDED_TO: ("person", "Say who it was handed to."),
    CustodyKind.RETURNED: ("person", "Say who it was returned to."),
    CustodyKind.DESTROYED: ("note", "Say why, and on whose decision, it was destroyed."),
}


def require_whole(new: NewCustody) -> None:
    """Refuse an entry that lacks what its kind cannot go without.

    :raises RuleViolation: it does.
    """
    field, message = _NEEDED.get(new.kind, ("kind", ""))
    if not getattr(new, field):
        raise RuleViolation(message, field=field)


def require_before_the_end(at: datetime, chain: Iterable[tuple[CustodyKind, datetime]]) -> None:
    """Refuse what would have happened to an exhibit after it was destroyed; what came before may be told later.

    :raises Conflict: it would.
    """
    ends = [as_utc(ended) for kind, ended in chain if kind is CustodyKind.DESTROYED]
    if ends and as_utc(at) >= min(ends):
        raise Conflict("The exhibit was destroyed before this.", legal=["correct the entry that says so"])


def require_reason(decision: Decision) -> None:
    """Refuse to call something sensitive without saying why.

    :raises RuleViolation: no reason is given.
    """
    if decision.is_sensitive and not decision.reason:
        raise RuleViolation("Say why it is sensitive.", field="reason")


def is_in(part: Part, *, is_sensitive: bool | None) -> bool:
    """Tell whether a line belongs to a part of the schedule; None where nobody has decided."""
    return part is Part.ALL or (is_sensitive is not None and is_sensitive is (part is Part.SENSITIVE))


def name_as_told(told: str | None) -> str:
    """Return a file's name to keep: as it was told, without what no database keeps.

    :raises RuleViolation: it is longer than any file's name.
    """
    name = (told or "").replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if len(name) > LONGEST_NAME:
        raise RuleViolation(f"The file's name has more than {LONGEST_NAME} characters. Shorten it.", field="file")
    return name or "unnamed"


def name_to_save(told: str) -> str:
    """Return a name under which any computer saves a file: its last part, without what would turn or break it."""
    last = re.split(r"[/\\]", told)[-1]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C" and each not in _UNSAVEABLE)
    stem, dot, ending = kept.strip(" .").rpartition(".")
    if not dot or len(ending) > 8:
        return kept.strip(" .")[:_LONGEST_SAVED_NAME] or "evidence"
    return f"{stem[:_LONGEST_SAVED_NAME] or 'evidence'}.{ending}"
