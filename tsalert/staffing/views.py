"""Pages on which administrators invite officers, say what each may do, and end what a leaver had."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.rota.vocabulary import DAYS
from tsalert.staff import access, accounts
from tsalert.staff.presence import asks_presence
from tsalert.staff.rules import RoleName
from tsalert.staff.sign_ins import service as sign_ins
from tsalert.staffing import queries, service
from tsalert.staffing.schemas import (
    ChangeReasonSchema,
    ConfirmedReasonSchema,
    GivenRoleSchema,
    InvitationSchema,
    TakenRoleSchema,
)
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("staffing", __name__, url_prefix="/staff")
_ROLES = [(role.value, role.label) for role in RoleName]


@bp.get("")
@requires(Permission.MANAGE_STAFF)
def list_staff() -> ResponseReturnValue:
    """List everybody who has an account, or had one."""
    return render_template("staffing/list.html", accounts=accounts.list_accounts(db.session()))


@bp.get("/new")
@requires(Permission.MANAGE_STAFF)
def new_officer() -> ResponseReturnValue:
    """Show the form that invites an officer."""
    return render_template("staffing/new.html", roles=_ROLES)


@bp.post("")
@requires(Permission.MANAGE_STAFF)
@redisplays(new_officer)
@asks_presence
def invite() -> ResponseReturnValue:
    """Invite an officer, and show their account."""
    new, reason = load_form(InvitationSchema())
    officer_id = service.invite(new, reason=reason, now=utc_now(), by=current_actor())
    return _to_officer(officer_id, f"{new.name} is invited: a mail is on its way.")


@bp.get("/to-hand-on")
@requires(Permission.MANAGE_ROTA)
def list_to_hand_on() -> ResponseReturnValue:
    """List what those hold who cannot sign in any more."""
    found = queries.to_hand_on(db.session(), now=utc_now())
    return render_template("staffing/to_hand_on.html", found=found, days=DAYS)


@bp.get("/<int:officer_id>")
@requires(Permission.MANAGE_STAFF)
def show_officer(officer_id: int) -> ResponseReturnValue:
    """Show one officer: what they may do, where they are signed in, what they hold, and how that came about."""
    found = queries.get_officer(db.session(), officer_id, now=utc_now())
    held = {each.role for each in found.account.roles}
    is_own = current_actor().officer_id == officer_id
    return render_template("staffing/officer.html", found=found, roles=_ROLES, held=held, is_own=is_own, days=DAYS)


@bp.post("/<int:officer_id>/roles")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_officer)
@asks_presence
def give_role(officer_id: int) -> ResponseReturnValue:
    """Give a role, for good or until a day."""
    given, reason = load_form(GivenRoleSchema())
    access.grant(_email(officer_id), given, reason=reason, now=utc_now(), by=current_actor())
    return _to_officer(officer_id, f"The role is given: {given.role.label.lower()}.")


@bp.post("/<int:officer_id>/roles/taken")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_officer)
def take_role(officer_id: int) -> ResponseReturnValue:
    """Take a role."""
    told = load_form(TakenRoleSchema())
    access.revoke(_email(officer_id), told["role"], reason=told["reason"], now=utc_now(), by=current_actor())
    return _to_officer(officer_id, f"The role is taken: {told['role'].label.lower()}.")


@bp.post("/<int:officer_id>/suspended")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_officer)
def suspend(officer_id: int) -> ResponseReturnValue:
    """Shut an officer out until further notice."""
    return _change(officer_id, access.suspend, "The account is suspended. Their shifts are gaps now.")


@bp.post("/<int:officer_id>/activated")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_officer)
@asks_presence
def activate(officer_id: int) -> ResponseReturnValue:
    """Let an officer in again."""
    return _change(officer_id, access.activate, "The account is active again.", ConfirmedReasonSchema)


@bp.post("/<int:officer_id>/ended")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_officer)
def end(officer_id: int) -> ResponseReturnValue:
    """End the account of somebody who leaves."""
    return _change(officer_id, service.end, "The account has ended. What they held is listed below to hand on.")


@bp.post("/<int:officer_id>/unlinked")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_officer)
@asks_presence
def unlink(officer_id: int) -> ResponseReturnValue:
    """Forget whom single sign-on means by an officer."""
    return _change(officer_id, access.unlink, "The link with single sign-on is gone.", ConfirmedReasonSchema)


@bp.post("/<int:officer_id>/sign-ins/<int:sign_in_id>/end")
@requires(Permission.MANAGE_STAFF)
def end_sign_in(officer_id: int, sign_in_id: int) -> ResponseReturnValue:
    """Sign out one of an officer's browsers."""
    sign_ins.end_of(officer_id, sign_in_id, actor=current_actor(), now=utc_now())
    return _to_officer(officer_id, "That browser is signed out.")


@bp.post("/<int:officer_id>/sign-ins/end")
@requires(Permission.MANAGE_STAFF)
def end_sign_ins(officer_id: int) -> ResponseReturnValue:
    """Sign out every browser of an officer."""
    ended = sign_ins.end_all_of(officer_id, actor=current_actor(), now=utc_now())
    return _to_officer(officer_id, f"Signed out: {counted(ended, 'browser')}.")


@bp.post("/<int:officer_id>/tokens/end")
@requires(Permission.MANAGE_STAFF)
def end_tokens(officer_id: int) -> ResponseReturnValue:
    """End every token of an officer."""
    ended = access.revoke_tokens(_email(officer_id), now=utc_now(), by=current_actor())
    return _to_officer(officer_id, f"Ended: {counted(ended, 'token')}.")


def _change(
    officer_id: int, use_case: Callable[..., Any], said: str, shape: type[ChangeReasonSchema] = ChangeReasonSchema
) -> ResponseReturnValue:
    reason = load_form(shape())["reason"]
    use_case(_email(officer_id), reason=reason, now=utc_now(), by=current_actor())
    return _to_officer(officer_id, said)


def _email(officer_id: int) -> str:
    return accounts.get_account(db.session(), officer_id).email


def _to_officer(officer_id: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show_officer", officer_id=officer_id), 303)
