"""Pages of concerns: the list for those who watch over them, each concern, and the steps of one."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.response import queries as response
from tsalert.safeguarding import queries, rules, service, vocabulary
from tsalert.safeguarding.queries import ConcernRecord
from tsalert.safeguarding.schemas import (
    ConcernStepPartsSchema,
    ConcernSubjectSchema,
    NewConcernSchema,
)
from tsalert.safeguarding.vocabulary import Act, Consent
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("safeguarding", __name__)
_NAMES = ", ".join(repr(act.value) for act in Act)


@bp.app_context_processor
def offer_concerns() -> dict[str, object]:
    """Let the pages of incidents and cases list those of their concerns that the reader may see."""
    return {"concerns_of": lambda **of: queries.concerns_of(db.session(), actor=current_actor(), now=utc_now(), **of)}


@bp.get("/safeguarding")
@requires(Permission.READ_SENSITIVE)
def list_concerns() -> ResponseReturnValue:
    """List concerns, newest first, with what is late."""
    after = load_page()["after"]
    now = utc_now()
    found = queries.list_concerns(db.session(), actor=current_actor(), now=now, after=after)
    shown = {"concerns": found.items, "older": found.next, "is_first": after is None}
    return render_template("safeguarding/list.html", **shown, now=now, words=vocabulary)


@bp.get("/safeguarding/new")
@requires(Permission.WORK_CASE)
def new_concern() -> ResponseReturnValue:
    """Show the form for a concern of a case or an incident."""
    asked = {name: request.values.get(f"{name}_id") or request.args.get(name) for name in ("incident", "case")}
    subject = ConcernSubjectSchema().load({name: number for name, number in asked.items() if number})
    return render_template("safeguarding/new.html", subject=subject, reference=_reference(**subject), words=vocabulary)


@bp.post("/safeguarding")
@requires(Permission.WORK_CASE)
@redisplays(new_concern)
def raise_concern() -> ResponseReturnValue:
    """Raise a concern and show it."""
    return _show(service.raise_concern(load_form(NewConcernSchema()), actor=current_actor(), now=utc_now()))


@bp.get("/safeguarding/<int:concern_id>")
@requires(Permission.READ_CASE)
@reads("safeguarding concern", "concern_id")
def show_concern(concern_id: int) -> ResponseReturnValue:
    """Show one concern with its steps."""
    return render_template(
        "safeguarding/show.html",
        record=_get(concern_id),
        names=staff.officer_names(db.session()),
        now=utc_now(),
        words=vocabulary,
        rules=rules,
    )


@bp.get(f"/safeguarding/<int:concern_id>/<any({_NAMES}):act>")
@requires(Permission.WORK_CASE)
@reads("safeguarding concern", "concern_id")
def show_step(concern_id: int, act: str) -> ResponseReturnValue:
    """Show the form for one step."""
    record = _get(concern_id)
    rules.require_legal(record.standing, rules.NewStep(Act(act)), now=utc_now())
    agrees = record.row.consent == Consent.GIVEN
    return render_template("safeguarding/step.html", record=record, act=Act(act), agrees=agrees, words=vocabulary)


@bp.post(f"/safeguarding/<int:concern_id>/<any({_NAMES}):act>")
@requires(Permission.WORK_CASE)
@redisplays(show_step)
def record_step(concern_id: int, act: str) -> ResponseReturnValue:
    """Record one step."""
    step = rules.NewStep(Act(act), **load_form(ConcernStepPartsSchema()))
    service.record_step(concern_id, step, actor=current_actor(), now=utc_now())
    return _show(concern_id)


def _reference(*, incident: int | None, case: int | None) -> str:
    """Return the reference of what the concern is of, to somebody who may see it."""
    session, actor, now = db.session(), current_actor(), utc_now()
    if case is not None:
        found = cases.get_visible_case(session, case, actor=actor, now=now)
        merging.require_here(session, found)
        return found.reference
    if incident is None:
        raise NotFound("Begin a concern on the page of its case or incident.")
    reference = response.get_incident(session, incident).reference
    tiers.require_visible(session, actor, Subject.INCIDENT, incident, now=now)
    return reference


def _get(concern_id: int) -> ConcernRecord:
    return queries.get_concern(db.session(), concern_id, actor=current_actor(), now=utc_now())


def _show(concern_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_concern", concern_id=concern_id), 303)
