"""Forms that add something a party is known by, or take it back; they stand among the pages of parties."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.parties import known_by
from tsalert.parties.known_by import Standing
from tsalert.parties.vocabulary import KnownBy
from tsalert.response.kept_facts import kept_facts
from tsalert.response.known_schemas import NewKnownSchema, TakeBackSchema
from tsalert.response.party_views import bp, read_party
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

__all__ = ["bp"]
_KINDS = ", ".join(f"'{kind}'" for kind in KnownBy)


@bp.get("/<int:party_id>/known-by")
@requires(Permission.LOG_CALL)
def new_known(party_id: int) -> ResponseReturnValue:
    """Show the form that adds something."""
    return render_template("parties/new_known.html", party=read_party(party_id))


@bp.post("/<int:party_id>/known-by")
@requires(Permission.LOG_CALL)
@redisplays(new_known)
def add_known(party_id: int) -> ResponseReturnValue:
    """Add something that a party is known by."""
    new, is_demo = load_form(NewKnownSchema()), current_app.config["TSALERT_DEMO"]
    facts = kept_facts(db.session(), current_actor(), [party_id], now=utc_now())
    known_by.add_known(party_id, new, is_demo=is_demo, actor=current_actor(), now=utc_now(), without=facts)
    flash("Added. They are found by it from now on.", "success")
    return redirect(url_for(".show_party", party_id=party_id), 303)


@bp.get(f"/<int:party_id>/known-by/<any({_KINDS}):kind>/<int:known_id>")
@requires(Permission.LOG_CALL)
def show_known(party_id: int, kind: str, known_id: int) -> ResponseReturnValue:
    """Show the form that takes something back."""
    party = read_party(party_id)
    found = _find(party_id, KnownBy.of(kind), known_id)
    return render_template("parties/known.html", party=party, known=found)


@bp.post(f"/<int:party_id>/known-by/<any({_KINDS}):kind>/<int:known_id>")
@requires(Permission.LOG_CALL)
@redisplays(show_known)
def take_back(party_id: int, kind: str, known_id: int) -> ResponseReturnValue:
    """Take something back that a party is known by."""
    reason = load_form(TakeBackSchema())["reason"]
    _find(party_id, KnownBy.of(kind), known_id)
    known_by.take_back(party_id, KnownBy.of(kind), known_id, reason, actor=current_actor(), now=utc_now())
    flash("Taken back. They are not found by it any more.", "success")
    return redirect(url_for(".show_party", party_id=party_id), 303)


def _find(party_id: int, kind: KnownBy, known_id: int) -> Standing:
    """Return what this reader may learn that a party is known by."""
    facts = kept_facts(db.session(), current_actor(), [party_id], now=utc_now())
    return known_by.find_standing(db.session(), [party_id], kind, known_id, without=facts)
