"""Pages of parties: they show calls, so they stand here and not with the parties themselves."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.parties import known_by, queries, service, vocabulary, warning_notes
from tsalert.parties.queries import PartyRecord
from tsalert.parties.vocabulary import Side
from tsalert.response import call_parties, held
from tsalert.response.kept import named_for, require_decision_of, seen
from tsalert.response.kept_facts import kept_facts
from tsalert.response.matches import others_like
from tsalert.response.party_schemas import EndSchema, NewDecisionSchema, NewWarningSchema, ReviewSchema, SearchSchema
from tsalert.response.party_search import search
from tsalert.staff import queries as staff
from tsalert.tiers.parties import require_party
from tsalert.tiers.vocabulary import Subject
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("parties", __name__, url_prefix="/parties")
bp.context_processor(lambda: {"words": vocabulary})
_PAGE = 50
_NOTES = 10  # of intelligence; all of them have a page of their own


@bp.route("", methods=["GET", "POST"])
@requires(Permission.READ_CALL)
def list_parties() -> ResponseReturnValue:
    """List parties, newest first, or those that are looked for; the form posts, to keep names out of addresses."""
    typed = request.form if request.method == "POST" else request.args
    asked, now = read_form(SearchSchema(), typed), utc_now()
    service.note_reading(None, "searched" if asked["q"] else "listed", actor=current_actor(), now=now)
    session = db.session()
    if asked["q"]:
        found = search(session, asked["q"], reader=current_actor(), is_demo=current_app.config["TSALERT_DEMO"], now=now)
        return render_template("parties/list.html", found=found, q=asked["q"])
    page = queries.list_parties(session, after=asked["after"])
    newest = named_for(session, current_actor(), page.items, now=now)
    return render_template("parties/list.html", newest=newest, older=page.next, is_first=asked["after"] is None)


@bp.get("/<int:party_id>")
@requires(Permission.READ_CALL)
def show_party(party_id: int) -> ResponseReturnValue:
    """Show what is known of a party, and of those held to be the same."""
    session, reader, now = db.session(), current_actor(), utc_now()
    members = _members_read(party_id, now)
    decisions = queries.decisions_of(session, members)
    named = {party for decision in decisions for party in decision.pair}.union(members)
    facts = kept_facts(session, reader, named, now=now)
    record = queries.get_party(session, party_id, without=facts)
    notes = held.read_of_parties(session, members, actor=reader, now=now, shown=_NOTES, without=facts)
    alike = others_like(session, record, reader=reader, is_demo=current_app.config["TSALERT_DEMO"], now=now)
    return render_template(
        "parties/party.html",
        party=record,
        warnings=warning_notes.warnings_of(session, members, now=now, ended=True),
        decisions=decisions,
        names=queries.party_names(session, seen(session, reader, Subject.PARTY, named, int, now), without=facts),
        calls=call_parties.calls_of_parties(session, members, reader=reader, now=now, limit=_PAGE),
        alike=alike,
        known=known_by.standing_of(session, members, without=facts),
        history=known_by.history_of(session, members, without=facts),
        officers=staff.officer_names(session),
        held=notes,
    )


@bp.post("/<int:party_id>/decisions")
@requires(Permission.LOG_CALL)
def decide(party_id: int) -> ResponseReturnValue:
    """Hold a party and another to be the same, or not."""
    told = load_form(NewDecisionSchema())
    require_party(db.session(), current_actor(), told["other_id"], now=utc_now())
    service.decide((party_id, told["other_id"]), told["verdict"], actor=current_actor(), now=utc_now())
    flash("Your decision is kept. It can be undone below.", "success")
    return _back(party_id)


@bp.post("/<int:party_id>/decisions/<int:link_id>/undo")
@requires(Permission.LOG_CALL)
def undo(party_id: int, link_id: int) -> ResponseReturnValue:
    """Undo a decision; it stays in the history."""
    require_decision_of(db.session(), party_id, link_id)
    service.undo(link_id, actor=current_actor(), now=utc_now())
    flash("The decision is undone.", "success")
    return _back(party_id)


@bp.post("/<int:party_id>/calls/<int:call_id>/<any(caller, trader):role>/tell-apart")
@requires(Permission.LOG_CALL)
def tell_apart(party_id: int, call_id: int, role: str) -> ResponseReturnValue:
    """Say that one call was not theirs; it goes to a party of its own."""
    is_demo = current_app.config["TSALERT_DEMO"]
    call_parties.tell_apart(call_id, Side.of(role), is_demo=is_demo, actor=current_actor(), now=utc_now())
    flash("The call now belongs to somebody else.", "success")
    return _back(party_id)


@bp.get("/<int:party_id>/warnings")
@requires(Permission.LOG_CALL)
def new_warning(party_id: int) -> ResponseReturnValue:
    """Show the form for a warning."""
    return render_template("parties/new_warning.html", party=read_party(party_id))


@bp.post("/<int:party_id>/warnings")
@requires(Permission.LOG_CALL)
@redisplays(new_warning)
def warn(party_id: int) -> ResponseReturnValue:
    """Warn of a party."""
    told = load_form(NewWarningSchema())
    warning_notes.add_warning(party_id, told["text"], told["review_on"], actor=current_actor(), now=utc_now())
    flash("Anybody who logs a call about them sees the warning.", "success")
    return _back(party_id)


@bp.get("/warnings/<int:warning_id>")
@requires(Permission.LOG_CALL)
def show_warning(warning_id: int) -> ResponseReturnValue:
    """Show the forms that review or end a warning."""
    warning = warning_notes.get_warning(db.session(), warning_id)
    party = read_party(warning.party_id)
    return render_template("parties/warning.html", warning=warning, party=party)


@bp.post("/warnings/<int:warning_id>/review")
@requires(Permission.LOG_CALL)
@redisplays(show_warning)
def review(warning_id: int) -> ResponseReturnValue:
    """Keep a warning until its next review."""
    told = load_form(ReviewSchema())
    warning_notes.review_warning(warning_id, **told, actor=current_actor(), now=utc_now())
    return _to_party_of(warning_id, "The warning still shows.")


@bp.post("/warnings/<int:warning_id>/end")
@requires(Permission.LOG_CALL)
@redisplays(show_warning)
def end(warning_id: int) -> ResponseReturnValue:
    """End a warning."""
    told: dict[str, Any] = load_form(EndSchema())
    warning_notes.end_warning(warning_id, **told, actor=current_actor(), now=utc_now())
    return _to_party_of(warning_id, "The warning has ended.")


def read_party(party_id: int) -> PartyRecord:
    """Return a party as this reader may know it, once the trail says who reads of it."""
    now = utc_now()
    facts = kept_facts(db.session(), current_actor(), _members_read(party_id, now), now=now)
    return queries.get_party(db.session(), party_id, without=facts)


def _members_read(party_id: int, now: datetime) -> Collection[int]:
    """Return those held to be the same as a party, itself among them, once the trail says who reads of it."""
    members = queries.get_party(db.session(), party_id).members
    service.note_reading(party_id, "read", actor=current_actor(), now=now)
    return members


def _back(party_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_party", party_id=party_id), 303)


def _to_party_of(warning_id: int, told: str) -> ResponseReturnValue:
    flash(told, "success")
    return _back(warning_notes.get_warning(db.session(), warning_id).party_id)
