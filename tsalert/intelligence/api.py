"""Operations on intelligence."""

from typing import Any

from flask import current_app
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.intelligence import queries, service
from tsalert.intelligence.queries import Held
from tsalert.intelligence.rules import NewIntelligence, NewSharing
from tsalert.intelligence.schemas import (
    HeldListSchema,
    IntelligenceNoteSchema,
    NewIntelligenceSchema,
    NewReviewSchema,
    NewSharingSchema,
    NotesAskedSchema,
)
from tsalert.intelligence.showing import ShownNote, shown_note
from tsalert.keysets import Page
from tsalert.web.access import current_actor, name_read, note_shown, reads, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("intelligence", "intelligence", "Graded notes of traders, vehicles, numbers and websites.")
blueprints = (blp,)


@blp.route("")
@requires(Permission.READ_CALL)
@reads("intelligence_note")
@blp.arguments(NotesAskedSchema, location="query", unknown=RAISE)
@blp.response(200, HeldListSchema)
def list_notes(asked: dict[str, Any]) -> Page[Held]:
    """List the notes in force, newest first."""
    found = queries.list_held(db.session(), current_actor(), **asked, now=utc_now())
    name_read([note.id for note in found.items if note.is_shown])
    return found


@blp.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewIntelligenceSchema)
@blp.response(201, HeldListSchema)
def write_note(new: NewIntelligence) -> dict[str, Any]:
    """Write intelligence down; a restricted note comes back as you may see it."""
    actor, now, is_demo = current_actor(), utc_now(), current_app.config["TSALERT_DEMO"]
    note_id = service.write_note(new, is_demo=is_demo, actor=actor, now=now)
    return {"items": queries.as_held(db.session(), actor, [queries.get_note(db.session(), note_id)], now=now)}


@blp.route("/<int:note_id>")
@requires(Permission.READ_CALL)
@reads("intelligence_note", "note_id")
@blp.response(200, IntelligenceNoteSchema)
def get_note(note_id: int) -> ShownNote:
    """Return one note with its reviews, and with whom it was shared."""
    return shown_note(db.session(), note_id, actor=current_actor(), now=utc_now())


@blp.route("/<int:note_id>/review", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewReviewSchema)
@blp.response(200, IntelligenceNoteSchema)
def review_note(told: dict[str, Any], note_id: int) -> ShownNote:
    """Keep a note that was looked at again until its next review."""
    service.review_note(note_id, **told, actor=current_actor(), now=utc_now())
    return _changed(note_id)


@blp.route("/<int:note_id>/sharing", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewSharingSchema)
@blp.response(200, IntelligenceNoteSchema)
def share_note(new: NewSharing, note_id: int) -> ShownNote:
    """Record who a note was shared with."""
    service.share_note(note_id, new, actor=current_actor(), now=utc_now())
    return _changed(note_id)


def _changed(note_id: int) -> ShownNote:
    note_shown("intelligence_note", note_id)
    return shown_note(db.session(), note_id, actor=current_actor(), now=utc_now())
