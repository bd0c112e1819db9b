"""Pages of grades: what each asks for, since when, and the form for a new version."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.audit import queries as audit
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import changing_grades, rows, vocabulary
from tsalert.response.grade_schemas import NewVersionSchema, WantedGradeSchema
from tsalert.response.grade_versions import GradeVersion, list_versions, rules_of
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("grades", __name__)
bp.context_processor(lambda: {"vocabulary": vocabulary})


@bp.get("/grades")
@signed_in
def list_grades() -> ResponseReturnValue:
    """Show what each grade asks for, has asked for and will ask for."""
    versions = list_versions(db.session())
    return render_template(
        "response/grades.html",
        grades=[(name, list(found)) for name, found in groupby(versions, key=lambda version: version.name)],
        added_by=_added_by(versions),
        now=utc_now(),
    )


@bp.get("/grades/new")
@requires(Permission.MANAGE_RESPONSE)
def new_version() -> ResponseReturnValue:
    """Ask what a grade is to ask for from now or a later moment on."""
    name = read_form(WantedGradeSchema(), request.form or request.args)["name"]
    present = rows.grade_in_force(db.session(), name, at=utc_now())
    return render_template("response/new_grade.html", name=name, present=rules_of(present))


@bp.post("/grades")
@requires(Permission.MANAGE_RESPONSE)
@redisplays(new_version)
def add_version() -> ResponseReturnValue:
    """Add a version of a grade."""
    new = load_form(NewVersionSchema())
    changing_grades.add_version(new, actor=current_actor(), now=utc_now())
    flash(f"The grade “{new.name.label.lower()}” has a new version. What was graded before keeps its own.")
    return redirect(url_for(".list_grades"), 303)


def _added_by(versions: list[GradeVersion]) -> dict[int, str]:
    """Return who added each version, by the trail; the first ones came with the service."""
    session = db.session()
    names = staff.officer_names(session)
    found = {version.id: audit.entries_about(session, "grade", version.id) for version in versions}
    return {version_id: names.get(entries[0].officer_id or 0, "") for version_id, entries in found.items() if entries}
