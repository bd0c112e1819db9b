"""Operations on the rota."""

from typing import Any

from flask import current_app
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.rota import absences, alarms, calendars, listing, mobiles, planning, presenting, queries, service, silence
from tsalert.rota.models import Leave, Pattern, Shift
from tsalert.rota.occurrences import WeeklyPattern
from tsalert.rota.own_views import address_of
from tsalert.rota.schemas import (
    CalendarSchema,
    CodeSchema,
    GapListSchema,
    GiftSchema,
    LastDaySchema,
    LeaveListSchema,
    LeaveSchema,
    LeaveShownSchema,
    MadeCalendarSchema,
    NewShiftSchema,
    OnDutyListSchema,
    PatternListSchema,
    PatternSchema,
    PatternShownSchema,
    PhoneSchema,
    ReasonSchema,
    ShiftListSchema,
    ShiftSchema,
    SilentListSchema,
    SpanSchema,
    WhenSchema,
)
from tsalert.rota.service import Gift, NewShift
from tsalert.staff.presence import asks_presence
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.access import current_actor, requires, signed_in, weighs_tokens
from tsalert.web.api import api_blueprint

rota = api_blueprint("rota", "rota", "Who is on duty, shifts, swaps, leave and patterns.")
blueprints = (rota,)


@rota.route("/on-duty")
@requires(Permission.SEE_BOARD)
@rota.arguments(WhenSchema, location="query", unknown=RAISE)
@rota.response(200, OnDutyListSchema)
def get_on_duty(asked: dict[str, Any]) -> dict[str, Any]:
    """Return who is on duty at a moment, past or future; mobiles only for people who may change the rota."""
    session, at = db.session(), asked["at"] or utc_now()
    people = queries.on_duty(session, at=at)
    shown = people if current_actor().may(Permission.MANAGE_ROTA) else listing.without_mobiles(people)
    return {"at": at, "items": shown, "next_change_at": queries.next_change(session, at=at)}


@rota.route("/gaps")
@requires(Permission.SEE_BOARD)
@rota.response(200, GapListSchema)
def list_gaps() -> dict[str, Any]:
    """List the gaps that begin within seven days."""
    return {"items": alarms.gaps_ahead(db.session(), now=utc_now())}


@rota.route("/silent-mobiles")
@requires(Permission.MANAGE_ROTA)
@rota.response(200, SilentListSchema)
def list_silent() -> dict[str, Any]:
    """List officers who get no texts because STOP was texted from their mobile; START puts it right."""
    return {"items": silence.silent_officers(db.session())}


@rota.route("/shifts")
@requires(Permission.SEE_BOARD)
@rota.arguments(SpanSchema, location="query", unknown=RAISE)
@rota.response(200, ShiftListSchema)
def list_shifts(asked: dict[str, Any]) -> dict[str, Any]:
    """List the shifts within a period of two months at most, including cancelled ones."""
    return {"items": listing.shifts(db.session(), **asked)}


@rota.route("/shifts", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.arguments(NewShiftSchema)
@rota.response(201, ShiftSchema)
def add_shift(new: NewShift) -> Shift:
    """Put an officer on a single shift."""
    return _shift(service.add_shift(new, actor=current_actor(), now=utc_now()))


@rota.route("/shifts/<int:shift_id>")
@requires(Permission.SEE_BOARD)
@rota.response(200, ShiftSchema)
def get_shift(shift_id: int) -> Shift:
    """Return one shift."""
    return _shift(shift_id)


@rota.route("/shifts/<int:shift_id>/give", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.arguments(GiftSchema)
@rota.response(200, ShiftSchema)
def give_shift(gift: Gift, shift_id: int) -> Shift:
    """Give a shift, or part of it, to another officer; their new shift is returned."""
    return _shift(service.give_shift(shift_id, gift, actor=current_actor(), now=utc_now()))


@rota.route("/shifts/<int:shift_id>/cancel", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.arguments(ReasonSchema)
@rota.response(200, ShiftSchema)
def cancel_shift(told: dict[str, Any], shift_id: int) -> Shift:
    """Cancel a shift, or end it now if it has begun."""
    service.cancel_shift(shift_id, **told, actor=current_actor(), now=utc_now())
    return _shift(shift_id)


@rota.route("/patterns")
@requires(Permission.SEE_BOARD)
@rota.response(200, PatternListSchema)
def list_patterns() -> dict[str, Any]:
    """List the patterns that have not ended."""
    return {"items": presenting.patterns(db.session(), now=utc_now())}


@rota.route("/patterns", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.arguments(PatternSchema)
@rota.response(201, PatternShownSchema)
def add_pattern(new: WeeklyPattern) -> Pattern:
    """Add a pattern and make its shifts."""
    return _pattern(planning.add_pattern(new, actor=current_actor(), now=utc_now()))


@rota.route("/patterns/<int:pattern_id>/change", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.arguments(PatternSchema)
@rota.response(200, PatternShownSchema)
def change_pattern(new: WeeklyPattern, pattern_id: int) -> Pattern:
    """Replace a pattern with another one, which is returned."""
    return _pattern(planning.change_pattern(pattern_id, new, actor=current_actor(), now=utc_now()))


@rota.route("/patterns/<int:pattern_id>/end", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.arguments(LastDaySchema)
@rota.response(200, PatternShownSchema)
def end_pattern(told: dict[str, Any], pattern_id: int) -> Pattern:
    """End a pattern: none of its shifts begins after the day given."""
    planning.end_pattern(pattern_id, **told, actor=current_actor(), now=utc_now())
    return _pattern(pattern_id)


@rota.route("/leave")
@requires(Permission.MANAGE_ROTA)
@rota.response(200, LeaveListSchema)
def list_leave() -> dict[str, Any]:
    """List the leave that is not over."""
    return {"items": absences.leave_ahead(db.session(), now=utc_now())}


@rota.route("/leave", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.arguments(LeaveSchema)
@rota.response(201, LeaveShownSchema)
def record_leave(told: dict[str, Any]) -> Leave | None:
    """Record an officer's leave."""
    leave_id = absences.record_leave(**told, actor=current_actor(), now=utc_now())
    return db.session().get(Leave, leave_id)


@rota.route("/leave/<int:leave_id>/cancel", methods=["POST"])
@requires(Permission.MANAGE_ROTA)
@rota.response(204)
def cancel_leave(leave_id: int) -> None:
    """Cancel leave, or end it now."""
    absences.cancel_leave(leave_id, actor=current_actor(), now=utc_now())


@rota.route("/calendar")
@signed_in
@rota.response(200, CalendarSchema)
def get_calendar() -> dict[str, Any]:
    """Return since when your calendar has had its secret address; null if it has none."""
    return {"since": calendars.link_since(db.session(), current_actor().officer_id or 0)}


@rota.route("/calendar", methods=["POST"])
@signed_in
@rota.arguments(ConfirmedSchema)
@rota.response(201, MadeCalendarSchema)
@asks_presence
def renew_calendar(_confirmed: dict[str, Any]) -> dict[str, Any]:
    """Make a new secret address for the caller's calendar, told this once; the former one is closed."""
    now = utc_now()
    return {"since": now, "address": address_of(calendars.renew_link(actor=current_actor(), now=now))}


@rota.route("/calendar", methods=["DELETE"])
@signed_in
@rota.response(204)
def revoke_calendar() -> None:
    """Close the address of the caller's calendar."""
    calendars.revoke_link(actor=current_actor(), now=utc_now())


@rota.route("/mobile", methods=["POST"])
@signed_in
@rota.arguments(PhoneSchema)
@rota.response(204)
@asks_presence
def send_code(told: dict[str, Any]) -> None:
    """Text a code to your own mobile."""
    is_demo = current_app.config["TSALERT_DEMO"]
    mobiles.send_code(told["phone"], actor=current_actor(), now=utc_now(), is_demo=is_demo)


@rota.route("/mobile/code", methods=["POST"])
@signed_in
@rota.arguments(CodeSchema)
@rota.response(204)
def confirm_code(told: dict[str, Any]) -> None:
    """Verify the mobile to which a code was texted."""
    mobiles.confirm_code(told["code"], actor=current_actor(), now=utc_now())


@rota.route("/officers/<int:officer_id>/mobile", methods=["DELETE"])
@signed_in
@weighs_tokens
@rota.response(204)
def remove_mobile(officer_id: int) -> None:
    """Remove a mobile: your own, or anybody's if you may change the rota."""
    mobiles.remove_mobile(officer_id, actor=current_actor(), now=utc_now())


def _shift(shift_id: int) -> Shift:
    return service.get_shift(db.session(), shift_id)


def _pattern(pattern_id: int) -> Pattern:
    return planning.get_pattern(db.session(), pattern_id)
