"""Pages about interventions, how a figure was worked out, and rates."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.activities.queries import behind_savings
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of
from tsalert.db import db
from tsalert.places.queries import ward_names, ward_options
from tsalert.prevention.queries import units_of
from tsalert.response import queries as response
from tsalert.response.rows import calls_of
from tsalert.savings import queries, service
from tsalert.savings.counting import not_counted
from tsalert.savings.counting.household_counts import is_equipment
from tsalert.savings.figures import explaining
from tsalert.savings.queries import Attention, Filter
from tsalert.savings.recording import linking
from tsalert.savings.recording.checks import percent
from tsalert.savings.recording.forms import CorrectionForm, InterventionForm
from tsalert.savings.recording.money_lines import CLASSES, is_saving
from tsalert.savings.recording.quoting import alerts_quoted
from tsalert.savings.recording.share_fields import partner_lines
from tsalert.savings.rules import Beneficiary, EnforcementOutcome, Evidence, InterventionType, NewIntervention
from tsalert.savings.schemas import (
    FilterSchema,
    SeenVersionSchema,
    WithdrawalSchema,
)
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("savings", __name__)


@bp.get("/interventions")
@requires(Permission.READ_FIGURES)
def list_interventions() -> ResponseReturnValue:
    """Show the interventions that count, newest date first, narrowed as asked."""
    asked = _asked("case", "incident", "type", "period", "attention", "after")
    wanted = FilterSchema().load(asked)
    page = queries.list_interventions(db.session(), wanted)
    older = _page_at(".list_interventions", asked | {"after": page.next}) if page.next else None
    links = _links(wanted.case_id, wanted.incident_id)
    return render_template(
        "savings/interventions.html",
        page=page,
        asked=asked,
        older=older,
        types=list(InterventionType),
        links=links,
        takes_more="case" not in links or cases.get_case(db.session(), links["case"][0]).continued_in_id is None,
        attention=Attention.options(),
    )


@bp.get("/interventions/new")
@requires(Permission.RECORD_INTERVENTION)
def new_intervention() -> ResponseReturnValue:
    """Ask what was done, then for what that kind of intervention needs."""
    given = FilterSchema(only=("case", "incident", "type")).load(_given())
    links = _links(_case_of(given), given.incident_id)
    if "case" in links:
        merging.require_here(db.session(), cases.get_case(db.session(), links["case"][0]))
    if given.type is None:
        return render_template("savings/choose_type.html", types=list(InterventionType), links=links, given=_given())
    lines = _lines(given.type, links)
    return render_template("savings/record.html", kind=given.type, links=links, lines=lines, **_choices())


def _page_again() -> ResponseReturnValue:
    return new_intervention()


@bp.post("/interventions")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(_page_again)
def record_intervention() -> ResponseReturnValue:
    """Record an intervention and show what it is worth."""
    new: NewIntervention = load_form(InterventionForm())
    reference = service.record_intervention(new, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_intervention", reference=reference), 303)


@bp.get("/interventions/<reference>")
@requires(Permission.READ_FIGURES)
@reads("intervention")
def show_intervention(reference: str) -> ResponseReturnValue:
    """Show an intervention, how its value is worked out, and its versions."""
    session = db.session()
    version = queries.get_current(session, reference)
    name_read([version.id])
    return render_template(
        "savings/intervention.html",
        version=version,
        valuation=explaining.value_intervention(session, version),
        versions=queries.list_versions(session, version.reference),
        reasons=not_counted.reasons_of(session, version),
        units=units_of(session, [version.reference]) if is_equipment(version.content.type) else None,
        officers=officer_names(session),
        wards=ward_names(session),
        links=_links(version.content.case_id, version.content.incident_id),
        calls=calls_of(session, version.content.incident_id) if version.content.incident_id else (),
        quoted=alerts_quoted(session, version.content.incident_id),
        line=linking.find_line(session, version.content.money_line_id) if version.content.money_line_id else None,
        percent=percent,
        quarter=quarter_of(version.content.on_date),
        activity=behind_savings(session, [version.reference]).get(version.reference),
    )


@bp.get("/interventions/<reference>/correct")
@requires(Permission.RECORD_INTERVENTION)
def correct_page(reference: str) -> ResponseReturnValue:
    """Show the form of an intervention, filled in."""
    version = queries.get_current(db.session(), reference)
    links = _links(version.content.case_id, version.content.incident_id)
    return render_template(
        "savings/correct.html",
        version=version,
        kind=version.content.type,
        links=links,
        lines=_lines(version.content.type, links, reference=version.reference),
        partner_lines=partner_lines(version.content.partners),
        percent=percent,
        **_choices(),
    )


@bp.post("/interventions/<reference>/correct")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(correct_page)
def correct_intervention(reference: str) -> ResponseReturnValue:
    """Put a new version in the place of the one that stands."""
    correction = load_form(CorrectionForm())
    service.correct_intervention(reference, **correction, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_intervention", reference=reference), 303)


@bp.get("/interventions/<reference>/withdraw")
@requires(Permission.RECORD_INTERVENTION)
def withdraw_page(reference: str) -> ResponseReturnValue:
    """Ask why an intervention is to be taken out of the figures."""
    return render_template("savings/withdraw.html", version=queries.get_current(db.session(), reference))


@bp.post("/interventions/<reference>/withdraw")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(withdraw_page)
def withdraw_intervention(reference: str) -> ResponseReturnValue:
    """Take an intervention out of every figure."""
    withdrawal = load_form(WithdrawalSchema())
    service.withdraw_intervention(reference, **withdrawal, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_intervention", reference=reference), 303)


@bp.post("/interventions/<reference>/verify")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(show_intervention)
def verify_intervention(reference: str) -> ResponseReturnValue:
    """Confirm a large amount as a second officer."""
    seen = load_form(SeenVersionSchema())
    service.verify_intervention(reference, **seen, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_intervention", reference=reference), 303)


def _asked(*names: str) -> dict[str, str]:
    """Return the named parts of the address that say something; no others, since they go into links again."""
    return {name: request.args[name] for name in names if request.args.get(name, "").strip()}


def _page_at(endpoint: str, asked: dict[str, str]) -> str:
    return f"{url_for(endpoint)}?{urlencode(asked)}"


def _given() -> dict[str, str]:
    """Return what is known before the form: from the address, or from the form when it comes back."""
    names = {"case": "case_id", "incident": "incident_id", "type": "type"}
    found = {name: request.args.get(name) or request.form.get(field, "") for name, field in names.items()}
    return {name: text for name, text in found.items() if text.strip()}


def _case_of(given: Filter) -> int | None:
    """Return the case named, else the one that the incident named belongs to."""
    if given.case_id is not None or given.incident_id is None:
        return given.case_id
    case = cases.find_case_of_incident(db.session(), given.incident_id)
    return case.id if case else None


def _links(case_id: int | None, incident_id: int | None) -> dict[str, tuple[int, str]]:
    """Return the id and reference of the case and the incident that are named.

    :raises NotFound: one of them does not exist.
    """
    links = {}
    if case_id is not None:
        links["case"] = (case_id, cases.get_case(db.session(), case_id).reference)
    if incident_id is not None:
        links["incident"] = (incident_id, response.get_incident_row(db.session(), incident_id).reference)
    return links


def _lines(
    kind: InterventionType, links: dict[str, tuple[int, str]], *, reference: str | None = None
) -> list[tuple[int, str]]:
    """Return the lines of the case's money that a record of this type may hold, as radios take them."""
    if "case" not in links or not kind.has_money:
        return []
    free = linking.free_lines(db.session(), links["case"][0], reference=reference)
    return [(line.id, line.words) for line in free if is_saving(line) and CLASSES[line.kind] in kind.shape.money]


def _choices() -> dict[str, Any]:
    return {
        "evidence": [(kind.value, kind.label) for kind in Evidence],
        "outcomes": EnforcementOutcome.options(),
        "beneficiaries": [(kind.value, kind.label) for kind in Beneficiary],
        "wards": ward_options(db.session()),
        "today": london_date(utc_now()),
    }
