"""How much each token may ask for, counted in the database for all processes, and told with every answer.

A process takes a few requests at a time from the database and hands them out itself, so that reading seldom writes.
What is told is of draft-ietf-httpapi-ratelimit-headers: ``RateLimit-Policy`` and ``RateLimit``.
"""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from flask import Flask, Response, current_app, g, request
from msgspec import Struct
from sqlalchemy import case, update
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date, utc_now
from tsalert.db import insert_into, not_wait_for_disk, transaction
from tsalert.staff.models import ApiToken
from tsalert.staff.queries import token_digest
from tsalert.staff.tokens import rules
from tsalert.staff.tokens.models import ApiAllowance
from tsalert.web.access import find_actor, is_api
from tsalert.web.errors import answer
from tsalert.web.forms import UNREACHABLE

_MOST_KEPT = 1000
_ALLOWANCES = "tsalert_allowances"
_POLICY = f'"default";q={rules.QUOTA};w={rules.WINDOW_SECONDS}'


class Held(Struct):
    """What a process may still hand out of a span, and what of it no process had taken then."""

    window: int
    left: int
    untaken: int


class Allowances:
    """What this process holds for each token, by the digest of the token."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lock = Lock()

    def spend(self, digest: str, window: int) -> int | None:
        """Hand out one request; returns how many are left, -1 where there is none, None where more must be taken."""
        with self._lock:
            held = self._held.get(digest)
            if held is None or held.window != window:
                return None
            if held.left == 0:
                return None if held.untaken else -1
            held.left -= 1
            return held.left + held.untaken

    def add(self, digest: str, window: int, taken: int, untaken: int) -> None:
        """Keep what was taken from the database."""
        with self._lock:
            held = self._held.pop(digest, None)
            left = taken + (held.left if held is not None and held.window == window else 0)
            self._held[digest] = Held(window, left, untaken)
            if len(self._held) > _MOST_KEPT:
                self._held.popitem(last=False)


def init_app(app: Flask) -> None:
    """Count the requests of the API; called before the guard, so that what it refuses counts too."""
    app.extensions[_ALLOWANCES] = Allowances()
    app.before_request(_count)
    app.after_request(_tell)


def take(session: Session, token_id: int, window: int, *, now: datetime) -> tuple[int, int]:
    """Take a few requests of a span for this process; returns how many, and how many no process has taken. A step."""
    table = ApiAllowance
    first = insert_into(session, table).values(token_id=token_id, span=window, used=rules.BLOCK)
    is_same = table.span == first.excluded.span
    counting = first.on_conflict_do_update(
        index_elements=[table.token_id],
        set_={
            "span": first.excluded.span,
            "used": case((is_same, table.used + first.excluded.used), else_=first.excluded.used),
        },
    )
    used = session.scalars(counting.returning(table.used)).one()
    unused = ApiToken.last_used_on.is_distinct_from(london_date(now))
    session.execute(update(ApiToken).where(ApiToken.id == token_id, unused).values(last_used_on=london_date(now)))
    before = used - rules.BLOCK
    return max(0, min(rules.BLOCK, rules.QUOTA - before)), max(0, rules.QUOTA - used)


def _count() -> Response | None:
    actor = find_actor() if is_api() else None
    if actor is None or actor.token is None:
        return None
    now = utc_now()
    window, seconds = rules.window_of(now)
    left = _spend(request.headers["Authorization"], actor.token.id, window, now)
    g.allowance = (max(left, 0), seconds)
    if left >= 0:
        return None
    refused = answer(429, f"This token may ask {rules.QUOTA} times a minute. Ask again in {seconds} seconds.")
    refused.headers["Retry-After"] = str(seconds)
    return refused


def _spend(header: str, token_id: int, window: int, now: datetime) -> int:
    """Hand out one request; returns how many are left, -1 where there is none."""
    held: Allowances = current_app.extensions[_ALLOWANCES]
    digest = token_digest(header)
    left = held.spend(digest, window)
    if left is None:
        taken, untaken = _take(token_id, window, now)
        held.add(digest, window, taken, untaken)
        left = held.spend(digest, window)
    return -1 if left is None else left


def _take(token_id: int, window: int, now: datetime) -> tuple[int, int]:
    """Take a few requests from the database; while that cannot write, nobody is kept from reading."""
    try:
        with transaction() as session:
            not_wait_for_disk(session)
            return take(session, token_id, window, now=now)
    except UNREACHABLE:
        return rules.BLOCK, rules.QUOTA


def _tell(response: Response) -> Response:
    allowance: tuple[int, int] | None = g.get("allowance")
    if allowance is not None:
        response.headers["RateLimit-Policy"] = _POLICY
        response.headers["RateLimit"] = f'"default";r={allowance[0]};t={allowance[1]}'
    return response
