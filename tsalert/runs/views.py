"""Pages of calculation runs: made, proved, signed, published, superseded, and compared."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import provisional
from tsalert.db import db
from tsalert.runs import files, queries, reading, service
from tsalert.runs.queries import Run
from tsalert.runs.rules import RunState, can_succeed
from tsalert.runs.schemas import DifferenceQuery, LinesQuery, NewRunSchema, RunFilterSchema, RunSupersessionSchema
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import PROFILES, get_profile
from tsalert.savings.valuing.recognition import Recognition
from tsalert.savings.valuing.valuation import ValueClass, exact_pounds, shown_pounds
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("runs", __name__, url_prefix="/savings/runs")
_COLOURS = {
    RunState.DRAFT: "grey", RunState.SIGNED: "blue", RunState.PUBLISHED: "green", RunState.SUPERSEDED: "orange",
}  # fmt: skip
bp.context_processor(
    lambda: {
        "colours": _COLOURS,
        "exact_pounds": exact_pounds,
        "shown_pounds": shown_pounds,
        "class_labels": {kind.value: kind.label for kind in ValueClass},
    }
)


@bp.get("")
@requires(Permission.READ_FIGURES)
def list_runs() -> ResponseReturnValue:
    """Show runs, the newest first."""
    asked: dict[str, Any] = {
        name: text for name, text in request.args.items() if name in {"state", "period", "after"} and text.strip()
    }
    page = queries.list_runs(db.session(), **RunFilterSchema().load(asked))
    older = url_for(".list_runs", **asked | {"after": page.next}) if page.next else None
    return render_template("runs/list.html", page=page, asked=asked, older=older, states=list(RunState))


@bp.get("/new")
@requires(Permission.RECORD_INTERVENTION)
def new_run() -> ResponseReturnValue:
    """Show the form of a new run."""
    return render_template(
        "runs/new.html",
        period=request.args.get("period", ""),
        profiles=[(each.slug, each.title) for each in PROFILES.values()],
        bases=[(each.value, each.label) for each in Basis],
        recognitions=[(each.value, each.label) for each in Recognition],
    )


@bp.post("")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(new_run)
def make_run() -> ResponseReturnValue:
    """Work out a period's figures and show the draft."""
    made = service.make_run(**load_form(NewRunSchema()), actor=current_actor(), now=utc_now())
    return _shown(made)


@bp.get("/<int:run_id>")
@requires(Permission.READ_FIGURES)
def show_run(run_id: int) -> ResponseReturnValue:
    """Show a run: what it was asked, its totals and digests, who stands behind it, and its lines."""
    session = db.session()
    run = queries.get_run(session, run_id)
    asked = LinesQuery().load(request.args)
    page = reading.page_of_lines(session, run, after=asked["after"])
    others = [each for each in queries.list_runs(session).items if each.id != run_id]
    return render_template(
        "runs/run.html",
        run=run,
        is_provisional=provisional(run.question.period, london_date(run.as_of)) is not None,
        officers=officer_names(session),
        profile=get_profile(run.question.profile),
        page=page,
        more=url_for(".show_run", run_id=run_id, after=page.next) if page.next else None,
        others=[(each.id, _named(each)) for each in others],
        newer=[(each.id, _named(each)) for each in others if can_succeed(run, each)],
        published=queries.find_published(session, run.question) if run.state is RunState.SIGNED else None,
    )


@bp.get("/<int:run_id>/lines.csv")
@requires(Permission.READ_FIGURES)
def export_lines(run_id: int) -> ResponseReturnValue:
    """Give every line of a run as a file."""
    return files.lines_response(queries.get_run(db.session(), run_id))


@bp.get("/<int:run_id>/difference")
@requires(Permission.READ_FIGURES)
def compare_runs(run_id: int) -> ResponseReturnValue:
    """Show record by record why another run comes to other totals."""
    asked: dict[str, Any] = DifferenceQuery().load(request.args)
    found = reading.compare(db.session(), run_id, asked["other"], after=asked["after"])
    again = {"run_id": run_id, "with": asked["other"]}
    more = url_for(".compare_runs", **again, after=found.next) if found.next else None
    return render_template("runs/difference.html", found=found, more=more)


@bp.post("/<int:run_id>/verify")
@requires(Permission.READ_FIGURES)
@redisplays(show_run)
def verify_run(run_id: int) -> ResponseReturnValue:
    """Work a run out again and say whether it is the same."""
    verdict = service.verify_run(run_id, actor=current_actor(), now=utc_now())
    if verdict.is_same:
        flash(f"Worked out again: the same, bit for bit. Total {shown_pounds(verdict.run.total.exact)}.")
    else:
        found = verdict.outcome.digest_of_results
        flash(f"Worked out again: it does not come out the same. The digest of its lines is now {found}.")
    return _shown(run_id)


@bp.post("/<int:run_id>/sign")
@requires(Permission.SIGN_RUN)
@redisplays(show_run)
def sign_run(run_id: int) -> ResponseReturnValue:
    """Stand behind a run that somebody else made."""
    service.sign_run(run_id, actor=current_actor(), now=utc_now())
    return _shown(run_id)


@bp.post("/<int:run_id>/publish")
@requires(Permission.SIGN_RUN)
@redisplays(show_run)
def publish_run(run_id: int) -> ResponseReturnValue:
    """Let a signed run be the published answer to its question."""
    service.publish_run(run_id, actor=current_actor(), now=utc_now())
    return _shown(run_id)


@bp.post("/<int:run_id>/supersede")
@requires(Permission.SIGN_RUN)
@redisplays(show_run)
def supersede_run(run_id: int) -> ResponseReturnValue:
    """Publish a newer signed run in the place of this one."""
    told = load_form(RunSupersessionSchema())
    service.supersede_run(run_id, **told, actor=current_actor(), now=utc_now())
    return _shown(told["by"])


@bp.post("/<int:run_id>/discard")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(show_run)
def discard_run(run_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    service.discard_run(run_id, actor=current_actor(), now=utc_now())
    flash(f"Run {run_id} was thrown away.")
    return redirect(url_for(".list_runs"), 303)


def _shown(run_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_run", run_id=run_id), 303)


def _named(run: Run) -> str:
    return f"Run {run.id}, {run.question.period.label}, {run.question.basis}, {run.state}"
