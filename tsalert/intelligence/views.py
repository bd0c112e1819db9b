"""Pages of intelligence."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.intelligence import queries, service, vocabulary
from tsalert.intelligence.schemas import (
    FormAskedSchema,
    NewIntelligenceSchema,
    NewReviewSchema,
    NewSharingSchema,
    NotesAskedSchema,
)
from tsalert.intelligence.showing import shown_note
from tsalert.intelligence.vocabulary import About
from tsalert.parties import queries as parties
from tsalert.staff import queries as staff
from tsalert.tiers.parties import require_party
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("intelligence", __name__, url_prefix="/intelligence")
bp.context_processor(lambda: {"words": vocabulary})


@bp.get("")
@requires(Permission.READ_CALL)
@reads("intelligence_note")
def list_notes() -> ResponseReturnValue:
    """List the notes that stand, newest first; of restricted ones only that they are there."""
    asked, now = read_form(NotesAskedSchema(), request.args), utc_now()
    found = queries.list_held(db.session(), current_actor(), **asked, now=now)
    name_read([note.id for note in found.items if note.is_shown])
    shown = {"notes": found.items, "older": found.next, "is_first": asked["after"] is None}
    return render_template("intelligence/list.html", **shown, party_id=asked["party"])


@bp.get("/new")
@requires(Permission.WORK_CASE)
@reads("intelligence_note")
def new_note() -> ResponseReturnValue:
    """Show the form for a note, of a party or in the place of another note."""
    typed = request.form if request.method == "POST" else request.args
    asked = read_form(FormAskedSchema(only=("party", "supersedes"), unknown="exclude"), typed)
    session, actor, now = db.session(), current_actor(), utc_now()
    earlier = shown_note(session, asked["supersedes"], actor=actor, now=now) if asked["supersedes"] else None
    before = {each.kind: each for each in earlier.about} if earlier else {}
    was = before[About.PARTY].party_id if About.PARTY in before else None
    party_id = request.form.get("party_id", type=int) or asked["party"] or was
    if party_id:
        require_party(session, actor, party_id, now=now)
    kept = queries.kept_from(session, actor, [party_id], now=now) if party_id else ()
    named = parties.party_names(session, [party_id], without=kept) if party_id else {}
    name_read([earlier.note.id] if earlier else [])
    known = {kind: each.raw for kind, each in before.items()}
    return render_template("intelligence/new.html", earlier=earlier, party_id=party_id, named=named, known=known)


@bp.post("/new")
@requires(Permission.WORK_CASE)
@redisplays(new_note)
def write_note() -> ResponseReturnValue:
    """Write intelligence down."""
    new, is_demo = load_form(NewIntelligenceSchema()), current_app.config["TSALERT_DEMO"]
    note_id = service.write_note(new, is_demo=is_demo, actor=current_actor(), now=utc_now())
    if new.restricted_because:
        flash("The note is kept, and restricted: ask a manager to let those see it who must.", "success")
        return redirect(url_for(".list_notes"), 303)
    return _shown(note_id, "The note is saved. It is shown wherever a call mentions what it is about.")


@bp.get("/<int:note_id>")
@requires(Permission.READ_CALL)
@reads("intelligence_note", "note_id")
def show_note(note_id: int) -> ResponseReturnValue:
    """Show one note, how it was reviewed and with whom it was shared."""
    found = shown_note(db.session(), note_id, actor=current_actor(), now=utc_now())
    return render_template("intelligence/note.html", found=found, officers=staff.officer_names(db.session()))


@bp.post("/<int:note_id>/review")
@requires(Permission.WORK_CASE)
@redisplays(show_note)
def review_note(note_id: int) -> ResponseReturnValue:
    """Keep a note until its next review."""
    told = load_form(NewReviewSchema())
    service.review_note(note_id, **told, actor=current_actor(), now=utc_now())
    return _shown(note_id, "The note still holds.")


@bp.post("/<int:note_id>/sharing")
@requires(Permission.WORK_CASE)
@redisplays(show_note)
def share_note(note_id: int) -> ResponseReturnValue:
    """Keep with whom a note was shared."""
    service.share_note(note_id, load_form(NewSharingSchema()), actor=current_actor(), now=utc_now())
    return _shown(note_id, "It is now on record who the note was shared with.")


def _shown(note_id: int, told: str) -> ResponseReturnValue:
    flash(told, "success")
    return redirect(url_for(".show_note", note_id=note_id), 303)
