"""Pages of activities: what is planned and was done, each one, its plan, and a period in numbers."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.activities import queries, service, zone_queries
from tsalert.activities.figures import activity_totals, total_rows
from tsalert.activities.queries import ActivityFilter, ActivityView
from tsalert.activities.rules import Plan, require_state
from tsalert.activities.schemas import (
    ActivityCancellationSchema,
    ActivityFilterSchema,
    ActivityPeriodSchema,
    PlanChangeSchema,
    PlanSchema,
)
from tsalert.activities.service import Seen
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, State, ZoneAct
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of, recent_periods
from tsalert.db import db
from tsalert.places.queries import ward_names, ward_options
from tsalert.staff.queries import active_officers, officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.exports import Cell, csv_response
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("activities", __name__)
_ASKED = ("kind", "state", "ward", "period", "without_saving")
_HEAD = (
    "Reference", "Kind", "State", "Title", "First day", "Last day", "Wards", "Place", "Audience", "Host", "Topic",
    "Given by", "Officers", "Partners", "Materials", "Present", "Trained", "Trained again", "SCAMchampions", "Leaflets",
    "Reach", "Outcome", "Why cancelled", "Saving",
)  # fmt: skip


@bp.get("/activities")
@requires(Permission.READ_FIGURES)
def list_activities() -> ResponseReturnValue:
    """List what is planned and what was done, the latest first, and what was done with zones meanwhile."""
    wanted: ActivityFilter = read_form(ActivityFilterSchema(), request.args)
    asked = {name: request.args[name] for name in _ASKED if request.args.get(name, "").strip()}
    session = db.session()
    page = queries.list_activities(session, wanted)
    zones = zone_queries.zones_touched(session, wanted.period, wanted.ward) if wanted.period else ()
    older = f"{url_for('.list_activities')}?{urlencode(asked | {'after': page.next})}" if page.next else None
    return render_template(
        "activities/list.html", page=page, asked=asked, older=older, zones=zones, acts=ZoneAct, **_choices()
    )


@bp.get("/activities.csv")
@requires(Permission.READ_FIGURES)
def export_activities() -> ResponseReturnValue:
    """Answer with every activity of a list as CSV."""
    wanted: ActivityFilter = read_form(ActivityFilterSchema(), request.args)
    page = queries.list_activities(db.session(), wanted, size=None)
    wards, officers = ward_names(db.session()), officer_names(db.session())
    return csv_response("activities.csv", _HEAD, (_cells(each, wards, officers) for each in page.items))


@bp.get("/activities/totals")
@requires(Permission.READ_FIGURES)
def show_totals() -> ResponseReturnValue:
    """Show the activities of a period in numbers; by default those of this quarter."""
    today = london_date(utc_now())
    asked = request.args.get("period", "").strip() or quarter_of(today).label
    period = ActivityPeriodSchema().load({"period": asked})["period"]
    totals = activity_totals(db.session(), period)
    periods = [each.label for each in recent_periods(today)]
    groups: dict[str, list[tuple[str, int]]] = {}
    for group, what, number in total_rows(totals):
        if number:
            groups.setdefault(group, []).append((what, number))
    return render_template("activities/totals.html", totals=totals, groups=groups, periods=periods)


@bp.get("/activities/totals.csv")
@requires(Permission.READ_FIGURES)
def export_totals() -> ResponseReturnValue:
    """Answer with the activities of a period in numbers, as CSV."""
    period = ActivityPeriodSchema().load(request.args)["period"]
    totals = activity_totals(db.session(), period)
    name = period.label.replace("/", "-").replace(" ", "-")
    return csv_response(f"activities-{name}.csv", ("Group", "What", "Number"), total_rows(totals))


@bp.get("/activities/new")
@requires(Permission.RECORD_INTERVENTION)
def new_activity() -> ResponseReturnValue:
    """Ask what kind it is, then for what is known of it."""
    given = request.args.get("kind") or request.form.get("kind") or ""
    kind = ActivityFilterSchema(only=("kind",)).load({"kind": given}).kind if given else None
    if kind is None:
        return render_template("activities/choose_kind.html", kinds=list(ActivityKind))
    return render_template("activities/plan.html", activity=None, kind=kind, **_choices())


@bp.post("/activities")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(new_activity)
def plan_activity() -> ResponseReturnValue:
    """Record an activity; one that is over is asked for its numbers next."""
    plan: Plan = load_form(PlanSchema())
    activity_id = service.plan_activity(plan, actor=current_actor(), now=utc_now())
    is_over = plan.last_day <= london_date(utc_now())
    return redirect(url_for("sessions.hold_page" if is_over else ".show_activity", activity_id=activity_id), 303)


@bp.get("/activities/<int:activity_id>")
@requires(Permission.READ_FIGURES)
def show_activity(activity_id: int) -> ResponseReturnValue:
    """Show one activity, what came of it, and what it said before it was corrected."""
    session = db.session()
    return render_template(
        "activities/activity.html",
        activity=queries.get_activity(session, activity_id),
        corrections=queries.corrections_of(session, activity_id),
        states=State,
        **_choices(),
    )


@bp.get("/activities/<int:activity_id>/plan")
@requires(Permission.RECORD_INTERVENTION)
def plan_page(activity_id: int) -> ResponseReturnValue:
    """Show the plan of an activity, to be written anew."""
    activity = _planned(activity_id)
    return render_template("activities/plan.html", activity=activity, kind=activity.plan.kind, **_choices())


@bp.post("/activities/<int:activity_id>/plan")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(plan_page)
def change_plan(activity_id: int) -> ResponseReturnValue:
    """Write the plan of an activity anew."""
    told = load_form(PlanChangeSchema())
    service.change_plan(Seen(activity_id, told["of_version"]), told["plan"], actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_activity", activity_id=activity_id), 303)


@bp.get("/activities/<int:activity_id>/cancel")
@requires(Permission.RECORD_INTERVENTION)
def cancel_page(activity_id: int) -> ResponseReturnValue:
    """Ask why an activity does not take place."""
    return render_template("activities/cancel.html", activity=_planned(activity_id))


@bp.post("/activities/<int:activity_id>/cancel")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(cancel_page)
def cancel_activity(activity_id: int) -> ResponseReturnValue:
    """Say that an activity does not take place."""
    told = load_form(ActivityCancellationSchema())
    seen = Seen(activity_id, told["of_version"])
    service.cancel_activity(seen, told["reason"], actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_activity", activity_id=activity_id), 303)


def _planned(activity_id: int) -> ActivityView:
    activity = queries.get_activity(db.session(), activity_id)
    require_state(activity.state, State.PLANNED)
    return activity


def _choices() -> dict[str, Any]:
    session, today = db.session(), london_date(utc_now())
    return {
        "kinds": ActivityKind.options(),
        "states_offered": State.options(),
        "audiences": Audience.options(),
        "channels": Channel.options(),
        "wards": ward_options(session),
        "ward_names": ward_names(session),
        "officers": active_officers(session),
        "officer_names": officer_names(session),
        "periods": [(each.label, each.label) for each in recent_periods(today)],
        "today": today,
    }


def _cells(each: ActivityView, wards: dict[str, str], officers: dict[int, str]) -> tuple[Cell, ...]:
    plan, result = each.plan, each.result
    numbers = (result.present, result.trained, result.refreshers, result.champions, result.leaflets) if result else ()
    reach = "; ".join(f"{one.channel.label} {one.people} ({one.how})" for one in result.reach) if result else None
    return (
        each.reference,
        plan.kind.label,
        each.state.label,
        plan.title,
        plan.first_day.isoformat(),
        plan.last_day.isoformat(),
        "; ".join(wards.get(code, code) for code in plan.ward_codes),
        plan.place,
        plan.audience.label if plan.audience else None,
        plan.host,
        plan.topic,
        plan.given_by,
        "; ".join(officers.get(number, "") for number in plan.officer_ids),
        plan.partners,
        plan.materials,
        *(numbers or (None,) * 5),
        reach,
        result.outcome if result else None,
        each.cancelled_reason,
        each.intervention_reference,
    )
