"""Operations on recognitions of those who rang."""

from typing import Any

from flask import Response
from marshmallow import RAISE

from tsalert.activities import recognising, recognition_queries
from tsalert.activities.recognising import SeenRecognition
from tsalert.activities.recognition_queries import RecognitionFilter, RecognitionView
from tsalert.activities.recognition_rules import NewRecognition
from tsalert.activities.recognition_schemas import (
    NamingConsentSchema,
    NewRecognitionSchema,
    PresentationSchema,
    RecognitionFilterSchema,
    RecognitionSchema,
    RecognitionWithdrawalSchema,
)
from tsalert.activities.recognition_views import certificate_answer
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of

blp = api_blueprint("recognitions", "recognitions", "Thanks to those who rang: certificates, medals and letters.")


@blp.route("")
@requires(Permission.READ_CASE)
@reads("recognition")
@blp.arguments(RecognitionFilterSchema, location="query", unknown=RAISE)
@blp.response(200, page_of(RecognitionSchema))
def list_recognitions(wanted: RecognitionFilter) -> Page[RecognitionView]:
    """List whom we thank; by default those who have nothing in their hands yet."""
    page = recognition_queries.list_recognitions(db.session(), wanted, actor=current_actor(), now=utc_now())
    name_read(each.row.id for each in page.items)
    return page


@blp.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewRecognitionSchema)
@blp.response(201, RecognitionSchema)
def decide_recognition(new: NewRecognition) -> RecognitionView:
    """Write down whom we thank for a call about an incident or a case."""
    return _whole(recognising.decide_recognition(new, actor=current_actor(), now=utc_now()))


@blp.route("/<int:recognition_id>")
@requires(Permission.READ_CASE)
@reads("recognition", "recognition_id")
@blp.response(200, RecognitionSchema)
def get_recognition(recognition_id: int) -> RecognitionView:
    """Return one recognition."""
    return _whole(recognition_id)


@blp.route("/<int:recognition_id>/certificate.<any(pdf, docx):kind>")
@requires(Permission.READ_CASE)
@reads("recognition", "recognition_id")
@blp.response(200, content_type="application/octet-stream")
def get_certificate(recognition_id: int, kind: str) -> Response:
    """Return the certificate, citation or letter that is handed over, as PDF or as Word."""
    return certificate_answer(recognition_id, kind)


@blp.route("/<int:recognition_id>/presentation", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(PresentationSchema)
@blp.response(200, RecognitionSchema)
def present(said: dict[str, Any], recognition_id: int) -> RecognitionView:
    """Write down when and where it was handed over."""
    seen = SeenRecognition(recognition_id, said["of_version"])
    recognising.present(seen, said["told"], actor=current_actor(), now=utc_now())
    return _whole(recognition_id)


@blp.route("/<int:recognition_id>/consent", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NamingConsentSchema)
@blp.response(200, RecognitionSchema)
def keep_consent(said: dict[str, Any], recognition_id: int) -> RecognitionView:
    """Keep whether they may be named in public."""
    seen = SeenRecognition(recognition_id, said["of_version"])
    recognising.keep_consent(seen, said["told"], actor=current_actor(), now=utc_now())
    return _whole(recognition_id)


@blp.route("/<int:recognition_id>/withdrawal", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(RecognitionWithdrawalSchema)
@blp.response(200, RecognitionSchema)
def withdraw_recognition(said: dict[str, Any], recognition_id: int) -> RecognitionView:
    """Take thanks back."""
    seen = SeenRecognition(recognition_id, said["of_version"])
    recognising.withdraw_recognition(seen, said["told"], actor=current_actor(), now=utc_now())
    return _whole(recognition_id)


def _whole(recognition_id: int) -> RecognitionView:
    return recognition_queries.get_recognition(db.session(), recognition_id, actor=current_actor(), now=utc_now())
