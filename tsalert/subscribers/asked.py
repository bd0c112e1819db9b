"""What a confirmation link is about; and the landlines that were asked by a call, with how far each has come."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound
from tsalert.delivery.fates import calls_made
from tsalert.delivery.queries import EndpointView, endpoints, endpoints_by_id, get_endpoint
from tsalert.delivery.rules import Channel, EndpointStatus, Lane, Status
from tsalert.keysets import Order, Page, read_page
from tsalert.subscribers.models import SignUp
from tsalert.subscribers.rules import CONFIRM_LIFE, Question, read_question


class AskedLandline(Struct, frozen=True):
    """One question to one landline; its number is masked."""

    id: int
    masked: str
    asked_at: datetime
    source: str
    state: Question


class AskedView(Struct, frozen=True):
    """A sign-up as the reader of its address may see it.

    :param is_over: it cannot be used any more.
    :param is_done: it was confirmed, and alerts go to the address.
    """

    masked: str
    is_over: bool
    is_done: bool


def get_sign_up(session: Session, sign_up_id: int, *, now: datetime) -> AskedView:
    """Return what a confirmation link is about.

    :raises NotFound: there is no such sign-up.
    """
    asked = session.get(SignUp, sign_up_id)
    if asked is None:
        raise NotFound("This link does not work. Sign up again.")
    end = get_endpoint(session, asked.endpoint_id)
    is_old = as_utc(now) - asked.asked_at > CONFIRM_LIFE
    if asked.confirmed_at is None:
        return AskedView(end.masked, is_over=is_old or end.is_forgotten, is_done=False)
    has_left = end.is_suppressed or end.status is not EndpointStatus.ACTIVE
    return AskedView(end.masked, is_over=has_left, is_done=not has_left)


def asked_landlines(session: Session, *, after: int | None = None) -> Page[AskedLandline]:
    """Return a page of the landlines that were asked, the latest first."""
    ends = endpoints().subquery("ends")
    landline = (ends.c.id == SignUp.endpoint_id) & (ends.c.channel == Channel.VOICE)
    page = read_page(session, select(SignUp).join(ends, landline), Order(SignUp.id), after=after)
    numbers = {each.endpoint_id for each in page.items}
    views, calls = endpoints_by_id(session, numbers), calls_made(session, numbers, Lane.TRANSACTIONAL)
    return page.told_by(lambda each: _line(each, views[each.endpoint_id], calls.get((each.endpoint_id, each.asked_at))))


def _line(asked: SignUp, end: EndpointView, call: Status | None) -> AskedLandline:
    state = read_question(call, is_confirmed=asked.confirmed_at is not None, is_suppressed=end.is_suppressed)
    return AskedLandline(asked.id, end.masked, asked.asked_at, asked.source, state)
