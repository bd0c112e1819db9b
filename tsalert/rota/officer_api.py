"""Operations on officers as the rota knows them: how each is reached, and when each stands a shift."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.rota import absences, calendars, mobiles, presenting, queries, silence
from tsalert.rota.officer_schemas import OfficerDutySchema, OfficerReachListSchema, OwnDutySchema
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.api import api_blueprint

officers = api_blueprint("rota_officers", "rota", "Officers on the rota: their mobiles, shifts to come and leave.")
blueprints = (officers,)


@officers.route("/officers")
@requires(Permission.MANAGE_ROTA)
@officers.response(200, OfficerReachListSchema)
def list_officers() -> dict[str, Any]:
    """List which officers can be reached, and which cannot."""
    session = db.session()
    held = queries.mobiles(session)
    silent = {each.officer_id: each.since for each in silence.silent_officers(session)}
    return {
        "items": [
            {
                "officer_id": officer_id,
                "name": name,
                "mobile": held.get(officer_id),
                "silent_since": silent.get(officer_id),
            }
            for officer_id, name in staff.active_officers(session)
        ]
    }


@officers.route("/officers/<int:officer_id>")
@requires(Permission.SEE_BOARD)
@officers.response(200, OfficerDutySchema)
def get_officer(officer_id: int) -> dict[str, Any]:
    """Return an officer's future shifts; the mobile only for people who may change the rota, and for themselves."""
    actor = current_actor()
    told = _duty(officer_id)
    sees_mobile = actor.may(Permission.MANAGE_ROTA) or actor.officer_id == officer_id
    return told if sees_mobile else told | {"mobile": None}


@officers.route("/own")
@signed_in
@officers.response(200, OwnDutySchema)
def get_own() -> dict[str, Any]:
    """Return the caller's own shifts, mobile and calendar."""
    session, now, officer_id = db.session(), utc_now(), current_actor().officer_id or 0
    waiting = mobiles.waiting_for(session, officer_id, now=now)
    return _duty(officer_id) | {"waiting_for": waiting, "calendar_since": calendars.link_since(session, officer_id)}


def _duty(officer_id: int) -> dict[str, Any]:
    session, now = db.session(), utc_now()
    return {
        "officer_id": officer_id,
        "name": staff.get_officer_by_id(session, officer_id).name,
        "mobile": queries.mobile_of(session, officer_id),
        "silent_since": silence.silent_since(session, officer_id),
        "shifts": [
            {"slot": slot, "is_stood": presenting.stood_fully(slot)}
            for slot in presenting.own_slots(session, officer_id, now=now)
        ],
        "leave": absences.leave_ahead(session, now=now, officer_id=officer_id),
    }
