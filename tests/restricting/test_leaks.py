"""What was restricted does not come out again by a merge, a person's page, a list, a hold or a request."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.restricting.conftest import WHY, Kept, give
from tsalert.cases import merging, queries
from tsalert.cases import service as cases
from tsalert.cases.merging import NewMerge
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.restricting import service
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

OPENS = "The hearing is today."


def opened(kept: Kept, officer_id: int | None, reader: Actor, *, by: Actor) -> None:
    """Give an officer access to the case and let them open it."""
    give(kept.case, officer_id, by=by)
    service.open_record(kept.case, OPENS, actor=reader, now=utc_now())


def merged(session: Session, earlier: int, later: int, actor: Actor) -> None:
    """Continue a case in another."""
    new = NewMerge(queries.get_case(session, later).reference, "The same gang at the same house")
    merging.merge(earlier, new, actor=actor, now=utc_now())


def test_a_case_that_a_restricted_one_continues_in_is_restricted_too(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    reader, other = officer(), officer()
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    later = cases.open_case(described(summary="Another house"), actor=reader, now=utc_now())
    opened(kept, reader.officer_id, reader, by=manager)
    merged(session, kept.case_id, later, reader)
    assert tiers.may_see(session, reader, Subject.CASE, later, now=utc_now())
    assert not tiers.may_see(session, other, Subject.CASE, later, now=utc_now())


def test_a_case_that_continues_in_a_restricted_one_is_restricted_with_its_incidents_and_calls(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    reader, other = officer(), officer()
    later = cases.open_case(described(summary="Another house"), actor=reader, now=utc_now())
    root = (Subject.CASE, later)
    service.restrict(root, WHY, actor=manager, now=utc_now())
    give(root, reader.officer_id, by=manager)
    service.open_record(root, OPENS, actor=reader, now=utc_now())
    merged(session, kept.case_id, later, reader)
    for record in (kept.case, (Subject.INCIDENT, kept.incident_id), (Subject.CALL, kept.call_id)):
        assert tiers.roots_of(session, *record) == [root]
        assert not tiers.may_see(session, other, *record, now=utc_now())
