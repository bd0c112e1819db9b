"""Pages on which administrators link other authorities, and keep the keys on both sides; what anybody reads of ours."""

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.linked import own_keys, queries, service
from tsalert.linked.rules import KEYS_PATH
from tsalert.linked.schemas import ComparedKeySchema, NewLinkedAuthoritySchema, RevocationReasonSchema
from tsalert.linked.signing import own_address
from tsalert.staff.presence import asks_presence
from tsalert.web.access import current_actor, public, requires
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("linked", __name__)


@bp.get(KEYS_PATH)
@public
def show_published() -> ResponseReturnValue:
    """Tell other authorities our keys, and which of them are revoked."""
    return jsonify(own_keys.published(db.session()))


@bp.get("/linked-authorities")
@requires(Permission.CONNECT_PROGRAMS)
def list_authorities() -> ResponseReturnValue:
    """Show who is linked, the form for another, and our own keys."""
    session = db.session()
    known = {"authorities": queries.list_authorities(session), "keys": queries.own_keys(session)}
    return render_template("linked/list.html", **known, address=own_address())


@bp.post("/linked-authorities")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(list_authorities)
@redisplays(list_authorities)
@asks_presence
def link_authority() -> ResponseReturnValue:
    """Link an authority and show it."""
    new = load_form(NewLinkedAuthoritySchema())
    number = service.register(new, actor=current_actor(), now=utc_now())
    return _back(number, "It is linked.")


@bp.get("/linked-authorities/<int:authority_id>")
@requires(Permission.CONNECT_PROGRAMS)
def show_authority(authority_id: int) -> ResponseReturnValue:
    """Show one authority and its keys."""
    return render_template("linked/authority.html", authority=queries.get_authority(db.session(), authority_id))


@bp.post("/linked-authorities/<int:authority_id>/keys")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(show_authority)
@redisplays(show_authority)
@asks_presence
def trust_key(authority_id: int) -> ResponseReturnValue:
    """Trust a further key."""
    told = load_form(ComparedKeySchema())
    service.trust_key(authority_id, told["key"], told["fingerprint"], actor=current_actor(), now=utc_now())
    return _back(authority_id, "What this key signs is taken from now on.")


@bp.post("/linked-authorities/<int:authority_id>/keys/<int:key_id>/revoked")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(lambda authority_id, **_: show_authority(authority_id))
@redisplays(lambda authority_id, **_: show_authority(authority_id))
def revoke_their_key(authority_id: int, key_id: int) -> ResponseReturnValue:
    """Trust a key no more."""
    told = load_form(RevocationReasonSchema())
    service.revoke_key(authority_id, key_id, **told, actor=current_actor(), now=utc_now())
    return _back(authority_id, "What this key signs is refused from now on.")


@bp.post("/linked-authorities/<int:authority_id>/ended")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(show_authority)
@redisplays(show_authority)
def end_link(authority_id: int) -> ResponseReturnValue:
    """End the link."""
    told = load_form(RevocationReasonSchema())
    service.end(authority_id, **told, actor=current_actor(), now=utc_now())
    return _back(authority_id, "The link has ended.")


@bp.post("/linked-authorities/own-keys")
@requires(Permission.CONNECT_PROGRAMS)
@redisplays(list_authorities)
@asks_presence
def make_key() -> ResponseReturnValue:
    """Make a key that signs from now on."""
    own_keys.make_key(actor=current_actor(), now=utc_now())
    flash("The key is made. Read its fingerprint out to every authority that you are linked with.", "success")
    return redirect(url_for(".list_authorities"), 303)


@bp.post("/linked-authorities/own-keys/<int:key_id>/revoked")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(lambda **_: list_authorities())
@redisplays(lambda **_: list_authorities())
def revoke_own_key(key_id: int) -> ResponseReturnValue:
    """Tell everybody to trust a key of ours no more."""
    own_keys.revoke_key(key_id, **load_form(RevocationReasonSchema()), actor=current_actor(), now=utc_now())
    flash("The key is revoked. Ring every authority that you are linked with.", "success")
    return redirect(url_for(".list_authorities"), 303)


def _back(authority_id: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show_authority", authority_id=authority_id), 303)
