"""Operations on concerns."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.safeguarding import queries, service
from tsalert.safeguarding.queries import ConcernRecord
from tsalert.safeguarding.rules import NewConcern, NewStep
from tsalert.safeguarding.schemas import (
    ConcernRowSchema,
    ConcernSchema,
    NewConcernSchema,
    NewConcernStepSchema,
)
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import SizedPageAsked

concerns = api_blueprint("safeguarding", "safeguarding", "Concerns about adults at risk, and what was done about them.")
blueprints = (concerns,)


@concerns.route("")
@requires(Permission.READ_SENSITIVE)
@concerns.arguments(SizedPageAsked, location="query", unknown=RAISE)
@concerns.response(200, page_of(ConcernRowSchema))
def list_concerns(asked: dict[str, Any]) -> Page[ConcernRecord]:
    """List concerns, newest first."""
    return queries.list_concerns(db.session(), actor=current_actor(), now=utc_now(), **asked)


@concerns.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@concerns.arguments(NewConcernSchema)
@concerns.response(201, ConcernSchema)
def raise_concern(new: NewConcern) -> ConcernRecord:
    """Raise a concern about a person of a case or an incident."""
    return _get(service.raise_concern(new, actor=current_actor(), now=utc_now()))


@concerns.route("/<int:concern_id>")
@requires(Permission.READ_CASE)
@reads("safeguarding concern", "concern_id")
@concerns.response(200, ConcernSchema)
def get_concern(concern_id: int) -> ConcernRecord:
    """Return one concern with its steps."""
    return _get(concern_id)


@concerns.route("/<int:concern_id>/steps", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("safeguarding concern")
@concerns.arguments(NewConcernStepSchema)
@concerns.response(200, ConcernSchema)
def record_step(step: NewStep, concern_id: int) -> ConcernRecord:
    """Record what was decided or done, or what came of it."""
    service.record_step(concern_id, step, actor=current_actor(), now=utc_now())
    name_read([concern_id])
    return _get(concern_id)


def _get(concern_id: int) -> ConcernRecord:
    return queries.get_concern(db.session(), concern_id, actor=current_actor(), now=utc_now())
