"""Pages of the rota: who stands when, and the changes that managers make."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tsalert.core.actors import Permission
from tsalert.core.clock import in_london, london_date, utc_now
from tsalert.core.keys import is_id
from tsalert.db import db
from tsalert.rota import absences, mobiles, planning, presenting, queries, service, silence, vocabulary, wording
from tsalert.rota.schemas import (
    GiftSchema,
    LastDaySchema,
    LeaveSchema,
    NewShiftSchema,
    PatternSchema,
    ReasonSchema,
    ShiftWishSchema,
    WeekSchema,
    WhenSchema,
)
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import UNREACHABLE, load_form, read_form, redisplays

bp = Blueprint("rota", __name__, url_prefix="/rota")
bp.context_processor(lambda: {"vocabulary": vocabulary, "hours": wording.hours, "names": _names()})


@bp.get("")
@requires(Permission.SEE_BOARD)
def show_rota() -> ResponseReturnValue:
    """Show two weeks by day, and the gaps of the next seven days."""
    session, now = db.session(), utc_now()
    monday = presenting.monday_of(WeekSchema().load(request.args)["day"] or london_date(now))
    shown = timedelta(weeks=presenting.WEEKS_SHOWN)
    return render_template(
        "rota/rota.html",
        days=presenting.rota_days(session, monday, now=now),
        today=london_date(now),
        earlier=monday - shown,
        later=monday + shown,
        gaps=presenting.gaps_to_fill(session, now=now),
        silent=silence.silent_officers(session),
        is_in_use=queries.is_in_use(session),
    )


@bp.get("/on-duty")
@requires(Permission.SEE_BOARD)
def show_on_duty() -> ResponseReturnValue:
    """Say who is, was or will be on duty at an instant."""
    asked = MultiDict([*request.args.items(multi=True)])
    asked.setdefault("at_zone", "BST")
    at = read_form(WhenSchema(), asked)["at"] or utc_now()
    session = db.session()
    people, change = queries.on_duty(session, at=at), queries.next_change(session, at=at)
    return render_template("rota/on_duty.html", at=at, wall=_wall(at), people=people, change=change)


@bp.get("/officers")
@requires(Permission.MANAGE_ROTA)
def list_officers() -> ResponseReturnValue:
    """Show which officers can be reached, and which cannot."""
    session = db.session()
    return render_template(
        "rota/officers.html",
        officers=staff.active_officers(session),
        mobiles=queries.mobiles(session),
        silent={each.officer_id: each.since for each in silence.silent_officers(session)},
    )


@bp.get("/officers/<int:officer_id>")
@requires(Permission.SEE_BOARD)
def show_officer(officer_id: int) -> ResponseReturnValue:
    """Show one officer's shifts to come; the mobile is for those who may change the rota, and for themselves."""
    session, now, actor = db.session(), utc_now(), current_actor()
    person = staff.get_officer_by_id(session, officer_id if is_id(officer_id) else None)
    sees_mobile = actor.may(Permission.MANAGE_ROTA) or actor.officer_id == officer_id
    slots = presenting.own_slots(session, officer_id, now=now)
    return render_template(
        "rota/officer.html",
        officer=person,
        slots=[(slot, presenting.stood_fully(slot)) for slot in slots],
        leave=absences.leave_ahead(session, now=now, officer_id=officer_id),
        mobile=queries.mobile_of(session, officer_id) if sees_mobile else None,
        sees_mobile=sees_mobile,
        silent_since=silence.silent_since(session, officer_id),
    )


@bp.post("/officers/<int:officer_id>/mobile/remove")
@requires(Permission.MANAGE_ROTA)
def remove_mobile(officer_id: int) -> ResponseReturnValue:
    """Take an officer's mobile away, such as one that was lost."""
    mobiles.remove_mobile(officer_id, actor=current_actor(), now=utc_now())
    flash("Removed. Shifts that they had are gaps now.", "success")
    return redirect(url_for(".show_officer", officer_id=officer_id), 303)


@bp.get("/shifts/<int:shift_id>")
@requires(Permission.SEE_BOARD)
def show_shift(shift_id: int) -> ResponseReturnValue:
    """Show one shift and how it came to its officer."""
    shift = service.get_shift(db.session(), shift_id)
    swaps = presenting.swaps_of(db.session(), shift_id)
    is_over = shift.ends_at <= utc_now()
    return render_template("rota/shift.html", shift=shift, swaps=swaps, is_over=is_over)


@bp.get("/shifts/new")
@requires(Permission.MANAGE_ROTA)
def show_new_shift() -> ResponseReturnValue:
    """Show the form of a single shift, filled from a gap where one led here."""
    wish = read_form(ShiftWishSchema(), request.args)
    return render_template(
        "rota/new_shift.html",
        duty=wish["duty"],
        starts=_wall_to_come(wish["starts_at"]),
        ends=_wall(wish["ends_at"]),
        officers=presenting.able_officers(db.session()),
    )


@bp.post("/shifts")
@requires(Permission.MANAGE_ROTA)
@redisplays(show_new_shift)
def add_shift() -> ResponseReturnValue:
    """Put an officer on a single shift."""
    shift_id = service.add_shift(load_form(NewShiftSchema()), actor=current_actor(), now=utc_now())
    return _to_shift(shift_id, "The shift is on the rota.")


@bp.get("/shifts/<int:shift_id>/<any('give', 'cancel'):form_name>")
@requires(Permission.MANAGE_ROTA)
def show_shift_form(shift_id: int, form_name: str) -> ResponseReturnValue:
    """Show the form with which a shift is given away or cancelled."""
    shift, wish = service.get_shift(db.session(), shift_id), read_form(ShiftWishSchema(), request.args)
    officers = [each for each in presenting.able_officers(db.session()) if each[0] != shift.officer_id]
    return render_template(
        f"rota/{form_name}.html",
        shift=shift,
        officers=officers,
        has_begun=shift.starts_at < utc_now(),
        starts=_wall_to_come(wish["starts_at"]),
        ends=_wall(wish["ends_at"]),
    )


@bp.post("/shifts/<int:shift_id>/give")
@requires(Permission.MANAGE_ROTA)
@redisplays(lambda shift_id: show_shift_form(shift_id, "give"))
def give_shift(shift_id: int) -> ResponseReturnValue:
    """Give a shift, or part of it, to another officer."""
    given = service.give_shift(shift_id, load_form(GiftSchema()), actor=current_actor(), now=utc_now())
    return _to_shift(given, "Given. Tell both of them.")


@bp.post("/shifts/<int:shift_id>/cancel")
@requires(Permission.MANAGE_ROTA)
@redisplays(lambda shift_id: show_shift_form(shift_id, "cancel"))
def cancel_shift(shift_id: int) -> ResponseReturnValue:
    """Cancel a shift, or end it now."""
    service.cancel_shift(shift_id, **load_form(ReasonSchema()), actor=current_actor(), now=utc_now())
    return _to_shift(shift_id, "Cancelled. Any time with nobody on duty is now a gap.")


@bp.get("/patterns")
@requires(Permission.SEE_BOARD)
def list_patterns() -> ResponseReturnValue:
    """Show the weekly patterns that have not ended."""
    now = utc_now()
    return render_template(
        "rota/patterns.html",
        patterns=presenting.patterns(db.session(), now=now),
        reachable=queries.mobiles(db.session()),
    )


@bp.get("/patterns/new")
@requires(Permission.MANAGE_ROTA)
def show_new_pattern() -> ResponseReturnValue:
    """Show the form of a pattern."""
    return _pattern_form(None)


@bp.post("/patterns")
@requires(Permission.MANAGE_ROTA)
@redisplays(show_new_pattern)
def add_pattern() -> ResponseReturnValue:
    """Add a pattern and make its shifts."""
    planning.add_pattern(load_form(PatternSchema()), actor=current_actor(), now=utc_now())
    return _to_patterns("The pattern is in force, and its shifts are on the rota.")


@bp.get("/patterns/<int:pattern_id>/change")
@requires(Permission.MANAGE_ROTA)
def show_pattern(pattern_id: int) -> ResponseReturnValue:
    """Show the form with which another pattern takes the place of this one."""
    return _pattern_form(pattern_id)


@bp.post("/patterns/<int:pattern_id>/change")
@requires(Permission.MANAGE_ROTA)
@redisplays(show_pattern)
def change_pattern(pattern_id: int) -> ResponseReturnValue:
    """Let another pattern take the place of this one."""
    planning.change_pattern(pattern_id, load_form(PatternSchema()), actor=current_actor(), now=utc_now())
    return _to_patterns("The pattern is changed. Shifts that had begun, or were given to somebody, stay as they are.")


@bp.get("/patterns/<int:pattern_id>/end")
@requires(Permission.MANAGE_ROTA)
def show_pattern_end(pattern_id: int) -> ResponseReturnValue:
    """Show the form that ends a pattern."""
    pattern = planning.get_pattern(db.session(), pattern_id)
    return render_template("rota/end_pattern.html", pattern=pattern, today=london_date(utc_now()))


@bp.post("/patterns/<int:pattern_id>/end")
@requires(Permission.MANAGE_ROTA)
@redisplays(show_pattern_end)
def end_pattern(pattern_id: int) -> ResponseReturnValue:
    """Let no shift of a pattern begin after a day."""
    planning.end_pattern(pattern_id, **load_form(LastDaySchema()), actor=current_actor(), now=utc_now())
    return _to_patterns("The pattern ends on that day.")


@bp.get("/leave")
@requires(Permission.MANAGE_ROTA)
def show_leave() -> ResponseReturnValue:
    """Show who will be away, and the form for more."""
    session, now = db.session(), utc_now()
    leave = absences.leave_ahead(session, now=now)
    return render_template("rota/leave.html", leave=leave, officers=staff.active_officers(session))


@bp.post("/leave")
@requires(Permission.MANAGE_ROTA)
@redisplays(show_leave)
def record_leave() -> ResponseReturnValue:
    """Record an officer's leave; their shifts become gaps."""
    absences.record_leave(**load_form(LeaveSchema()), actor=current_actor(), now=utc_now())
    flash("Recorded. Their shifts in those days are gaps until somebody takes them.", "success")
    return redirect(url_for(".show_leave"), 303)


@bp.post("/leave/<int:leave_id>/cancel")
@requires(Permission.MANAGE_ROTA)
def cancel_leave(leave_id: int) -> ResponseReturnValue:
    """Cancel leave, or end it now."""
    absences.cancel_leave(leave_id, actor=current_actor(), now=utc_now())
    flash("Cancelled. They are on their shifts again, except those that others took.", "success")
    return redirect(url_for(".show_leave"), 303)


def _pattern_form(pattern_id: int | None) -> ResponseReturnValue:
    old = planning.get_pattern(db.session(), pattern_id) if pattern_id is not None else None
    officers = presenting.able_officers(db.session())
    return render_template("rota/pattern.html", old=old, officers=officers, today=london_date(utc_now()))


def _to_shift(shift_id: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show_shift", shift_id=shift_id), 303)


def _to_patterns(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".list_patterns"), 303)


def _wall(at: datetime | None) -> str:
    """Write an instant as a field for date and time takes it."""
    return f"{in_london(at):%Y-%m-%dT%H:%M}" if at else ""


def _wall_to_come(at: datetime | None) -> str:
    """Write an instant to come; what is past is left empty, which means now."""
    return _wall(at) if at and at > utc_now() else ""


def _names() -> dict[int, str]:
    """Return officers' names; none where the database is gone, so that a page can say so."""
    try:
        return staff.officer_names(db.session())
    except UNREACHABLE:
        return {}
