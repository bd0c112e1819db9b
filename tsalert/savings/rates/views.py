"""Pages of rate sets: read, written, compared, taken in and out as files, and approved."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.savings.rates import approving, drafting, history, rate_sets
from tsalert.savings.rates import files as rate_files
from tsalert.savings.rates import rules as rate_rules
from tsalert.savings.rates.comparing import compare
from tsalert.savings.rates.rate_sets import RateSetStatus, RateSetView
from tsalert.savings.rates.schemas import ApprovalSchema, CopySchema, PlaceSchema, RateSchema, RateSetHeadSchema
from tsalert.savings.rules import InterventionType
from tsalert.savings.schemas import ContinuationSchema
from tsalert.savings.valuing.valuation import EVIDENCE_GRADES, RateKind, ValueClass, exact_pounds
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.exports import CSV, file_response
from tsalert.web.forms import load_change, load_form, redisplays

bp = Blueprint("rates", __name__, url_prefix="/savings/rate-sets")
_FIRST_DAY_OF_THE_SERIES = date(2021, 4, 1)
_KINDS = {
    RateKind.PER_UNIT: "Pounds for each",
    RateKind.PER_AMOUNT: "Part of an evidenced future loss",
    RateKind.SHARE_OF: "Share of the financial saving",
    RateKind.ANNUAL_STREAM: "Pounds a year for each",
}
_RATED = (ValueClass.FUTURE_FINANCIAL, ValueClass.HEALTH_QOL, ValueClass.OTHER_SOCIETAL)
bp.context_processor(
    lambda: {
        "grades": EVIDENCE_GRADES,
        "exact_pounds": exact_pounds,
        "kinds": [(kind.value, text) for kind, text in _KINDS.items()],
        "type_labels": {kind.value: kind.label for kind in InterventionType},
        "components": [(component.value, component.label) for component in _RATED],
        "bases": list(rate_rules.BASES.items()),
    }
)


@bp.get("")
@requires(Permission.READ_FIGURES)
def list_rate_sets() -> ResponseReturnValue:
    """Show every rate set, and the days for which there is none."""
    found = rate_sets.list_rate_sets(db.session())
    standing = [each.span for each in found if each.status is RateSetStatus.APPROVED and each.basis == "published"]
    today = london_date(utc_now())
    missing = rate_rules.gaps(standing, first_day=_FIRST_DAY_OF_THE_SERIES, last_day=today)
    return render_template("savings/rate_sets.html", rate_sets=found, missing=missing)


@bp.get("/new")
@requires(Permission.RECORD_INTERVENTION)
def new_rate_set() -> ResponseReturnValue:
    """Show the form of a new draft, and the way to bring one as a file."""
    return render_template("savings/new_rate_set.html")


@bp.post("")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(new_rate_set)
def draft_rate_set() -> ResponseReturnValue:
    """Write a new draft without rates, which are added one by one."""
    made = drafting.draft_rate_set(load_form(RateSetHeadSchema()), actor=current_actor(), now=utc_now())
    return _shown(made)


@bp.post("/import")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(new_rate_set)
def import_rate_set() -> ResponseReturnValue:
    """Take a draft in from a file."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise ValidationError("Choose a file.", "file")
    try:
        new = rate_files.read_file(file.filename, file.read())
    except ValidationError as error:
        raise RuleViolation(_told(error), field="file") from error
    return _shown(drafting.draft_rate_set(new, actor=current_actor(), now=utc_now()))


@bp.get("/<slug>")
@requires(Permission.READ_FIGURES)
def show_rate_set(slug: str) -> ResponseReturnValue:
    """Show one rate set with its rates, source, evidence and approval."""
    session = db.session()
    found = rate_sets.list_rate_sets(session)
    shown = rate_sets.get_rate_set(session, slug)
    others = [each for each in found if each.slug != slug]
    return render_template(
        "savings/rate_set.html",
        rate_set=shown,
        seen=drafting.mark_of_set(shown),
        took_over=next((each for each in found if each.id == shown.supersedes_id), None),
        gave_way=next((each for each in found if each.supersedes_id == shown.id), None),
        acts=[(act, history.words_of(act)) for act in history.acts_of(session, shown.id)],
        officers=officer_names(session),
        others=[(each.slug, each.title) for each in others],
        superseded=[(each.slug, each.title) for each in others if _could_give_way(each, shown)],
    )


@bp.get("/<slug>/export/<any(csv, json):kind>")
@requires(Permission.READ_FIGURES)
def export_rate_set(slug: str, kind: str) -> ResponseReturnValue:
    """Give a rate set as a file."""
    known = drafting.content_of(rate_sets.get_rate_set(db.session(), slug))
    if kind == "csv":
        return file_response(f"{slug}.csv", rate_files.write_rates_csv(known), CSV)
    return file_response(f"{slug}.json", rate_files.write_json(known), "application/json")


@bp.get("/<slug>/compare")
@requires(Permission.READ_FIGURES)
def compare_rate_sets(slug: str) -> ResponseReturnValue:
    """Show two rate sets side by side."""
    first = rate_sets.get_rate_set(db.session(), slug)
    second = rate_sets.get_rate_set(db.session(), request.args.get("with", ""))
    return render_template(
        "savings/compare_rate_sets.html", first=first, second=second, pairs=compare(first.rates, second.rates)
    )


@bp.post("/<slug>/copy")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(show_rate_set)
def copy_rate_set(slug: str) -> ResponseReturnValue:
    """Write a draft of another name that says the same."""
    name = load_form(CopySchema())["slug"]
    return _shown(drafting.copy_rate_set(slug, name, actor=current_actor(), now=utc_now()))


@bp.get("/<slug>/edit")
@requires(Permission.RECORD_INTERVENTION)
def edit_rate_set(slug: str) -> ResponseReturnValue:
    """Show what a draft says of itself, to be changed."""
    known = rate_sets.get_rate_set(db.session(), slug)
    return render_template("savings/edit_rate_set.html", rate_set=known, seen=drafting.mark_of_head(known))


@bp.post("/<slug>/edit")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(edit_rate_set)
def change_rate_set(slug: str) -> ResponseReturnValue:
    """Change what a draft says of itself; its rates stay."""
    new, seen = load_change(RateSetHeadSchema())
    drafting.change_head(slug, new, seen=seen, actor=current_actor(), now=utc_now())
    return _shown(slug)


@bp.get("/<slug>/rate")
@requires(Permission.RECORD_INTERVENTION)
def edit_rate(slug: str) -> ResponseReturnValue:
    """Show the form of a rate, filled in where the set has one in that place."""
    known = rate_sets.get_rate_set(db.session(), slug)
    rate = drafting.find_rate(known.rates, request.args.get("type"), request.args.get("component"))
    typed_place = (request.form.get("intervention_type"), request.form.get("component"))
    place = (rate.intervention_type, rate.component) if rate else typed_place
    said = RateSchema().dump(rate) if rate else {}
    typed = {name: "" if value is None else str(value) for name, value in said.items()}
    mark = drafting.mark_of_rate(known, *place)
    return render_template("savings/edit_rate.html", rate_set=known, rate=rate, typed=typed, seen=mark)


@bp.post("/<slug>/rate")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(edit_rate)
def put_rate(slug: str) -> ResponseReturnValue:
    """Add a rate to a draft, or change the one in its place."""
    rate, seen = load_change(RateSchema())
    drafting.put_rate(slug, rate, seen=seen, actor=current_actor(), now=utc_now())
    return _shown(slug)


@bp.post("/<slug>/rate/remove")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(show_rate_set)
def remove_rate(slug: str) -> ResponseReturnValue:
    """Take a rate out of a draft."""
    kind, _, component = load_form(PlaceSchema())["place"].partition(":")
    drafting.remove_rate(slug, kind, component, actor=current_actor(), now=utc_now())
    return _shown(slug)


@bp.post("/<slug>/discard")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(show_rate_set)
def discard_draft(slug: str) -> ResponseReturnValue:
    """Throw a draft away."""
    drafting.discard_draft(slug, actor=current_actor(), now=utc_now())
    flash(f"The draft {slug} was thrown away.")
    return redirect(url_for(".list_rate_sets"), 303)


@bp.post("/<slug>/approve")
@requires(Permission.MANAGE_RATES)
@redisplays(show_rate_set)
def approve_rate_set(slug: str) -> ResponseReturnValue:
    """Approve a draft that somebody else wrote."""
    approval, seen = load_change(ApprovalSchema())
    approving.approve_rate_set(slug, **approval, seen=seen, actor=current_actor(), now=utc_now())
    return _shown(slug)


@bp.post("/<slug>/continue")
@requires(Permission.MANAGE_RATES)
@redisplays(show_rate_set)
def continue_rate_set(slug: str) -> ResponseReturnValue:
    """Approve the rates for other dates, and show the set that came of it."""
    span = load_form(ContinuationSchema())
    return _shown(approving.continue_rate_set(slug, **span, actor=current_actor(), now=utc_now()))


def _shown(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".show_rate_set", slug=slug), 303)


def _could_give_way(other: RateSetView, draft: RateSetView) -> bool:
    is_standing = other.status is RateSetStatus.APPROVED and other.basis == draft.basis
    return is_standing and other.span.overlaps(draft.span)


def _told(error: ValidationError) -> str:
    """Say in one line what is wrong in a file, place by place."""
    return "; ".join(_places(error.messages, ""))


def _places(said: object, path: str) -> list[str]:
    if isinstance(said, dict):
        return [text for name, part in said.items() for text in _places(part, f"{path} {name}".strip())]
    texts = said if isinstance(said, list) else [said]
    return [f"{path}: {text}" for text in texts[:1]]
