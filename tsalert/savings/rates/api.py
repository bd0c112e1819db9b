"""Operations on rate sets."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.savings.rates import approving, drafting, rate_sets
from tsalert.savings.rates.comparing import Difference, compare
from tsalert.savings.rates.rate_sets import RateSetView
from tsalert.savings.rates.rules import NewRateSet
from tsalert.savings.rates.schemas import (
    ApprovalSchema,
    ComparisonQuery,
    ComparisonSchema,
    CopySchema,
    NewRateSetSchema,
    RateSetListSchema,
    RateSetSchema,
)
from tsalert.savings.schemas import ContinuationSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

rates = api_blueprint("rate_sets", "savings/rate-sets", "Rates: written, approved, superseded, never changed.")


@rates.route("", methods=["GET"])
@requires(Permission.READ_FIGURES)
@rates.response(200, RateSetListSchema)
def list_rate_sets() -> dict[str, Any]:
    """List every rate set with its rates."""
    return {"items": rate_sets.list_rate_sets(db.session())}


@rates.route("", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@rates.arguments(NewRateSetSchema)
@rates.response(201, RateSetSchema)
def draft_rate_set(new: NewRateSet) -> RateSetView:
    """Write a draft; it values nothing until a manager who did not write it approves it."""
    return _shown(drafting.draft_rate_set(new, actor=current_actor(), now=utc_now()))


@rates.route("/<slug>", methods=["GET"])
@requires(Permission.READ_FIGURES)
@rates.response(200, RateSetSchema)
def get_rate_set(slug: str) -> RateSetView:
    """Give one rate set with its rates."""
    return _shown(slug)


@rates.route("/<slug>", methods=["PUT"])
@requires(Permission.RECORD_INTERVENTION)
@rates.arguments(NewRateSetSchema)
@rates.response(200, RateSetSchema)
def change_draft(new: NewRateSet, slug: str) -> RateSetView:
    """Put what a draft says, and its rates, in the place of what it said."""
    drafting.change_draft(slug, new, actor=current_actor(), now=utc_now())
    return _shown(slug)


@rates.route("/<slug>", methods=["DELETE"])
@requires(Permission.RECORD_INTERVENTION)
@rates.response(204)
def discard_draft(slug: str) -> None:
    """Throw a draft away."""
    drafting.discard_draft(slug, actor=current_actor(), now=utc_now())


@rates.route("/<slug>/copies", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@rates.arguments(CopySchema)
@rates.response(201, RateSetSchema)
def copy_rate_set(copy: dict[str, Any], slug: str) -> RateSetView:
    """Write a draft of another name that says the same."""
    return _shown(drafting.copy_rate_set(slug, copy["slug"], actor=current_actor(), now=utc_now()))


@rates.route("/<slug>/approval", methods=["POST"])
@requires(Permission.MANAGE_RATES)
@rates.arguments(ApprovalSchema)
@rates.response(200, RateSetSchema)
def approve_rate_set(approval: dict[str, Any], slug: str) -> RateSetView:
    """Approve a draft that somebody else wrote."""
    approving.approve_rate_set(slug, **approval, actor=current_actor(), now=utc_now())
    return _shown(slug)


@rates.route("/<slug>/continuations", methods=["POST"])
@requires(Permission.MANAGE_RATES)
@rates.arguments(ContinuationSchema)
@rates.response(201, RateSetSchema)
def continue_rate_set(span: dict[str, Any], slug: str) -> RateSetView:
    """Approve an approved set's rates for other dates, as a set of its own."""
    return _shown(approving.continue_rate_set(slug, **span, actor=current_actor(), now=utc_now()))


@rates.route("/<slug>/comparison", methods=["GET"])
@requires(Permission.READ_FIGURES)
@rates.arguments(ComparisonQuery, location="query")
@rates.response(200, ComparisonSchema)
def compare_rate_sets(asked: dict[str, str], slug: str) -> dict[str, list[Difference]]:
    """Put two rate sets side by side."""
    return {"items": compare(_shown(slug).rates, _shown(asked["other"]).rates)}


def _shown(slug: str) -> RateSetView:
    return rate_sets.get_rate_set(db.session(), slug)
