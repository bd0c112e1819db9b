"""Pages of requests for what is held on somebody."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.retention.access import exporting, requests
from tsalert.retention.access.rules import Answer
from tsalert.retention.access.schemas import (
    AccessAnswerSchema,
    AccessExtensionSchema,
    AccessReviewSchema,
    NewAccessRequestSchema,
    PersonSearchSchema,
)
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.fields import PlaceAsked
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("access", __name__, url_prefix="/subject-access")
_SUBJECT = "access_request"
bp.context_processor(
    lambda: {
        "answers": Answer.options(),
        "answer_labels": {each.value: each.label for each in Answer},
        "today": london_date(utc_now()),
    }
)


@bp.get("")
@requires(Permission.ANSWER_ACCESS)
def list_requests() -> ResponseReturnValue:
    """Show requests by their references and days; names stand on their own pages."""
    return render_template("access/list.html", page=requests.list_requests(db.session(), **load_page(PlaceAsked)))


@bp.get("/new")
@requires(Permission.ANSWER_ACCESS)
def new_request() -> ResponseReturnValue:
    """Show the form of a request."""
    said = {name: request.args.get(name, "") for name in ("party_id", "subscriber_id")}
    return render_template("access/new.html", said=said)


@bp.post("/people")
@requires(Permission.ANSWER_ACCESS)
@reads("subscriber")
@redisplays(new_request)
def find_people() -> ResponseReturnValue:
    """Show the subscribers of an address or name; both come by post, so that no address of a page names anybody."""
    found = requests.find_people(db.session(), load_form(PersonSearchSchema())["who"])
    name_read(key for key, _ in found)
    return render_template("access/new.html", said={}, found=found)


@bp.post("")
@requires(Permission.ANSWER_ACCESS)
@redisplays(new_request)
def record_request() -> ResponseReturnValue:
    """Write down that somebody asked."""
    return _shown(requests.record_request(load_form(NewAccessRequestSchema()), actor=current_actor(), now=utc_now()))


@bp.get("/<int:request_id>")
@requires(Permission.ANSWER_ACCESS)
@reads(_SUBJECT, "request_id")
def show_request(request_id: int) -> ResponseReturnValue:
    """Show a request with everything that is held on whoever asks, what to review first."""
    session = db.session()
    asked = requests.get_request(session, request_id)
    found = requests.gathered(session, asked, reader=current_actor(), now=utc_now())
    return render_template("access/request.html", asked=asked, found=found, officers=officer_names(session))


@bp.post("/<int:request_id>/identity")
@requires(Permission.ANSWER_ACCESS)
@redisplays(show_request)
def check_identity(request_id: int) -> ResponseReturnValue:
    """Note that whoever asks is who they say."""
    requests.check_identity(request_id, actor=current_actor(), now=utc_now())
    return _shown(request_id)


@bp.post("/<int:request_id>/extension")
@requires(Permission.ANSWER_ACCESS)
@redisplays(show_request)
def extend(request_id: int) -> ResponseReturnValue:
    """Take two months more."""
    requests.extend(request_id, **load_form(AccessExtensionSchema()), actor=current_actor(), now=utc_now())
    return _shown(request_id)


@bp.post("/<int:request_id>/review")
@requires(Permission.ANSWER_ACCESS)
@redisplays(show_request)
def review(request_id: int) -> ResponseReturnValue:
    """Withhold what was ticked, and give the rest of what was shown."""
    told = load_form(AccessReviewSchema())
    requests.review(
        request_id, told["place"], told["withhold"], reason=told["reason"], actor=current_actor(), now=utc_now()
    )
    return _shown(request_id)


@bp.post("/<int:request_id>/answer")
@requires(Permission.ANSWER_ACCESS)
@redisplays(show_request)
def answer(request_id: int) -> ResponseReturnValue:
    """Answer a request."""
    told = load_form(AccessAnswerSchema())
    requests.answer(request_id, told["answer"], reason=told["reason"], actor=current_actor(), now=utc_now())
    return _shown(request_id)


@bp.get("/<int:request_id>/held.zip")
@requires(Permission.ANSWER_ACCESS)
def export(request_id: int) -> ResponseReturnValue:
    """Give what leaves as a ZIP; that it was taken out is in the trail first."""
    return zip_response(request_id)


def zip_response(request_id: int) -> Response:
    """Answer with the archive of a request."""
    asked, found = requests.export(request_id, actor=current_actor(), now=utc_now())
    answer = Response(exporting.write_zip(asked, found, now=utc_now()), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{asked.reference}.zip"'
    return answer


def _shown(request_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_request", request_id=request_id), 303)
