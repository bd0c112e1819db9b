"""Operations on the staff."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import access, accounts
from tsalert.staff.access import Given
from tsalert.staff.accounts import Account
from tsalert.staff.presence import asks_presence
from tsalert.staff.service import NewOfficer
from tsalert.staff.sign_ins import service as sign_ins
from tsalert.staff.sign_ins.schemas import EndedCountSchema
from tsalert.staffing import queries, service
from tsalert.staffing.queries import Officer
from tsalert.staffing.schemas import (
    AccountListSchema,
    AccountSchema,
    ChangeReasonSchema,
    ConfirmedReasonSchema,
    GivenRoleSchema,
    InvitationSchema,
    LeaverListSchema,
    OfficerSchema,
    TakenRoleSchema,
)
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

staff = api_blueprint("staffing", "staff", "Officers: invited, given roles, suspended and ended.")
blueprints = (staff,)


@staff.route("")
@requires(Permission.MANAGE_STAFF)
@staff.response(200, AccountListSchema)
def list_staff() -> dict[str, Any]:
    """List everybody who has an account, or had one."""
    return {"items": accounts.list_accounts(db.session())}


@staff.route("", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.arguments(InvitationSchema)
@staff.response(201, AccountSchema)
@asks_presence
def invite(told: tuple[NewOfficer, str]) -> Account:
    """Invite an officer; a mail tells them where to sign in."""
    new, reason = told
    return _account(service.invite(new, reason=reason, now=utc_now(), by=current_actor()))


@staff.route("/to-hand-on")
@requires(Permission.MANAGE_ROTA)
@staff.response(200, LeaverListSchema)
def list_to_hand_on() -> dict[str, Any]:
    """List the work of people who can no longer sign in."""
    found = queries.to_hand_on(db.session(), now=utc_now())
    return {
        "items": [
            {"id": account.id, "name": account.name, "standing": account.standing.value, "holdings": held}
            for account, held in found
        ]
    }


@staff.route("/<int:officer_id>")
@requires(Permission.MANAGE_STAFF)
@staff.response(200, OfficerSchema)
def get_officer(officer_id: int) -> Officer:
    """Return one officer: access and how it came about, sign-ins, and what they hold."""
    return queries.get_officer(db.session(), officer_id, now=utc_now())


@staff.route("/<int:officer_id>/roles", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.arguments(GivenRoleSchema)
@staff.response(200, AccountSchema)
@asks_presence
def give_role(told: tuple[Given, str], officer_id: int) -> Account:
    """Give a role, for good or until a day; another end for a role that they hold changes that."""
    given, reason = told
    access.grant(_account(officer_id).email, given, reason=reason, now=utc_now(), by=current_actor())
    return _account(officer_id)


@staff.route("/<int:officer_id>/roles/taken", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.arguments(TakenRoleSchema)
@staff.response(200, AccountSchema)
def take_role(told: dict[str, Any], officer_id: int) -> Account:
    """Take a role away; the last active manager or administrator keeps theirs."""
    email, now = _account(officer_id).email, utc_now()
    access.revoke(email, told["role"], reason=told["reason"], now=now, by=current_actor())
    return _account(officer_id)


@staff.route("/<int:officer_id>/suspended", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.arguments(ChangeReasonSchema)
@staff.response(200, AccountSchema)
def suspend(told: dict[str, Any], officer_id: int) -> Account:
    """Shut an officer out until further notice: sign-ins and tokens end."""
    access.suspend(_account(officer_id).email, reason=told["reason"], now=utc_now(), by=current_actor())
    return _account(officer_id)


@staff.route("/<int:officer_id>/activated", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.arguments(ConfirmedReasonSchema)
@staff.response(200, AccountSchema)
@asks_presence
def activate(told: dict[str, Any], officer_id: int) -> Account:
    """Let an officer in again, without their old tokens."""
    access.activate(_account(officer_id).email, reason=told["reason"], now=utc_now(), by=current_actor())
    return _account(officer_id)


@staff.route("/<int:officer_id>/ended", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.arguments(ChangeReasonSchema)
@staff.response(200, AccountSchema)
def end(told: dict[str, Any], officer_id: int) -> Account:
    """End the account of somebody who leaves: sign-ins, tokens, password, passkeys and calendar end at once."""
    service.end(_account(officer_id).email, reason=told["reason"], now=utc_now(), by=current_actor())
    return _account(officer_id)


@staff.route("/<int:officer_id>/unlinked", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.arguments(ConfirmedReasonSchema)
@staff.response(200, AccountSchema)
@asks_presence
def unlink(told: dict[str, Any], officer_id: int) -> Account:
    """Unlink an officer from single sign-on."""
    access.unlink(_account(officer_id).email, reason=told["reason"], now=utc_now(), by=current_actor())
    return _account(officer_id)


@staff.route("/<int:officer_id>/sign-ins/<int:sign_in_id>/end", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.response(204)
def end_sign_in(officer_id: int, sign_in_id: int) -> None:
    """Sign out one of an officer's browsers."""
    sign_ins.end_of(officer_id, sign_in_id, actor=current_actor(), now=utc_now())


@staff.route("/<int:officer_id>/sign-ins/end", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.response(200, EndedCountSchema)
def end_sign_ins(officer_id: int) -> dict[str, int]:
    """Sign out every browser of an officer."""
    return {"ended": sign_ins.end_all_of(officer_id, actor=current_actor(), now=utc_now())}


@staff.route("/<int:officer_id>/tokens/end", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@staff.response(200, EndedCountSchema)
def end_tokens(officer_id: int) -> dict[str, int]:
    """End every token of an officer."""
    return {"ended": access.revoke_tokens(_account(officer_id).email, now=utc_now(), by=current_actor())}


def _account(officer_id: int) -> Account:
    return accounts.get_account(db.session(), officer_id)
