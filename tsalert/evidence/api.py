"""Operations on a case's evidence; files travel as multipart bodies and as attachments."""

from typing import Any

from flask import Response
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.evidence import answers, bundles, disclosure, queries, service
from tsalert.evidence.disclosure import Line
from tsalert.evidence.kinds import FIELD
from tsalert.evidence.models import EvidenceFile
from tsalert.evidence.rules import Decision, NewCustody, NewExhibit, NewFile
from tsalert.evidence.schemas import (
    DisclosureDecisionSchema,
    DisclosureLineSchema,
    DisclosureScheduleSchema,
    EvidenceFileSchema,
    EvidenceSchema,
    ExhibitSchema,
    NewCustodySchema,
    NewEvidenceFileSchema,
    NewExhibitSchema,
    SchedulePartSchema,
    UploadedFileSchema,
)
from tsalert.evidence.storing import RECEIVER
from tsalert.evidence.vocabulary import Part
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint
from tsalert.web.uploads import receives

blp = api_blueprint("evidence", "cases/<int:case_id>", "A case's exhibits and files, and what is disclosed of them.")
blueprints = (blp,)
_BYTES = {"type": "string", "format": "binary"}


@blp.route("/evidence")
@requires(Permission.READ_CASE)
@blp.response(200, EvidenceSchema)
def list_evidence(case_id: int) -> queries.Dossier:
    """Return every exhibit of a case with its files and its chain, and the other files."""
    service.note_reading(case_id, "list", actor=current_actor(), now=utc_now())
    return queries.dossier(db.session(), case_id)


@blp.route("/exhibits", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewExhibitSchema)
@blp.response(201, ExhibitSchema)
def record_exhibit(new: NewExhibit, case_id: int) -> queries.Held:
    """Record an exhibit; its files are sent afterwards."""
    exhibit_id = service.record_exhibit(case_id, new, None, actor=current_actor(), now=utc_now())
    return queries.held(db.session(), case_id, exhibit_id)


@blp.route("/exhibits/<int:exhibit_id>")
@requires(Permission.READ_CASE)
@blp.response(200, ExhibitSchema)
def get_exhibit(case_id: int, exhibit_id: int) -> queries.Held:
    """Return one exhibit."""
    service.note_reading(case_id, f"exhibit {exhibit_id}", actor=current_actor(), now=utc_now())
    return queries.held(db.session(), case_id, exhibit_id)


@blp.route("/exhibits/<int:exhibit_id>/custody", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewCustodySchema)
@blp.response(201, ExhibitSchema)
def record_custody(new: NewCustody, case_id: int, exhibit_id: int) -> queries.Held:
    """Add a link to an exhibit's chain, or correct an earlier one by superseding it."""
    service.record_custody(case_id, exhibit_id, new, actor=current_actor(), now=utc_now())
    return queries.held(db.session(), case_id, exhibit_id)


@blp.route("/files", methods=["POST"])
@requires(Permission.WORK_CASE)
@receives(RECEIVER)
@blp.arguments(UploadedFileSchema, location="files")
@blp.arguments(NewEvidenceFileSchema, location="form", content_type="multipart/form-data")
@blp.response(201, EvidenceFileSchema)
def add_file(_sent: dict[str, Any], new: NewFile, case_id: int) -> EvidenceFile:
    """Add a file to a case, or to one of its exhibits; its hash comes back."""
    arrival = answers.arrival()
    if arrival is None:
        raise RuleViolation("Choose a file.", field=FIELD)
    file_id = service.add_file(case_id, new, arrival, actor=current_actor(), now=utc_now())
    return queries.get_file(db.session(), case_id, file_id)


@blp.route("/files/<int:file_id>/content")
@requires(Permission.READ_CASE)
@blp.response(200, _BYTES, content_type="application/octet-stream")
def get_content(case_id: int, file_id: int) -> Response:
    """Return what a file holds, as it was stored; the reading is in the trail first."""
    return answers.attachment(service.open_file(case_id, file_id, actor=current_actor(), now=utc_now()))


@blp.route("/bundle")
@requires(Permission.EXPORT)
@blp.response(200, _BYTES, content_type="application/zip")
def get_bundle(case_id: int) -> Response:
    """Return all evidence of a case as a ZIP file with a manifest of hashes."""
    return answers.archive(bundles.open_bundle(case_id, actor=current_actor(), now=utc_now()))


@blp.route("/disclosure")
@requires(Permission.READ_CASE)
@blp.arguments(SchedulePartSchema, location="query", unknown=RAISE)
@blp.response(200, DisclosureScheduleSchema)
def get_schedule(asked: dict[str, Part], case_id: int) -> dict[str, list[Line]]:
    """Return the disclosure schedule, or a part of it."""
    return {"items": disclosure.read_schedule(case_id, asked["part"], actor=current_actor(), now=utc_now())}


@blp.route("/disclosure/<int:number>", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(DisclosureDecisionSchema)
@blp.response(201, DisclosureLineSchema)
def decide(decision: Decision, case_id: int, number: int) -> Line:
    """Decide on one line of the schedule; the latest decision stands."""
    disclosure.decide(case_id, number, decision, actor=current_actor(), now=utc_now())
    return disclosure.read_line(case_id, number, actor=current_actor(), now=utc_now())
