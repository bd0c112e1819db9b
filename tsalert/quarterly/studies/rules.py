"""What a study is made of, who may sign it, and when a signature holds. Pure."""

import json
from collections.abc import Collection
from hashlib import sha256

from msgspec import Struct

from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.core.periods import Period
from tsalert.identifying.vocabulary import Check
from tsalert.quarterly.studies.vocabulary import AgeBand, Item
from tsalert.quarterly.vocabulary import SignatureRole

MOST = 3
LONGEST_TITLE = 120
LONGEST_TEXT = 6_000


class Writing(Struct, frozen=True):
    """The words of a study as somebody saves them.

    :param edition_reason: why the study of a restricted case is told to the public, if it is.
    """

    title: str
    text: str
    age_band: AgeBand = AgeBand.NOT_SAID
    is_board_only: bool = False
    edition_reason: str | None = None


class Beginning(Struct, frozen=True):
    """For which quarter a study is begun, and how old its person is; the program proposes the words."""

    quarter: Period
    age_band: AgeBand = AgeBand.NOT_SAID


class Why(Struct, frozen=True):
    """Why something that a check found stays."""

    check: Check
    found: str
    reason: str


class Signing(Struct, frozen=True):
    """The answers of somebody who signs: the lines that hold, and the digest of the words that they read."""

    digest: str
    items: tuple[Item, ...]


class Given(Struct, frozen=True):
    """A signature that was given, as far as others depend on it."""

    role: SignatureRole
    digest: str


def digest_of(quarter: str, title: str, text: str, *, is_board_only: bool) -> str:
    """Return what stands for everything of a study that its readers see, as a SHA-256."""
    told = {"quarter": quarter, "title": title, "text": text, "board_only": is_board_only}
    return sha256(json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def holding(signatures: Collection[Given], digest: str) -> frozenset[SignatureRole]:
    """Return in which capacities somebody signed the words as they stand."""
    return frozenset(each.role for each in signatures if each.digest == digest)


def free_place(taken: Collection[int], quarter: Period) -> int:
    """Return the first free place among a quarter's studies.

    :raises Conflict: there are three.
    """
    left = [place for place in range(1, MOST + 1) if place not in taken]
    if not left:
        raise Conflict(
            f"The report of {quarter.label} has {MOST} case studies, and takes no more.",
            legal=["withdraw one of them", "write this one for another quarter"],
        )
    return left[0]


def require_edition(new: Writing, *, is_restricted: bool) -> None:
    """Refuse to tell the public of a restricted case without saying why.

    :raises RuleViolation: there is no reason, or one where none is needed.
    """
    if is_restricted and not new.is_board_only and not new.edition_reason:
        raise RuleViolation(
            "This case is restricted: keep its study to the board, or say why the public may read it.",
            field="edition_reason",
        )


def role_for(
    officer_id: int | None, *, writers: Collection[int | None], held: Collection[SignatureRole]
) -> SignatureRole:
    """Return in which capacity somebody signs: whoever wrote any of it as its author, another as the second.

    :raises NotAllowed: it is nobody, or whoever wrote signs for the second time.
    :raises Conflict: the author has not signed yet, or both have.
    """
    if officer_id is None:
        raise NotAllowed("Only an officer can sign a case study.")
    role = SignatureRole.AUTHOR if officer_id in writers else SignatureRole.SECOND
    if role in held:
        if role is SignatureRole.AUTHOR and SignatureRole.SECOND not in held:
            raise NotAllowed("You wrote some of this study, so somebody else must sign as the second officer.")
        raise Conflict("These words are signed already.")
    if role is SignatureRole.SECOND and SignatureRole.AUTHOR not in held:
        raise Conflict("Its author signs first.", legal=["ask the author to sign"])
    return role


def require_all(items: Collection[Item]) -> None:
    """Refuse a signature under a checklist of which a line does not hold.

    :raises RuleViolation: naming the first line that was left.
    """
    left = next((item for item in Item if item not in items), None)
    if left is not None:
        raise RuleViolation(
            f"Each line must hold before a study is signed. Left: {left.label}. Change the text until it does.",
            field="items",
        )


def require_same(seen: str, standing: str) -> None:
    """Refuse a signature under other words than those that were read.

    :raises Conflict: the words have changed.
    """
    if seen != standing:
        raise Conflict("The words have changed since you read them.", legal=["read them again"])
