"""Giving the calls of the past their parties and places, batch by batch; a second run finds what the first one left."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import db, transaction
from tsalert.response.call_parties import keep_parties
from tsalert.response.models import Call, CallParty, CallPlace

# Few enough that an officer who saves a call meanwhile does not notice the wait.
_BATCH = 100


def count_calls(session: Session) -> int:
    """Return how many calls have told of somebody or of a place that is not kept yet."""
    return session.scalar(select(func.count()).select_from(_unkept().subquery())) or 0


def index_calls(*, is_demo: bool, now: datetime, on_progress: Callable[[int], object] = lambda _: None) -> int:
    """Keep the parties and places of calls that were logged before there were any; returns how many calls were read.

    Each batch is a transaction of its own, so officers go on logging meanwhile.

    :param on_progress: told how many calls have been read.
    """
    after, read = 0, 0
    while True:
        db.session().rollback()
        found = list(db.session().scalars(_unkept().where(Call.id > after).order_by(Call.id).limit(_BATCH)))
        if not found:
            return read
        _keep(found, is_demo=is_demo, now=now)
        after, read = found[-1], read + len(found)
        on_progress(read)


def _keep(call_ids: list[int], *, is_demo: bool, now: datetime) -> None:
    with transaction() as session:
        kept = _unkept().where(Call.id.in_(call_ids))
        for call in session.scalars(select(Call).where(Call.id.in_(kept)).order_by(Call.id)):
            keep_parties(session, call, {}, is_demo=is_demo, actor=SERVICE, now=now)
            session.flush()
        audit.record(session, SERVICE, "indexed", "call", None, now=now, count=len(call_ids), last=call_ids[-1])


def _unkept() -> Select[int]:
    """Select the calls that tell of somebody or of a place, and are linked to nobody and to no place."""
    tells = or_(Call.caller_name.is_not(None), Call.phone.is_not(None), Call.trader.is_not(None))
    has_party = select(CallParty.call_id).where(CallParty.call_id == Call.id).exists()
    has_place = select(CallPlace.call_id).where(CallPlace.call_id == Call.id).exists()
    return select(Call.id).where(or_(tells, Call.address.is_not(None)), ~has_party, ~has_place)
