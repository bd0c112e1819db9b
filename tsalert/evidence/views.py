"""Pages of a case's evidence."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases.gate import in_any_case
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.evidence import answers, bundles, queries, rules, service, vocabulary
from tsalert.evidence.kinds import FIELD, TAKEN
from tsalert.evidence.schemas import NewCustodySchema, NewEvidenceFileSchema, NewExhibitSchema
from tsalert.evidence.storing import RECEIVER, largest
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays
from tsalert.web.once import leave_key
from tsalert.web.uploads import MOST_FILES, receives, shown_size

bp = Blueprint("evidence", __name__, url_prefix="/cases/<int:case_id>")


@bp.get("/evidence")
@requires(Permission.READ_CASE)
def show_evidence(case_id: int) -> ResponseReturnValue:
    """Show the exhibits of a case, its other files, and where to go from there."""
    _note(case_id, "list")
    return _page("evidence/list.html", case_id, dossier=queries.dossier(db.session(), case_id))


@bp.get("/exhibits")
@requires(Permission.WORK_CASE)
def new_exhibit(case_id: int) -> ResponseReturnValue:
    """Show the form for an exhibit, or for a file that becomes one."""
    _note(case_id, "list")
    number = request.values.get("file_id", type=int)
    return _page(
        "evidence/new_exhibit.html",
        case_id,
        exhibits=queries.exhibits(db.session(), case_id),
        attachment=queries.get_file(db.session(), case_id, number) if number else None,
        initials=rules.initials_of(current_actor().name),
    )


@bp.post("/exhibits")
@requires(Permission.WORK_CASE)
@receives(RECEIVER)
@redisplays(new_exhibit)
def record_exhibit(case_id: int) -> ResponseReturnValue:
    """Record an exhibit, and show it."""
    new, arrival = load_form(NewExhibitSchema()), answers.arrival()
    exhibit_id = service.record_exhibit(case_id, new, arrival, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_exhibit", case_id=case_id, exhibit_id=exhibit_id), 303)


@bp.get("/exhibits/<int:exhibit_id>")
@requires(Permission.READ_CASE)
def show_exhibit(case_id: int, exhibit_id: int) -> ResponseReturnValue:
    """Show one exhibit, its files and its chain."""
    _note(case_id, f"exhibit {exhibit_id}")
    return _page("evidence/exhibit.html", case_id, held=queries.held(db.session(), case_id, exhibit_id))


@bp.get("/exhibits/<int:exhibit_id>/custody")
@requires(Permission.WORK_CASE)
@in_any_case
def new_custody(case_id: int, exhibit_id: int) -> ResponseReturnValue:
    """Show the form for what happened to an exhibit, or for the correction of an entry."""
    _note(case_id, f"exhibit {exhibit_id}")
    held = queries.held(db.session(), case_id, exhibit_id)
    number = request.values.get("supersedes", type=int)
    wrong = next((link for link in held.standing if link.id == number), None)
    return _page("evidence/new_custody.html", case_id, held=held, wrong=wrong)


@bp.post("/exhibits/<int:exhibit_id>/custody")
@requires(Permission.WORK_CASE)
@redisplays(new_custody)
def record_custody(case_id: int, exhibit_id: int) -> ResponseReturnValue:
    """Add a link to an exhibit's chain."""
    service.record_custody(case_id, exhibit_id, load_form(NewCustodySchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_exhibit", case_id=case_id, exhibit_id=exhibit_id, _anchor="custody"), 303)


@bp.get("/files")
@requires(Permission.WORK_CASE)
def new_file(case_id: int) -> ResponseReturnValue:
    """Show the form for a file."""
    _note(case_id, "list")
    exhibits = queries.exhibits(db.session(), case_id)
    return _page("evidence/new_file.html", case_id, exhibits=exhibits, chosen=request.args.get("exhibit", ""))


@bp.post("/files")
@requires(Permission.WORK_CASE)
@receives(RECEIVER)
@redisplays(new_file)
def add_file(case_id: int) -> ResponseReturnValue:
    """Add a file, or several at once, to a case or to one of its exhibits."""
    new, arrivals = load_form(NewEvidenceFileSchema()), answers.arrivals()
    if not arrivals:
        raise RuleViolation("Choose a file.", field=FIELD)
    service.add_files(case_id, new, arrivals, actor=current_actor(), now=utc_now())
    if new.exhibit is None:
        return redirect(url_for(".show_evidence", case_id=case_id, _anchor="files"), 303)
    return redirect(url_for(".show_exhibit", case_id=case_id, exhibit_id=new.exhibit), 303)


@bp.get("/files/<int:file_id>")
@requires(Permission.READ_CASE)
def download(case_id: int, file_id: int) -> ResponseReturnValue:
    """Hand a file out, to be saved."""
    return answers.attachment(service.open_file(case_id, file_id, actor=current_actor(), now=utc_now()))


@bp.get("/bundle")
@requires(Permission.EXPORT)
def download_bundle(case_id: int) -> ResponseReturnValue:
    """Hand out all evidence of a case as one ZIP file."""
    return answers.archive(bundles.open_bundle(case_id, actor=current_actor(), now=utc_now()))


def _note(case_id: int, what: str) -> None:
    """Note a reading; the key of a form that is drawn again stays for when it is sent again."""
    leave_key()
    service.note_reading(case_id, what, actor=current_actor(), now=utc_now())


def _page(template: str, case_id: int, **shown: object) -> str:
    """Draw a page of a case's evidence."""
    return render_template(
        template,
        case=queries.get_case(db.session(), case_id),
        officers=staff.officer_names(db.session()),
        words=vocabulary,
        taken=TAKEN,
        largest=shown_size(largest()),
        most_files=MOST_FILES,
        shown_size=shown_size,
        **shown,
    )
