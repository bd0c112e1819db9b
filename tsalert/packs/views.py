"""Pages of the case pack: what it shall hold, and the file."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.documents.answers import document_response
from tsalert.packs import service
from tsalert.packs.rules import USUAL, Form, Part
from tsalert.packs.schemas import CasePackAskedSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import read_form

bp = Blueprint("packs", __name__)


@bp.get("/cases/<int:case_id>/pack")
@requires(Permission.EXPORT)
def choose_parts(case_id: int) -> ResponseReturnValue:
    """Ask what the pack shall hold."""
    reference = service.reference_of(case_id)
    return render_template(
        "packs/choose.html", case_id=case_id, reference=reference, parts=Part, usual=USUAL, forms=Form
    )


@bp.get("/cases/<int:case_id>/pack/file")
@requires(Permission.EXPORT)
def download_pack(case_id: int) -> ResponseReturnValue:
    """Give a case as a PDF or as Word; that it was taken stands in the trail."""
    asked = read_form(CasePackAskedSchema(), request.args)
    document = service.take_pack(case_id, asked, actor=current_actor(), now=utc_now())
    return document_response(f"case-{service.reference_of(case_id)}", document, asked.form.value)
