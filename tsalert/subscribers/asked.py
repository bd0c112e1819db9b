"""The landlines that were asked by a call, and how far each has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.delivery.fates import calls_made
from tsalert.delivery.queries import EndpointView, endpoints, endpoints_by_id
from tsalert.delivery.rules import Channel, Lane, Status
from tsalert.subscribers.models import SignUp
from tsalert.subscribers.rules import Question, read_question

PAGE = 50


@dataclass(frozen=True, slots=True)
class AskedLandline:
    """One question to one landline; its number is masked."""

    id: int
    masked: str
    asked_at: datetime
    source: str
    state: Question


def asked_landlines(session: Session, *, before: int | None = None) -> list[AskedLandline]:
    """Return a page of the landlines that were asked, the latest first."""
    ends = endpoints().subquery("ends")
    landline = (ends.c.id == SignUp.endpoint_id) & (ends.c.channel == Channel.VOICE)
    query = select(SignUp).join(ends, landline).order_by(SignUp.id.desc()).limit(PAGE)
    if before is not None:
        query = query.where(SignUp.id < before)
    asked = session.scalars(query).all()
    numbers = {each.endpoint_id for each in asked}
    views, calls = endpoints_by_id(session, numbers), calls_made(session, numbers, Lane.TRANSACTIONAL)
    return [_line(each, views[each.endpoint_id], calls.get((each.endpoint_id, each.asked_at))) for each in asked]


def _line(asked: SignUp, end: EndpointView, call: Status | None) -> AskedLandline:
    state = read_question(call, is_confirmed=asked.confirmed_at is not None, is_suppressed=end.is_suppressed)
    return AskedLandline(asked.id, end.masked, asked.asked_at, asked.source, state)
