"""Operations that list cases, count them, and keep filters."""

from typing import Any

from marshmallow import RAISE

from tsalert.cases import listing, saved_filters
from tsalert.cases.filter_schemas import (
    ListSchema,
    NewFilterSchema,
    SavedFilterListSchema,
    SavedFilterSchema,
    StatusCountsSchema,
    WordsSchema,
)
from tsalert.cases.listing import CaseFilter, CaseRow
from tsalert.cases.saved_filters import NewFilter, Saved
from tsalert.cases.schemas import ListedCaseSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace

listed = api_blueprint("case_lists", "cases", "Lists of cases.")
filters = api_blueprint("case_filters", "case-filters", "Filters of cases, kept by officers or shared with the team.")
blueprints = (listed, filters)
Asked = tuple[CaseFilter, int | None, str | None]


@listed.route("")
@requires(Permission.READ_CASE)
@listed.arguments(ListSchema, location="query", unknown=RAISE)
@listed.response(200, page_of(ListedCaseSchema, ListPlace))
def list_cases(asked: Asked) -> Page[CaseRow]:
    """List cases, latest opening first; ``saved`` takes the place of every other part."""
    return listing.list_cases(db.session(), _wanted(asked), reader=current_actor(), now=utc_now(), after=asked[2])


@listed.route("/found", methods=["POST"])
@requires(Permission.READ_CASE)
@listed.arguments(WordsSchema)
@listed.response(200, page_of(ListedCaseSchema, ListPlace))
def find_cases(asked: tuple[CaseFilter, str | None]) -> Page[CaseRow]:
    """List cases by words too, which go into the body, not into an address."""
    return listing.list_cases(db.session(), asked[0], reader=current_actor(), now=utc_now(), after=asked[1])


@listed.route("/counts")
@requires(Permission.READ_CASE)
@listed.arguments(ListSchema, location="query", unknown=RAISE)
@listed.response(200, StatusCountsSchema)
def count_cases(asked: Asked) -> dict[str, Any]:
    """Count the cases wanted by status; one that continues in another is counted there."""
    counts = listing.count_by_status(db.session(), _wanted(asked), reader=current_actor(), now=utc_now())
    return {"items": [{"status": status, "cases": number} for status, number in counts.items()]}


@filters.route("")
@requires(Permission.READ_CASE)
@filters.response(200, SavedFilterListSchema)
def list_filters() -> dict[str, Any]:
    """List your own filters and those shared with the team."""
    return {"items": saved_filters.saved_filters(db.session(), current_actor())}


@filters.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@filters.arguments(NewFilterSchema)
@filters.response(201, SavedFilterSchema)
def save_filter(new: NewFilter) -> Saved:
    """Keep a filter under a name."""
    return _filter(saved_filters.save(new, actor=current_actor(), now=utc_now()))


@filters.route("/<int:filter_id>", methods=["PUT"])
@requires(Permission.WORK_CASE)
@filters.arguments(NewFilterSchema)
@filters.response(200, SavedFilterSchema)
def change_filter(new: NewFilter, filter_id: int) -> Saved:
    """Change one of your filters; what you leave out is open from now on."""
    saved_filters.change(filter_id, new, actor=current_actor(), now=utc_now())
    return _filter(filter_id)


@filters.route("/<int:filter_id>", methods=["DELETE"])
@requires(Permission.WORK_CASE)
@filters.response(204)
def delete_filter(filter_id: int) -> None:
    """Delete one of your filters."""
    saved_filters.delete(filter_id, actor=current_actor(), now=utc_now())


def _filter(filter_id: int) -> Saved:
    return saved_filters.get_filter(db.session(), filter_id, current_actor())


def _wanted(asked: Asked) -> CaseFilter:
    return _filter(asked[1]).wanted if asked[1] else asked[0]
