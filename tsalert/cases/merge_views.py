"""Forms that continue a case in another, and undo that; they stand among the pages of cases."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import merging, queries, vocabulary
from tsalert.cases.gate import in_any_case
from tsalert.cases.merge_schemas import NewMergeSchema, UndoMergeSchema
from tsalert.cases.views import bp
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, redisplays

__all__ = ["bp"]


@bp.get("/cases/<int:case_id>/continuation")
@requires(Permission.WORK_CASE)
@in_any_case
@reads("case", "case_id")
def edit_continuation(case_id: int) -> ResponseReturnValue:
    """Show the form that continues a case in another; for one that does, the form that undoes it."""
    session = db.session()
    case = queries.get_case(session, case_id)
    merges = merging.merges_of(session, case_id)
    return render_template(
        "cases/continuation.html",
        case=case,
        standing=next((each for each in merges if each.earlier_id == case_id and each.undone_at is None), None),
        lines=queries.ledger(session, case_id).standing,
        words=vocabulary,
    )


@bp.post("/cases/<int:case_id>/continuation")
@requires(Permission.WORK_CASE)
@redisplays(edit_continuation)
def continue_case(case_id: int) -> ResponseReturnValue:
    """Continue a case in another."""
    merging.merge(case_id, load_form(NewMergeSchema()), actor=current_actor(), now=utc_now())
    flash("This matter continues in the other case and counts once.", "success")
    return redirect(url_for(".show_case", case_id=case_id), 303)


@bp.post("/cases/<int:case_id>/continuation/undo")
@requires(Permission.WORK_CASE)
@redisplays(edit_continuation)
def undo_continuation(case_id: int) -> ResponseReturnValue:
    """Let a case stand by itself again."""
    merging.undo(case_id, load_form(UndoMergeSchema())["reason"], actor=current_actor(), now=utc_now())
    flash("The case is separate again.", "success")
    return redirect(url_for(".show_case", case_id=case_id), 303)
