"""Giving out the next reference, inside the transaction that uses it or before that begins."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from tsalert.core.clock import in_london
from tsalert.db import insert_ignoring_conflicts, not_wait_for_disk, transaction
from tsalert.references.models import ReferenceCounter
from tsalert.references.rules import write_reference


def next_number(session: Session, kind: str, *, at: datetime) -> tuple[int, int]:
    """Take the next number of a kind in the London year of ``at``; returns (year, number).

    The counter's row stays locked until the caller's transaction ends, so two callers never
    share a number.
    """
    year = in_london(at).year
    number = _count_on(session, kind, year)
    if number is None:  # the first of its year
        counter = {"kind": kind, "year": year, "last_number": 0}
        session.execute(insert_ignoring_conflicts(session, ReferenceCounter).values(counter))
        number = _count_on(session, kind, year)
    assert number is not None  # the row is there now, whoever made it
    return year, number


def _count_on(session: Session, kind: str, year: int) -> int | None:
    return session.scalar(
        update(ReferenceCounter)
        .where(ReferenceCounter.kind == kind, ReferenceCounter.year == year)
        .values(last_number=ReferenceCounter.last_number + 1)
        .returning(ReferenceCounter.last_number)
        .execution_options(synchronize_session=False)
    )


def next_reference(session: Session, kind: str, *, at: datetime) -> str:
    """Take the next reference of a kind, such as ``C26-00417-W``."""
    return write_reference(kind, *next_number(session, kind, at=at))


def references_beforehand(kinds: str, *, at: datetime) -> list[str]:
    """Take the next reference of each kind in a transaction of its own, before the one that will use them begins.

    A counter's row is locked until the transaction ends that counted on: whoever saves would hold it through all that
    saving takes, and everybody else who saves would wait. If nothing is saved then, its numbers are gaps.

    :param kinds: letters, always in the order in which others take them.
    """
    with transaction(is_beforehand=True) as session:
        not_wait_for_disk(session)  # whatever bears the numbers is on the disk only after this
        return [next_reference(session, kind, at=at) for kind in kinds]
