"""Pages of the people of a case, and of who repeats."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import queries as cases
from tsalert.cases import vocabulary as case_words
from tsalert.cases.people import queries, rules, service, vocabulary
from tsalert.cases.people.queries import CasePerson
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of, recent_periods
from tsalert.db import db
from tsalert.enforcement import vocabulary as enforcement_words
from tsalert.parties import service as party_service
from tsalert.parties.queries import PartyRecord
from tsalert.people.histories import Life, life_of
from tsalert.people.proposing import proposed_for
from tsalert.people.repeats import Who, repeat_list
from tsalert.people.schemas import (
    LookSchema,
    NewAssessmentSchema,
    NewRoleSchema,
    NewWishesSchema,
    RepeatAskedSchema,
    RoleEndSchema,
)
from tsalert.people.sharing import AlsoUsed, also_used
from tsalert.people.showing import sensitive_of
from tsalert.response.kept import names_for
from tsalert.response.party_search import search
from tsalert.staff import queries as staff
from tsalert.tiers.parties import require_party
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("people", __name__)
repeats = Blueprint("repeats", __name__)  # it lies under another entry of the navigation
bp.context_processor(lambda: {"words": vocabulary, "case_words": case_words})


@bp.app_context_processor
def offer_lives() -> dict[str, object]:
    """Let the pages of parties and cases show what somebody has to do with, and who is part of a case."""
    return {
        "life_of_party": _life,
        "people_of_case": _people,
        "people_words": vocabulary,
        "case_words": case_words,
        "enforcement_words": enforcement_words,
    }


@bp.get("/cases/<int:case_id>/people")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def show_people(case_id: int) -> ResponseReturnValue:
    """Show who is part of a case, and who may be."""
    session, actor, now = db.session(), current_actor(), utc_now()
    case = cases.get_visible_case(session, case_id, actor=actor, now=now)
    return _page(
        "case.html",
        case,
        people=_people(case_id),
        proposed=proposed_for(session, case, reader=actor, now=now),
        is_on=queries.may_see_sensitive(session, actor, case_id, now=now),
        officers=staff.officer_names(session),
    )


@bp.get("/cases/<int:case_id>/people/new")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_role(case_id: int) -> ResponseReturnValue:
    """Show the form that gives somebody a role in a case, whether they are known or not."""
    case = cases.get_visible_case(db.session(), case_id, actor=current_actor(), now=utc_now())
    known = request.values.get("party_id", type=int) or request.args.get("party", type=int)
    if known:
        require_party(db.session(), current_actor(), known, now=utc_now())
    named = names_for(db.session(), current_actor(), [known], now=utc_now()) if known else {}
    return _page("new_role.html", case, found=None, party_id=known if known in named else None, named=named)


@bp.post("/cases/<int:case_id>/people/new")
@requires(Permission.WORK_CASE)
@redisplays(new_role)
def give_role(case_id: int) -> ResponseReturnValue:
    """Give somebody a role in a case."""
    service.give_role(case_id, load_form(NewRoleSchema()), actor=current_actor(), now=utc_now())
    return _back(case_id, "The role is kept.")


@bp.post("/cases/<int:case_id>/people/search")
@requires(Permission.WORK_CASE)
@redisplays(new_role)
def look(case_id: int) -> ResponseReturnValue:
    """Look for somebody who is known already; the form posts, to keep names out of addresses."""
    asked, now = load_form(LookSchema()), utc_now()
    party_service.note_reading(None, "searched", actor=current_actor(), now=now)
    case = cases.get_visible_case(db.session(), case_id, actor=current_actor(), now=now)
    found = search(
        db.session(), asked["q"], reader=current_actor(), is_demo=current_app.config["TSALERT_DEMO"], now=now
    )
    return _page("new_role.html", case, found=found, party_id=None, named={})


@bp.post("/cases/<int:case_id>/people/victim")
@requires(Permission.WORK_CASE)
def keep_victim(case_id: int) -> ResponseReturnValue:
    """Make the victim whom the file names a person of the case."""
    service.keep_victim(case_id, actor=current_actor(), now=utc_now())
    return _back(case_id, "The victim is part of the case.")


@bp.get("/cases/<int:case_id>/people/roles/<int:role_id>/end")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def edit_role(case_id: int, role_id: int) -> ResponseReturnValue:
    """Ask why a role ends."""
    case = cases.get_visible_case(db.session(), case_id, actor=current_actor(), now=utc_now())
    role = queries.get_role(db.session(), case_id, role_id)
    person = next(each for each in _people(case_id) if role.party_id in each.members)
    return _page("end_role.html", case, role=role, person=person)


@bp.post("/cases/<int:case_id>/people/roles/<int:role_id>/end")
@requires(Permission.WORK_CASE)
@redisplays(edit_role)
def end_role(case_id: int, role_id: int) -> ResponseReturnValue:
    """End a role; that somebody had it stays in the file."""
    service.end_role(case_id, role_id, load_form(RoleEndSchema()), actor=current_actor(), now=utc_now())
    return _back(case_id, "The role has ended.")


@bp.get("/cases/<int:case_id>/people/<int:party_id>")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def show_person(case_id: int, party_id: int) -> ResponseReturnValue:
    """Show how vulnerable a person of a case is and what they wish, to officers on the case."""
    return _sensitive("person.html", case_id, party_id)


@bp.get("/cases/<int:case_id>/people/<int:party_id>/assessment")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_assessment(case_id: int, party_id: int) -> ResponseReturnValue:
    """Show the form for an assessment."""
    return _sensitive("assessment.html", case_id, party_id)


@bp.post("/cases/<int:case_id>/people/<int:party_id>/assessment")
@requires(Permission.WORK_CASE)
@redisplays(new_assessment)
def assess(case_id: int, party_id: int) -> ResponseReturnValue:
    """Record how vulnerable a person of a case is."""
    service.assess(case_id, party_id, load_form(NewAssessmentSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_person", case_id=case_id, party_id=party_id), 303)


@bp.get("/cases/<int:case_id>/people/<int:party_id>/wishes")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_wishes(case_id: int, party_id: int) -> ResponseReturnValue:
    """Show the form for what somebody wishes."""
    return _sensitive("wishes.html", case_id, party_id)


@bp.post("/cases/<int:case_id>/people/<int:party_id>/wishes")
@requires(Permission.WORK_CASE)
@redisplays(new_wishes)
def record_wishes(case_id: int, party_id: int) -> ResponseReturnValue:
    """Record what a person of a case wishes."""
    service.record_wishes(case_id, party_id, load_form(NewWishesSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_person", case_id=case_id, party_id=party_id), 303)


@repeats.get("/people/repeats")
@requires(Permission.READ_CALL)
@reads("party")
def list_repeats() -> ResponseReturnValue:
    """List repeat victims or repeat traders of a period, with their counts."""
    asked, now = read_form(RepeatAskedSchema(), request.args), utc_now()
    today = london_date(now)
    period = asked["period"] or quarter_of(today)
    found = repeat_list(db.session(), asked["who"], period, actor=current_actor(), now=now, after=asked["after"])
    name_read([each.party_id for each in found.items])
    return render_template("people/repeats.html", found=found, whos=Who.options(), periods=recent_periods(today))


def _people(case_id: int) -> list[CasePerson]:
    """Return the people of a case as whoever asks may see them."""
    found = queries.people_of(db.session(), case_id)
    return queries.as_read(db.session(), found, reader=current_actor(), now=utc_now())


def _life(record: PartyRecord) -> tuple[Life, list[AlsoUsed]]:
    session, actor, now = db.session(), current_actor(), utc_now()
    return (
        life_of(session, record.members, actor=actor, now=now),
        also_used(session, record.members, actor=actor, now=now),
    )


def _page(template: str, case: Any, **shown: Any) -> str:
    is_closed = cases.is_read_only(case)
    return render_template(f"people/{template}", case=case, is_closed=is_closed, **shown)


def _sensitive(template: str, case_id: int, party_id: int) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    found = sensitive_of(session, case_id, party_id, actor=actor, now=now)
    case = cases.get_visible_case(session, case_id, actor=actor, now=now)
    return _page(template, case, found=found, read_factors=rules.read_factors, officers=staff.officer_names(session))


def _back(case_id: int, told: str) -> ResponseReturnValue:
    flash(told, "success")
    return redirect(url_for(".show_people", case_id=case_id), 303)
