"""Operations on the versions of grades."""

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import changing_grades, grade_versions
from tsalert.response.changing_grades import NewVersion
from tsalert.response.grade_schemas import GradeVersionSchema, GradeVersionsSchema, NewVersionSchema
from tsalert.response.grade_versions import GradeVersion
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.api import api_blueprint

grades = api_blueprint("grades", "grades", "Grades: targets, and what starts and stops their clocks, with their dates.")


@grades.route("")
@signed_in
@grades.response(200, GradeVersionsSchema)
def list_grades() -> dict[str, list[GradeVersion]]:
    """List every version of every grade, newest first."""
    return {"items": grade_versions.list_versions(db.session())}


@grades.route("", methods=["POST"])
@requires(Permission.MANAGE_RESPONSE)
@grades.arguments(NewVersionSchema)
@grades.response(201, GradeVersionSchema)
def add_grade(new: NewVersion) -> GradeVersion:
    """Add a version of a grade, from now or a later moment on."""
    version_id = changing_grades.add_version(new, actor=current_actor(), now=utc_now())
    return next(each for each in grade_versions.list_versions(db.session()) if each.id == version_id)
