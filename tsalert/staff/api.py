"""Operations on one's own account."""

from typing import Any

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import queries, service
from tsalert.staff.schemas import ChosenShortcutSchema, OwnAccountSchema
from tsalert.web.access import current_actor, signed_in
from tsalert.web.api import api_blueprint

account = api_blueprint("account", "account", "What officers choose for themselves.")
blueprints = (account,)


@account.route("")
@signed_in
@account.response(200, OwnAccountSchema)
def get_account() -> dict[str, Any]:
    """Return whose token this is, and what it may do."""
    actor = current_actor()
    officer = queries.get_officer_by_id(db.session(), actor.officer_id)
    roles = sorted(role.name for role in officer.roles)
    named = {"id": officer.id, "name": officer.name, "email": officer.email}
    return named | {"roles": roles, "permissions": sorted(actor.permissions), "shortcut": officer.shortcut}


@account.route("/shortcut")
@signed_in
@account.response(200, ChosenShortcutSchema)
def get_shortcut() -> dict[str, str]:
    """Return the key that opens the form for a call; empty if it is switched off."""
    return _shown()


@account.route("/shortcut", methods=["PUT"])
@signed_in
@account.arguments(ChosenShortcutSchema)
@account.response(200, ChosenShortcutSchema)
def choose_shortcut(told: dict[str, Any]) -> dict[str, str]:
    """Choose the key that opens the form for a call; an empty one switches it off."""
    service.choose_shortcut(told["key"], actor=current_actor(), now=utc_now())
    return _shown()


def _shown() -> dict[str, str]:
    return {"key": queries.get_officer_by_id(db.session(), current_actor().officer_id).shortcut}
