"""The operation that takes a case out of the service as a document."""

from flask import Response
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.documents.answers import document_response
from tsalert.packs import service
from tsalert.packs.rules import Asked
from tsalert.packs.schemas import CasePackAskedSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

packs = api_blueprint("case_packs", "cases/<int:case_id>/pack", "A case as one document, as PDF or Word.")
blueprints = (packs,)


@packs.route("")
@requires(Permission.EXPORT)
@packs.arguments(CasePackAskedSchema, location="query", unknown=RAISE)
@packs.response(200, content_type="application/octet-stream")
def get_pack(asked: Asked, case_id: int) -> Response:
    """Return a case as a PDF or as Word; that it was taken stands in the trail."""
    document = service.take_pack(case_id, asked, actor=current_actor(), now=utc_now())
    return document_response(f"case-{service.reference_of(case_id)}", document, asked.form.value)
