"""Operations on what is odd in the trail, and on an officer's own postcode."""

from datetime import date
from typing import Any

from marshmallow import RAISE

from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.oversight import queries, service
from tsalert.oversight.queries import Oddity
from tsalert.oversight.schemas import (
    FindingSchema,
    HomeSchema,
    HomeToldSchema,
    OddityEntrySchema,
    OddityLineSchema,
    OddityWeekSchema,
    WeekSchema,
)
from tsalert.oversight.views import current_settings, read_week
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

oddities = api_blueprint("oddities", "oddities", "What is odd in the trail, week by week, and who looked at it.")
blueprints = (oddities,)


@oddities.route("")
@requires(Permission.REVIEW_ODDITIES)
@oddities.arguments(WeekSchema, location="query", unknown=RAISE)
@oddities.response(200, OddityWeekSchema)
def list_oddities(asked: dict[str, date | None]) -> dict[str, Any]:
    """List what is odd in a week: of the day that is given, else the last one that has ended."""
    week = service.monday(asked["week"], now=utc_now())
    return {"week": week, "items": queries.oddities(db.session(), week, current_settings())}


@oddities.route("/<string:week>/<string:line>/entries")
@requires(Permission.REVIEW_ODDITIES)
@oddities.arguments(PageAsked, location="query", unknown=RAISE)
@oddities.response(200, page_of(OddityEntrySchema))
def list_entries(asked: dict[str, Any], week: str, line: str) -> Page[AuditEvent]:
    """List the entries of the trail behind a line, the oldest first."""
    return queries.entries_of(db.session(), _get(week, line), **asked)


@oddities.route("/findings", methods=["POST"])
@requires(Permission.REVIEW_ODDITIES)
@oddities.arguments(FindingSchema)
@oddities.response(201, OddityLineSchema)
def note_looked_at(told: dict[str, Any]) -> Oddity:
    """Keep that a line was looked at, and what was found; it stays as it was said."""
    week, line = told["week"], told["line"]
    service.note_looked_at(week, line, told["note"], actor=current_actor(), settings=current_settings(), now=utc_now())
    return queries.get_oddity(db.session(), service.monday(week, now=utc_now()), line, current_settings())


@oddities.route("/own-postcode")
@signed_in
@oddities.response(200, HomeToldSchema)
def get_home() -> dict[str, bool]:
    """Say whether whoever asks has told where they live; the postcode itself is not kept."""
    return {"is_told": service.has_told_home(db.session(), current_actor().officer_id or 0)}


@oddities.route("/own-postcode", methods=["PUT"])
@signed_in
@oddities.arguments(HomeSchema)
@oddities.response(200, HomeToldSchema)
def tell_home(told: dict[str, str | None]) -> dict[str, bool]:
    """Keep where whoever asks lives, as a digest that can only be compared, or forget it."""
    service.tell_home(told["postcode"], actor=current_actor(), settings=current_settings(), now=utc_now())
    return {"is_told": told["postcode"] is not None}


def _get(week: str, line: str) -> Oddity:
    return queries.get_oddity(db.session(), read_week(week), line, current_settings())
