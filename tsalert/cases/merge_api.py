"""Operations that continue a case in another."""

from typing import Any

from tsalert.cases import merging, queries
from tsalert.cases.merge_schemas import MergeListSchema, NewMergeSchema, UndoMergeSchema
from tsalert.cases.merging import NewMerge
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("merges", "cases", "Cases that are one matter.")


@blp.route("/<int:case_id>/merges")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@blp.response(200, MergeListSchema)
def list_merges(case_id: int) -> dict[str, Any]:
    """List the merges that a case is or was part of, the latest first."""
    return _merges(case_id)


@blp.route("/<int:case_id>/merges", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewMergeSchema)
@blp.response(201, MergeListSchema)
def continue_case(new: NewMerge, case_id: int) -> dict[str, Any]:
    """Continue a case in another, where its matter counts from now on."""
    merging.merge(case_id, new, actor=current_actor(), now=utc_now())
    return _merges(case_id)


@blp.route("/<int:case_id>/merges/undo", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(UndoMergeSchema)
@blp.response(200, MergeListSchema)
def undo_continuation(told: dict[str, str], case_id: int) -> dict[str, Any]:
    """Separate a case again; the record of the merge stays."""
    merging.undo(case_id, told["reason"], actor=current_actor(), now=utc_now())
    return _merges(case_id)


def _merges(case_id: int) -> dict[str, Any]:
    return {"items": merging.merges_of(db.session(), queries.get_case(db.session(), case_id).id)}
