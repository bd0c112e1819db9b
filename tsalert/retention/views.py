"""Pages of keeping: rules, lists of what is due, their approval, certificates, and the register of what is held."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.retention import certifying, keeping, runs, showing
from tsalert.retention.schemas import NewRetentionRuleSchema
from tsalert.retention.vocabulary import COUNTED_FROM, ItemState, Root, RuleKind, RunState
from tsalert.staff.queries import officer_names
from tsalert.telephone.rules import KEPT_FOR
from tsalert.web.access import current_actor, requires
from tsalert.web.exports import file_response
from tsalert.web.fields import PlaceAsked
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("retention", __name__, url_prefix="/retention")
_COLOURS = {RunState.LISTED: "blue", RunState.RUNNING: "yellow", RunState.DONE: "green", RunState.DISCARDED: "grey"}
bp.context_processor(
    lambda: {
        "kinds": {kind.value: kind.label for kind in RuleKind},
        "roots": {root.value: root.label for root in Root},
        "states": {state.value: state.label for state in ItemState},
        "run_states": {state.value: state.label for state in RunState},
        "run_colours": {state.value: colour for state, colour in _COLOURS.items()},
        "counted_from": {kind.value: text for kind, text in COUNTED_FROM.items()},
    }
)


@bp.app_context_processor
def _marks() -> dict[str, object]:
    """Offer to the page of any record what is to be said of its keeping."""
    return {"retention_mark": lambda subject, key: showing.mark_of(db.session(), subject, key)}


@bp.get("")
@requires(Permission.RUN_RETENTION)
def show_retention() -> ResponseReturnValue:
    """Show how long records are kept, and what was or is to be erased."""
    session = db.session()
    return render_template(
        "retention/overview.html",
        rules=keeping.list_rules(session, london_date(utc_now())),
        runs=runs.list_runs(session, **load_page()),
        officers=officer_names(session),
        recording_days=KEPT_FOR.days,
    )


@bp.get("/register")
@requires(Permission.RUN_RETENTION)
def show_register() -> ResponseReturnValue:
    """Show what is held of people, table by table, and what becomes of it."""
    return render_template("retention/register.html", tables=showing.register_told())


@bp.get("/rules/new")
@requires(Permission.RUN_RETENTION)
def new_rule() -> ResponseReturnValue:
    """Show the form of a rule."""
    return render_template(
        "retention/new_rule.html", kinds_offered=RuleKind.options(), kind=request.args.get("kind", "")
    )


@bp.post("/rules")
@requires(Permission.RUN_RETENTION)
@redisplays(new_rule)
def propose_rule() -> ResponseReturnValue:
    """Write down a rule, which waits for the data protection officer."""
    keeping.propose_rule(**load_form(NewRetentionRuleSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_retention"), 303)


@bp.post("/rules/<int:rule_id>/approve")
@requires(Permission.APPROVE_RETENTION)
@redisplays(lambda **_: show_retention())
def approve_rule(rule_id: int) -> ResponseReturnValue:
    """Let a rule hold from its day on."""
    keeping.approve_rule(rule_id, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_retention"), 303)


@bp.post("/runs")
@requires(Permission.RUN_RETENTION)
@redisplays(show_retention)
def make_list() -> ResponseReturnValue:
    """List what is due, and show the list."""
    return _shown(runs.make_list(actor=current_actor(), now=utc_now()))


@bp.get("/runs/<int:run_id>")
@requires(Permission.RUN_RETENTION)
def show_run(run_id: int) -> ResponseReturnValue:
    """Show a list: how much of what is due, what is held back, who approved it, and how far it is."""
    session = db.session()
    page = runs.page_of_items(session, run_id, **load_page(PlaceAsked))
    return render_template(
        "retention/run.html",
        run=runs.get_run(session, run_id),
        approvals=runs.approvals(session, run_id),
        counts=runs.tallied(session, run_id),
        page=page,
        more=url_for(".show_run", run_id=run_id, after=page.next) if page.next else None,
        officers=officer_names(session),
    )


@bp.post("/runs/<int:run_id>/approve")
@requires(Permission.RUN_RETENTION)
@redisplays(show_run)
def approve_list(run_id: int) -> ResponseReturnValue:
    """Approve a list."""
    runs.approve_list(run_id, actor=current_actor(), now=utc_now())
    return _shown(run_id)


@bp.post("/runs/<int:run_id>/start")
@requires(Permission.RUN_RETENTION)
@redisplays(show_run)
def start_run(run_id: int) -> ResponseReturnValue:
    """Let an approved list be carried out."""
    runs.start_run(run_id, actor=current_actor(), now=utc_now())
    flash("The worker erases it now, a few records at a time. Load this page again to see how far it is.")
    return _shown(run_id)


@bp.post("/runs/<int:run_id>/discard")
@requires(Permission.RUN_RETENTION)
@redisplays(show_run)
def discard_list(run_id: int) -> ResponseReturnValue:
    """Throw a list away."""
    runs.discard_list(run_id, actor=current_actor(), now=utc_now())
    return _shown(run_id)


@bp.get("/runs/<int:run_id>/certificate")
@requires(Permission.RUN_RETENTION)
def show_certificate(run_id: int) -> ResponseReturnValue:
    """Show what a run removed, in counts and digests."""
    session = db.session()
    found = certifying.get_certificate(session, run_id)
    return render_template("retention/certificate.html", found=found, officers=officer_names(session))


@bp.get("/runs/<int:run_id>/certificate.<any(txt, html):kind>")
@requires(Permission.RUN_RETENTION)
def export_certificate(run_id: int, kind: str) -> ResponseReturnValue:
    """Give a certificate as a file to keep."""
    session = db.session()
    found, officers = certifying.get_certificate(session, run_id), officer_names(session)
    name = f"retention-run-{run_id}-certificate.{kind}"
    if kind == "txt":
        return file_response(name, certifying.as_text(found, officers), "text/plain; charset=utf-8")
    page = render_template("retention/certificate_file.html", found=found, officers=officers)
    return file_response(name, page, "text/html; charset=utf-8")


def _shown(run_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_run", run_id=run_id), 303)
