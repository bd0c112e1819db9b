"""Operations on rules of keeping, lists of what is due, and legal holds."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.retention import certifying, holding, keeping, runs, showing
from tsalert.retention.keeping import RuleOfKind
from tsalert.retention.models import ErasureItem
from tsalert.retention.schemas import (
    HoldLiftSchema,
    LegalHoldSchema,
    NewLegalHoldSchema,
    NewRetentionRuleSchema,
    RetentionCertificateSchema,
    RetentionItemSchema,
    RetentionKindSchema,
    RetentionRegisterSchema,
    RetentionRunSchema,
)
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace, PageAsked, PlaceAsked

retention = api_blueprint("retention", "retention", "How long records name people, and what is erased after that.")
holds = api_blueprint("holds", "legal-holds", "Records that are kept whatever their age.")
blueprints: tuple[Any, ...] = (retention, holds)


@retention.route("/register")
@requires(Permission.RUN_RETENTION)
@retention.response(200, RetentionRegisterSchema)
def get_register() -> dict[str, Any]:
    """List the tables that name people, and what becomes of each of their columns."""
    return {"items": showing.register_told()}


@retention.route("/rules", methods=["GET"])
@requires(Permission.RUN_RETENTION)
@retention.response(200, RetentionKindSchema(many=True))
def list_rules() -> list[RuleOfKind]:
    """List each kind of record with the rule that holds today and all its versions."""
    return keeping.list_rules(db.session(), london_date(utc_now()))


@retention.route("/rules", methods=["POST"])
@requires(Permission.RUN_RETENTION)
@retention.arguments(NewRetentionRuleSchema)
@retention.response(201, RetentionKindSchema)
def propose_rule(new: dict[str, Any]) -> RuleOfKind:
    """Write down a rule; it waits for the data protection officer's approval."""
    keeping.propose_rule(**new, actor=current_actor(), now=utc_now())
    return next(each for each in list_rules_now() if each.kind is new["kind"])


@retention.route("/rules/<int:rule_id>/approval", methods=["POST"])
@requires(Permission.APPROVE_RETENTION)
@retention.response(204)
def approve_rule(rule_id: int) -> None:
    """Let a rule hold from its day on, as the data protection officer and not as its writer."""
    keeping.approve_rule(rule_id, actor=current_actor(), now=utc_now())


@retention.route("/runs", methods=["GET"])
@requires(Permission.RUN_RETENTION)
@retention.arguments(PageAsked, location="query", unknown=RAISE)
@retention.response(200, page_of(RetentionRunSchema))
def list_runs(asked: dict[str, Any]) -> dict[str, Any]:
    """List the runs, the newest first."""
    session = db.session()
    page = runs.list_runs(session, **asked)
    return {"items": [showing.run_told(session, run.id) for run in page.items], "next": page.next}


@retention.route("/runs", methods=["POST"])
@requires(Permission.RUN_RETENTION)
@retention.response(201, RetentionRunSchema)
def make_list() -> dict[str, Any]:
    """List what is due; nothing is erased."""
    return _run(runs.make_list(actor=current_actor(), now=utc_now()))


@retention.route("/runs/<int:run_id>", methods=["GET"])
@requires(Permission.RUN_RETENTION)
@retention.response(200, RetentionRunSchema)
def get_run(run_id: int) -> dict[str, Any]:
    """Give one run with its approvals and counts."""
    return _run(run_id)


@retention.route("/runs/<int:run_id>/records", methods=["GET"])
@requires(Permission.RUN_RETENTION)
@retention.arguments(PlaceAsked, location="query", unknown=RAISE)
@retention.response(200, page_of(RetentionItemSchema, ListPlace))
def list_records(asked: dict[str, Any], run_id: int) -> Page[ErasureItem]:
    """List the records of a run by their references, those that are held back first."""
    runs.get_run(db.session(), run_id)
    return runs.page_of_items(db.session(), run_id, **asked)


@retention.route("/runs/<int:run_id>/approval", methods=["POST"])
@requires(Permission.RUN_RETENTION)
@retention.response(200, RetentionRunSchema)
def approve_list(run_id: int) -> dict[str, Any]:
    """Approve a list; two people do, one of them the data protection officer."""
    runs.approve_list(run_id, actor=current_actor(), now=utc_now())
    return _run(run_id)


@retention.route("/runs/<int:run_id>/start", methods=["POST"])
@requires(Permission.RUN_RETENTION)
@retention.response(200, RetentionRunSchema)
def start_run(run_id: int) -> dict[str, Any]:
    """Let an approved list be carried out by the worker, batch by batch."""
    runs.start_run(run_id, actor=current_actor(), now=utc_now())
    return _run(run_id)


@retention.route("/runs/<int:run_id>/discard", methods=["POST"])
@requires(Permission.RUN_RETENTION)
@retention.response(200, RetentionRunSchema)
def discard_list(run_id: int) -> dict[str, Any]:
    """Throw away a list that nobody has started."""
    runs.discard_list(run_id, actor=current_actor(), now=utc_now())
    return _run(run_id)


@retention.route("/runs/<int:run_id>/certificate", methods=["GET"])
@requires(Permission.RUN_RETENTION)
@retention.response(200, RetentionCertificateSchema)
def get_certificate(run_id: int) -> dict[str, Any]:
    """Give what a run removed, in counts and digests."""
    found = certifying.get_certificate(db.session(), run_id)
    return {"certificate": found.told, "digest": found.digest}


@holds.route("", methods=["GET"])
@requires(Permission.HOLD_RECORD)
@reads("legal hold")
@holds.arguments(PlaceAsked, location="query", unknown=RAISE)
@holds.response(200, page_of(LegalHoldSchema, ListPlace))
def list_holds(asked: dict[str, Any]) -> dict[str, Any]:
    """List the holds, those in force first; the reason of each is for those who may see the record."""
    page = showing.holds_told(db.session(), reader=current_actor(), now=utc_now(), **asked)
    name_read(each.hold.id for each in page.items if each.reason is not None)
    return {"items": [each.data for each in page.items], "next": page.next}


@holds.route("", methods=["POST"])
@requires(Permission.HOLD_RECORD)
@holds.arguments(NewLegalHoldSchema)
@holds.response(201, LegalHoldSchema)
def place_hold(new: dict[str, Any]) -> dict[str, Any]:
    """Hold a record and all that hangs together with it."""
    root, key = holding.find_record(db.session(), new.pop("record"))
    return _hold(holding.place_hold(root, key, **new, actor=current_actor(), now=utc_now()))


@holds.route("/<int:hold_id>/lifting", methods=["POST"])
@requires(Permission.RUN_RETENTION)
@holds.arguments(HoldLiftSchema)
@holds.response(200, LegalHoldSchema)
def lift_hold(told: dict[str, Any], hold_id: int) -> dict[str, Any]:
    """Let a record go after its time again."""
    holding.lift_hold(hold_id, **told, actor=current_actor(), now=utc_now())
    return _hold(hold_id)


def _hold(hold_id: int) -> dict[str, Any]:
    return showing.hold_told(db.session(), hold_id, reader=current_actor(), now=utc_now()).data


def list_rules_now() -> list[RuleOfKind]:
    """Return the rules as they stand today."""
    return keeping.list_rules(db.session(), london_date(utc_now()))


def _run(run_id: int) -> dict[str, Any]:
    return showing.run_told(db.session(), run_id)
