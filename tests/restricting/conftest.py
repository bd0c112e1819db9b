"""A case with its incident and call, restricted; all of it invented."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.response.conftest import roof_call
from tsalert.cases import service as cases
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import service as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.restricting import service
from tsalert.staff import queries as staff
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName
from tsalert.tiers import granting
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.vocabulary import Subject

WHY = "The informant lives next door to him."


class Kept(Struct, frozen=True):
    """The numbers of a case, of its incident and call, and of who rang."""

    case_id: int
    incident_id: int
    call_id: int
    party_id: int

    @property
    def case(self) -> tuple[Subject, int]:
        return Subject.CASE, self.case_id


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Sam Example")


@pytest.fixture
def kept(session: Session, officer: Callable[..., Actor]) -> Kept:
    """A case from a call, restricted by nobody yet."""
    by, now = officer(), utc_now()
    call = response.log_call(roof_call(), actor=by, now=now)
    new = described(summary="A story to keep", victim_name="Alex Example", incident_id=call.incident_id)
    case_id = cases.open_case(new, actor=by, now=now)
    (caller, *_) = parties_of_calls(db.session(), [call.call_id])
    return Kept(case_id, call.incident_id or 0, call.call_id, caller.party_id)


@pytest.fixture
def restricted(kept: Kept, manager: Actor) -> Kept:
    """The same, restricted with all beneath it, and the caller restricted too."""
    for record in (kept.case, (Subject.PARTY, kept.party_id)):
        service.restrict(record, WHY, actor=manager, now=utc_now())
    return kept


def give(record: tuple[Subject, int], officer_id: int | None, *, by: Actor) -> int:
    """Give access for a day, without opening anything."""
    now = utc_now()
    new = NewGrant(officer_id or 0, *record, now + timedelta(days=1), "Leads the enquiry from now on.")
    return granting.give(new, actor=by, now=now)


def newest_officer() -> Actor:
    """Return whoever was made an officer last, such as the one who just signed in."""
    newest = db.session.scalars(select(Officer).order_by(Officer.id.desc()).limit(1)).one()
    return staff.actor_of(newest, Via.PAGE)
