"""Pages of calls."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.parties.rules import Sought
from tsalert.places import queries as places
from tsalert.response import call_parties, kept, matches, queries, service, timeline, vocabulary, waiting
from tsalert.response.opening import read_opening, seal_opening
from tsalert.response.prompts import PROMPTS
from tsalert.response.rules import NewCall, is_possible_opening, propose_grade
from tsalert.response.schemas import NewCallFormSchema, PageSchema, ProposalSchema
from tsalert.response.service import LoggedCall
from tsalert.response.waiting import WaitingCall
from tsalert.staff import queries as staff
from tsalert.telephone import queries as telephone
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import current_form, load_form, redisplays, redraws
from tsalert.web.once import is_carried_out

bp = Blueprint("calls", __name__, url_prefix="/calls")
bp.context_processor(lambda: {"vocabulary": vocabulary})


def _draw_calls(after: int | None = None, waiting_after: str | None = None) -> ResponseReturnValue:
    """Draw the calls that came before one, or the newest beneath those that wait to be written up."""
    reader, now = current_actor(), utc_now()
    listed = queries.list_calls(db.session(), after=after)
    calls, bare = kept.for_reader(db.session(), reader, listed.items, now=now)
    waits: Page[WaitingCall] = Page([], None)
    if after is None:
        waits = waiting.waiting_calls(db.session(), reader_id=reader.officer_id, after=waiting_after)
    waiters, bare_waiters = waiting.for_reader(db.session(), reader, waits.items, now=now)
    # These lines show who rang; the others no more than a board does.
    name_read(each.call.id for each in waiters if each.call.id not in bare_waiters)
    return render_template(
        "response/calls.html",
        calls=calls,
        bare=bare | bare_waiters,
        references=queries.references(db.session(), {call.incident_id for call in calls if call.incident_id}),
        wards=places.ward_names(db.session()),
        older=listed.next,
        is_first=after is None,
        waiting=Page(waiters, waits.next),
        saving=queries.time_to_save(db.session()) if reader.may(Permission.READ_FIGURES) else None,
    )


@bp.get("")
@requires(Permission.READ_CALL)
@reads("call")
@redraws(_draw_calls, box="reference")
def list_calls() -> ResponseReturnValue:
    """List calls, newest first, or go to the one whose reference is given."""
    asked = PageSchema().load(request.args)
    return _find(asked["reference"]) if asked["reference"] else _draw_calls(asked["after"], asked["waiting"])


@bp.get("/new")
@requires(Permission.LOG_CALL)
def show_new_call() -> ResponseReturnValue:
    """Show the form for a call; its opening is the time that counts unless the officer gives another."""
    return render_template(
        "response/new_call.html",
        opened=carried_opening(),
        wards=places.ward_options(db.session()),
        joins=request.args.get("incident", ""),
        prompts=PROMPTS,
    )


def carried_opening() -> str:
    """Return when the form was opened, as it carries it: a refused form keeps its time."""
    carried, now = current_form().value("opened"), utc_now()
    opened_at = read_opening(carried) if carried else None
    return carried if opened_at and is_possible_opening(opened_at, now=now) else seal_opening(now)


@bp.post("")
@requires(Permission.LOG_CALL)
@redisplays(show_new_call)
def log_call() -> ResponseReturnValue:
    """Log a call and show what came of it: its incident, or else the call itself."""
    new = load_form(NewCallFormSchema())
    ask_whether_known(new)
    is_demo = current_app.config["TSALERT_DEMO"]
    return lead_to(service.log_call(new, actor=current_actor(), now=utc_now(), is_demo=is_demo))


def ask_whether_known(new: NewCall) -> None:
    """Ask once whether a call is about an incident that is open at its address, unless "No" was chosen beside that one.

    It may be new since, or the browser runs no scripts; two incidents of one matter wake officers twice.

    :raises RuleViolation: it was not asked before.
    """
    if new.incident is None or "is_about" in request.form:
        return
    place, now = Sought(address=new.address, postcode=new.postcode), utc_now()
    answered = request.form.get("join_shown", "").split() if "join" in request.form else []
    there = matches.open_there(db.session(), place, reader=current_actor(), now=now)
    g.open_there = [each for each in there if each.reference not in answered]
    if g.open_there and not is_carried_out():
        raise RuleViolation("Say whether the call is about the incident that is open there.", field="is_about")


def lead_to(logged: LoggedCall) -> ResponseReturnValue:
    """Go to what came of a call: its incident, or else the call itself."""
    if logged.incident_id is not None:
        return redirect(url_for("response.show_incident", incident_id=logged.incident_id), 303)
    return redirect(url_for(".show_call", call_id=logged.call_id), 303)


@bp.get("/proposal")
@requires(Permission.LOG_CALL)
def show_proposal() -> ResponseReturnValue:
    """Say which grade the answers given so far propose, and whether the one chosen needs a reason."""
    danger, chosen = ProposalSchema().load(request.args)
    return render_template("response/proposal.html", grade=propose_grade(danger), chosen=chosen)


@bp.get("/<int:call_id>")
@requires(Permission.READ_CALL)
@reads("call", "call_id")
def show_call(call_id: int) -> ResponseReturnValue:
    """Show one call as it was logged."""
    session = db.session()
    call = queries.get_call(session, call_id)
    names = staff.officer_names(session)
    return render_template(
        "response/call.html",
        call=call,
        story=telephone.find_story(session, call.id),
        names=names,
        incident=queries.references(session, [call.incident_id or 0]).get(call.incident_id or 0),
        ward=places.ward_names(session).get(call.ward_code or ""),
        officer=names.get(call.logged_by or 0),
        parts=call_parties.parties_of_calls(session, [call_id]),
        corrected=timeline.corrections_of_call(session, call_id),
    )


def _find(reference: str) -> ResponseReturnValue:
    """Go to the call or incident with a reference."""
    incident_id = queries.find_incident_id(db.session(), reference)
    if incident_id is not None:
        return redirect(url_for("response.show_incident", incident_id=incident_id), 303)
    call_id = queries.find_call_id(db.session(), reference)
    if call_id is not None:
        return redirect(url_for(".show_call", call_id=call_id), 303)
    raise ValidationError("There is no call or incident with that reference. Check its last letter.", "reference")
