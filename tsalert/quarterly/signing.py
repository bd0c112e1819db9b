"""What a signature of the board's report stands for, and whether it still does.

It stands for the digest of both editions as they were seen, with their author and the instant at which their figures
were locked: a changed word, action or case study makes another digest, and so does another lock of the same figures.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.words import write_day
from tsalert.quarterly import keeping
from tsalert.quarterly.content import Report
from tsalert.quarterly.models import BoardReport, BoardSignature
from tsalert.quarterly.vocabulary import Edition, SignatureRole, Status


class Signature(Struct, frozen=True):
    """Who signed, in what capacity, and when; ``holds`` while the report is as it was seen."""

    role: SignatureRole
    by: int
    at: datetime
    digest: str
    holds: bool


def digest_of(editions: Mapping[Edition, Report], report: BoardReport) -> str:
    """Return the digest that signatures stand for, whatever was signed or published since."""
    return _digest({edition.value: keeping.as_data(each) for edition, each in editions.items()}, report)


def digest_of_published(report: BoardReport) -> str:
    """Return the same of a published report, from its very letters: a part that reports gain later changes nothing."""
    return _digest(json.loads(report.frozen or "{}"), report)


def _digest(editions: Mapping[str, dict[str, Any]], report: BoardReport) -> str:
    locked = report.locked_at.isoformat() if report.locked_at else None
    seen = {name: _as_seen(each) for name, each in editions.items()}
    return keeping.digest(keeping.freeze(seen | {"author": report.author_id, "locked_at": locked}))


def _as_seen(data: dict[str, Any]) -> dict[str, Any]:
    """Return an edition without what signing and publishing add to its head."""
    return data | {"head": data["head"] | {"status": Status.LOCKED.value, "signatures": [], "published_on": None}}


def signatures_of(session: Session, report: BoardReport, digest: str) -> list[Signature]:
    """Return every signature of a revision, the latest first.

    :param digest: that of the report as it stands.
    """
    query = select(BoardSignature).where(BoardSignature.report_id == report.id).order_by(BoardSignature.id.desc())
    return [
        Signature(SignatureRole.of(row.role), row.signed_by, row.signed_at, row.digest, row.digest == digest)
        for row in session.scalars(query)
    ]


def holding(signatures: Iterable[Signature]) -> dict[SignatureRole, Signature]:
    """Return the signature that holds in each capacity, the author's first."""
    held = {each.role: each for each in signatures if each.holds}
    return {role: held[role] for role in SignatureRole if role in held}


def status_of(status: Status, signatures: Iterable[Signature]) -> Status:
    """Return how far a report really is: signed only while both signatures hold."""
    if status not in {Status.LOCKED, Status.SIGNED}:
        return status
    return Status.SIGNED if len(holding(signatures)) == len(SignatureRole) else Status.LOCKED


def in_words(signatures: Sequence[Signature], names: Mapping[int, str] | None) -> tuple[str, ...]:
    """Write the signatures that hold; without names for the public, which is told in what capacity."""
    return tuple(
        f"{each.role.label if names is None else f'{names[each.by]}, {each.role.label.lower()}'}, {write_day(each.at)}"
        for each in holding(signatures).values()
    )
