"""Operations on how officers sign in: one's own second step to read, and help for those who cannot."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import presence, queries
from tsalert.staff.factors import service
from tsalert.staff.factors.queries import factors_of, is_needed_by, standings
from tsalert.staff.factors.schemas import FactorsSchema, ResetSchema, SignInStandingsSchema
from tsalert.staff.factors.service import Reset
from tsalert.staff.passwords import service as passwords
from tsalert.staff.passwords.schemas import ChangedPasswordSchema, PasswordLinkSchema
from tsalert.staff.presence import asks_presence
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.api import api_blueprint

own = api_blueprint("own_sign_in", "account/sign-in", "How one signs in oneself.")
aid = api_blueprint("sign_in_help", "sign-in-help", "Help for officers who cannot sign in.")
blueprints = (own, aid)


@own.route("/second-step")
@signed_in
@own.response(200, FactorsSchema)
def show_own() -> dict[str, Any]:
    """Return your second steps; they can be set up only in a browser."""
    officer = queries.get_officer_by_id(db.session(), current_actor().officer_id)
    has = factors_of(db.session(), officer.id)
    told = {"app_since": has.app_since, "passkeys": [each.name for each in has.passkeys]}
    return {**told, "codes_left": has.codes_left, "is_needed": is_needed_by(officer)}


@own.route("/password", methods=["PUT"])
@signed_in
@own.arguments(ChangedPasswordSchema)
@own.response(204)
def change_password(told: dict[str, str]) -> None:
    """Change your password; every session ends, tokens stay."""
    now = utc_now()
    presence.require_password(current_actor(), told["old_password"], field="old_password", now=now)
    passwords.change(told["new_password"], actor=current_actor(), now=now)


@aid.route("")
@requires(Permission.MANAGE_STAFF)
@aid.response(200, SignInStandingsSchema)
def list_officers() -> dict[str, Any]:
    """List the active officers, and how each signs in."""
    return {"items": standings(db.session())}


@aid.route("/<int:officer_id>/password-link", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@aid.arguments(ConfirmedSchema)
@aid.response(201, PasswordLinkSchema)
@asks_presence
def make_link(_confirmed: dict[str, Any], officer_id: int) -> dict[str, str]:
    """Make a link, good once and for 24 hours, with which an officer sets a password; it is told this once.

    A token that was given out more than five minutes ago needs its officer's password too.
    """
    return {"link": passwords.link_of(passwords.make_link(officer_id, actor=current_actor(), now=utc_now()))}


@aid.route("/<int:officer_id>/second-step/reset", methods=["POST"])
@requires(Permission.MANAGE_STAFF)
@aid.arguments(ResetSchema)
@aid.response(204)
@asks_presence
def reset(why: Reset, officer_id: int) -> None:
    """Remove a lost second step; a second person confirms that it was lost.

    A token that was given out more than five minutes ago needs its officer's password too.
    """
    service.reset(officer_id, why, actor=current_actor(), now=utc_now())
