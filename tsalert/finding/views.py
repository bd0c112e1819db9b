"""The page of the search; what is looked for travels in the body, never in an address."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.finding import service
from tsalert.finding.leading import find_reference
from tsalert.finding.schemas import SearchedSchema
from tsalert.fulltext.vocabulary import Found
from tsalert.parties.vocabulary import PartyKind
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("finding", __name__)
_PAGES = {
    Found.CALL: ("calls.show_call", "call_id"),
    Found.INCIDENT: ("response.show_incident", "incident_id"),
    Found.CASE: ("cases.show_case", "case_id"),
}


@bp.get("/search")
@requires(Permission.READ_CALL)
def show_search() -> ResponseReturnValue:
    """Show the box."""
    return render_template("finding/search.html", q=request.form.get("q", ""), answer=None)


@bp.post("/search")
@requires(Permission.READ_CALL)
@redisplays(show_search)
def search() -> ResponseReturnValue:
    """Lead to the record that a reference names, or show what was found."""
    asked, actor = load_form(SearchedSchema()), current_actor()
    leads = find_reference(db.session(), asked["q"], actor=actor)
    if leads is not None:
        endpoint, key = leads
        return redirect(url_for(endpoint, **key), 303)  # type: ignore[arg-type]
    is_demo = current_app.config["TSALERT_DEMO"]
    answer = service.look_for(asked["q"], only=asked["kind"], is_demo=is_demo, actor=actor, now=utc_now())
    return render_template(
        "finding/search.html", q=asked["q"], only=asked["kind"], answer=answer, address=_address, kinds=PartyKind
    )


def _address(found: Found, record_id: int) -> str:
    """Return where a record's page is."""
    endpoint, key = _PAGES[found]
    return url_for(endpoint, **{key: record_id})  # type: ignore[arg-type]
