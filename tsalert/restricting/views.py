"""Pages of access: what a record that is kept from its reader says of itself, and a manager's page of who sees what."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import Withheld
from tsalert.db import db
from tsalert.restricting import queries, service
from tsalert.restricting.schemas import AccessPagesSchema, AccessReasonSchema, GivingSchema, RestrictingSchema
from tsalert.staff import queries as staff
from tsalert.tiers import granting
from tsalert.tiers import queries as tiers
from tsalert.tiers.rules import Tier
from tsalert.tiers.vocabulary import Subject
from tsalert.web import errors, outages
from tsalert.web.access import current_actor, is_api, requires, signed_in
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("restricting", __name__)
# The page of each kind of record.
_PAGES = {
    Subject.CASE: ("cases.show_case", "case_id"),
    Subject.INCIDENT: ("response.show_incident", "incident_id"),
    Subject.CALL: ("calls.show_call", "call_id"),
    Subject.PARTY: ("parties.show_party", "party_id"),
    Subject.NOTE: ("intelligence.show_note", "note_id"),
}


@bp.app_errorhandler(Withheld)
def explain(error: Withheld) -> ResponseReturnValue:
    """Answer for a record that is kept from its reader: what it is, whom to ask, and the way in for who cannot wait."""
    if is_api():
        kept = {"subject": error.subject, "subject_id": error.subject_id, "tier": error.tier}
        return errors.answer(403, error.message, kept)
    return Response(_closed(error.subject, error.subject_id, kept=outages.returned()), 403)


@bp.get("/access/closed/<subject>/<int:number>")
@signed_in
def show_closed(subject: str, number: int) -> ResponseReturnValue:
    """Say what all of the staff may know of a record, whom to ask for more, and offer to open it."""
    return _closed(subject, number)


@bp.post("/access/closed/<subject>/<int:number>/opening")
@requires(Permission.OPEN_RESTRICTED)
@redisplays(show_closed)
def open_record(subject: str, number: int) -> ResponseReturnValue:
    """Open a restricted record for a reason."""
    found = queries.naming_of(db.session(), subject, number)
    service.open_record(
        (found.subject, found.id), load_form(AccessReasonSchema())["reason"], actor=current_actor(), now=utc_now()
    )
    return _to_record(found.subject, found.id)


@bp.post("/access/closed/<subject>/<int:number>/break-glass")
@requires(Permission.OPEN_RESTRICTED)
@redisplays(show_closed)
def break_glass(subject: str, number: int) -> ResponseReturnValue:
    """Let oneself in; every manager is written to."""
    found = queries.naming_of(db.session(), subject, number)
    service.break_glass(
        (found.subject, found.id), load_form(AccessReasonSchema())["reason"], actor=current_actor(), now=utc_now()
    )
    flash("You have access for 4 hours. Every manager has been told.", "success")
    return _to_record(found.subject, found.id)


@bp.get("/access")
@requires(Permission.GRANT_ACCESS)
def show_access() -> ResponseReturnValue:
    """List who may open what, what was opened and where glass was broken; give access and restrict records."""
    session, now = db.session(), utc_now()
    after = AccessPagesSchema().load(request.args if request.method != "POST" else {})
    return render_template(
        "restricting/access.html",
        found=queries.overview(session, after, now=now),
        active=staff.active_officers(session),
        now=now,
        Tier=Tier,
    )


@bp.post("/access/grants")
@requires(Permission.GRANT_ACCESS)
@redisplays(show_access)
def give_access() -> ResponseReturnValue:
    """Give an officer access to a record until a time."""
    granting.give(load_form(GivingSchema()), actor=current_actor(), now=utc_now())
    flash("Access is given.", "success")
    return redirect(url_for(".show_access"), 303)


@bp.post("/access/grants/<int:grant_id>/end")
@requires(Permission.GRANT_ACCESS)
@redisplays(lambda **_: show_access())
def end_access(grant_id: int) -> ResponseReturnValue:
    """End access before its time."""
    granting.end(grant_id, actor=current_actor(), now=utc_now())
    flash("That access has ended.", "success")
    return redirect(url_for(".show_access"), 303)


@bp.get("/access/restrictions/new")
@requires(Permission.GRANT_ACCESS)
def new_restriction() -> ResponseReturnValue:
    """Show the form that restricts a record."""
    return render_template("restricting/restrict.html")


@bp.post("/access/restrictions")
@requires(Permission.GRANT_ACCESS)
@redisplays(new_restriction)
def restrict() -> ResponseReturnValue:
    """Restrict a record and all beneath it."""
    told = load_form(RestrictingSchema())
    service.restrict(told["record"], told["reason"], actor=current_actor(), now=utc_now())
    flash("The record is restricted. Say below who may open it.", "success")
    return redirect(url_for(".show_access"), 303)


@bp.get("/access/restrictions/<subject>/<int:number>/lift")
@requires(Permission.GRANT_ACCESS)
def confirm_lifting(subject: str, number: int) -> ResponseReturnValue:
    """Ask why a restriction is lifted."""
    return render_template("restricting/lift.html", record=queries.naming_of(db.session(), subject, number))


@bp.post("/access/restrictions/<subject>/<int:number>/lift")
@requires(Permission.GRANT_ACCESS)
@redisplays(confirm_lifting)
def lift(subject: str, number: int) -> ResponseReturnValue:
    """Lift a restriction."""
    found = queries.naming_of(db.session(), subject, number)
    service.lift(
        (found.subject, found.id), load_form(AccessReasonSchema())["reason"], actor=current_actor(), now=utc_now()
    )
    flash(f"{found.title} is no longer restricted.", "success")
    return redirect(url_for(".show_access"), 303)


def _closed(subject: str, number: int, *, kept: outages.Kept | None = None) -> str:
    """Draw what a closed record says; ``kept`` is what somebody wrote for it whose access ran out meanwhile."""
    session, actor, now = db.session(), current_actor(), utc_now()
    record = queries.naming_of(session, subject, number)
    roots = tiers.roots_of(session, record.subject, number)
    return render_template(
        "restricting/closed.html",
        record=record,
        is_restricted=bool(roots),
        has_grant=bool(roots) and all(tiers.holds_grant(session, actor, root, now=now) for root in roots),
        managers=staff.officers_who_may(session, {Permission.GRANT_ACCESS}),
        kept=kept,
    )


def _to_record(subject: Subject, number: int) -> ResponseReturnValue:
    endpoint, key = _PAGES[subject]
    named: dict[str, Any] = {key: number}
    return redirect(url_for(endpoint, **named), 303)
