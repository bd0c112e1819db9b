"""Operations on calculation runs."""

from typing import Any

from flask.typing import ResponseReturnValue
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.runs import files, queries, reading, service
from tsalert.runs.queries import Run
from tsalert.runs.reading import Comparison, WorkedPage
from tsalert.runs.schemas import (
    DifferenceQuery,
    LinesQuery,
    NewRunSchema,
    RunComparisonSchema,
    RunFilterSchema,
    RunSchema,
    RunSupersessionSchema,
    RunVerdictSchema,
    WorkedPageSchema,
)
from tsalert.runs.service import Verdict
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of

runs = api_blueprint("runs", "savings/runs", "Figures as they stood at an instant: proved, signed and published.")
blueprints: tuple[Any, ...] = (runs,)


@runs.route("", methods=["GET"])
@requires(Permission.READ_FIGURES)
@runs.arguments(RunFilterSchema, location="query", unknown=RAISE)
@runs.response(200, page_of(RunSchema))
def list_runs(wanted: dict[str, Any]) -> Page[Run]:
    """List runs, the newest first."""
    return queries.list_runs(db.session(), **wanted)


@runs.route("", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@runs.arguments(NewRunSchema)
@runs.response(201, RunSchema)
def make_run(new: dict[str, Any]) -> Run:
    """Work out a period's figures from what stood at an instant; it is a draft until somebody else signs it."""
    return _shown(service.make_run(**new, actor=current_actor(), now=utc_now()))


@runs.route("/<int:run_id>", methods=["GET"])
@requires(Permission.READ_FIGURES)
@runs.response(200, RunSchema)
def get_run(run_id: int) -> Run:
    """Give one run with its totals and digests."""
    return _shown(run_id)


@runs.route("/<int:run_id>", methods=["DELETE"])
@requires(Permission.RECORD_INTERVENTION)
@runs.response(204)
def discard_run(run_id: int) -> None:
    """Throw a draft away."""
    service.discard_run(run_id, actor=current_actor(), now=utc_now())


@runs.route("/<int:run_id>/lines", methods=["GET"])
@requires(Permission.READ_FIGURES)
@runs.arguments(LinesQuery, location="query", unknown=RAISE)
@runs.response(200, WorkedPageSchema)
def list_lines(asked: dict[str, Any], run_id: int) -> WorkedPage:
    """List a run's records with their lines, in the order that its digests follow."""
    return reading.page_of_lines(db.session(), _shown(run_id), after=asked["after"])


@runs.route("/<int:run_id>/lines.csv", methods=["GET"])
@requires(Permission.READ_FIGURES)
@runs.response(200, content_type="text/csv")
def export_lines(run_id: int) -> ResponseReturnValue:
    """Give every line of a run as CSV, sent while it is worked out."""
    return files.lines_response(_shown(run_id))


@runs.route("/<int:run_id>/verifications", methods=["POST"])
@requires(Permission.READ_FIGURES)
@runs.response(200, RunVerdictSchema)
def verify_run(run_id: int) -> Verdict:
    """Work a run out again and compare it bit for bit; nothing is kept of it but the line in the trail."""
    return service.verify_run(run_id, actor=current_actor(), now=utc_now())


@runs.route("/<int:run_id>/signature", methods=["POST"])
@requires(Permission.SIGN_RUN)
@runs.response(200, RunSchema)
def sign_run(run_id: int) -> Run:
    """Stand behind a run that somebody else made."""
    service.sign_run(run_id, actor=current_actor(), now=utc_now())
    return _shown(run_id)


@runs.route("/<int:run_id>/publication", methods=["POST"])
@requires(Permission.SIGN_RUN)
@runs.response(200, RunSchema)
def publish_run(run_id: int) -> Run:
    """Let a signed run be the published answer to its question."""
    service.publish_run(run_id, actor=current_actor(), now=utc_now())
    return _shown(run_id)


@runs.route("/<int:run_id>/supersession", methods=["POST"])
@requires(Permission.SIGN_RUN)
@runs.arguments(RunSupersessionSchema)
@runs.response(200, RunSchema)
def supersede_run(told: dict[str, Any], run_id: int) -> Run:
    """Publish a newer signed run in the place of this one; returns the newer."""
    service.supersede_run(run_id, **told, actor=current_actor(), now=utc_now())
    return _shown(told["by"])


@runs.route("/<int:run_id>/difference", methods=["GET"])
@requires(Permission.READ_FIGURES)
@runs.arguments(DifferenceQuery, location="query", unknown=RAISE)
@runs.response(200, RunComparisonSchema)
def compare_runs(asked: dict[str, Any], run_id: int) -> Comparison:
    """Explain record by record why the run named ``with`` comes to other totals than this one."""
    return reading.compare(db.session(), run_id, asked["other"], after=asked["after"])


def _shown(run_id: int) -> Run:
    return queries.get_run(db.session(), run_id)
