"""Operations on calls that wait to be written up, and on the messages that callers left."""

from typing import Any

from flask import Response, current_app, send_file
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.response import queries, waiting
from tsalert.response.api import calls
from tsalert.response.models import Call
from tsalert.response.rules import NewCall, propose_grade
from tsalert.response.schemas import CallSchema, HoldSchema, NewCallSchema, ProposedGradeSchema, TicksSchema, danger_of
from tsalert.response.vocabulary import GradeName
from tsalert.response.waiting import WaitingCall
from tsalert.response.waiting_schemas import StorySchema, WaitingCallSchema
from tsalert.telephone import queries as telephone
from tsalert.telephone import retention
from tsalert.telephone.queries import Story
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import page_of
from tsalert.web.fields import ListPlace, PlaceAsked

__all__ = ["calls"]


@calls.route("/waiting")
@requires(Permission.READ_CALL)
@reads("call")
@calls.arguments(PlaceAsked, location="query", unknown=RAISE)
@calls.response(200, page_of(WaitingCallSchema, ListPlace))
def list_waiting(asked: dict[str, Any]) -> Page[WaitingCall]:
    """List the calls that wait to be written up, the longest waiting first; your own come first on each page."""
    reader = current_actor()
    page = waiting.waiting_calls(db.session(), reader_id=reader.officer_id, **asked)
    found, bare = waiting.for_reader(db.session(), reader, page.items, now=utc_now())
    name_read(each.call.id for each in found if each.call.id not in bare)
    return Page(found, page.next)


@calls.route("/proposal")
@requires(Permission.LOG_CALL)
@calls.arguments(TicksSchema, location="query", unknown=RAISE)
@calls.response(200, ProposedGradeSchema)
def get_proposal(ticks: dict[str, Any]) -> dict[str, GradeName]:
    """Return the grade that the answers given so far propose; the officer who logs the call may choose another."""
    return {"grade": propose_grade(danger_of(ticks))}


@calls.route("/<int:call_id>/write-up", methods=["POST"])
@requires(Permission.LOG_CALL)
@calls.arguments(NewCallSchema)
@calls.response(200, CallSchema)
def write_up(new: NewCall, call_id: int) -> Call:
    """Write up a waiting call; its line and first ring stay."""
    is_demo = current_app.config["TSALERT_DEMO"]
    waiting.write_up(call_id, new, actor=current_actor(), now=utc_now(), is_demo=is_demo)
    return queries.get_call(db.session(), call_id)


@calls.route("/<int:call_id>/telephone")
@requires(Permission.READ_CALL)
@reads("call", "call_id")
@calls.response(200, StorySchema)
def get_story(call_id: int) -> Story:
    """Return what happened in a call from its first ring."""
    return _story(call_id)


@calls.route("/<int:call_id>/recording")
@requires(Permission.READ_CALL)
@calls.response(200, {"type": "string", "format": "binary"}, content_type="audio/wav")
def hear(call_id: int) -> Response:
    """Return the recording of a caller's message; the trail records who asked for it."""
    reference = queries.get_call(db.session(), call_id).reference
    sound = retention.open_recording(call_id, actor=current_actor(), now=utc_now())
    return send_file(sound, mimetype="audio/wav", as_attachment=True, download_name=f"{reference}.wav")


@calls.route("/<int:call_id>/recording/hold", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@calls.arguments(HoldSchema)
@calls.response(200, StorySchema)
def hold(told: dict[str, str], call_id: int) -> Story:
    """Keep a message as evidence, beyond its time."""
    retention.hold_recording(call_id, told["reason"], actor=current_actor(), now=utc_now())
    return _story(call_id)


@calls.route("/<int:call_id>/recording/release", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@calls.response(200, StorySchema)
def release(call_id: int) -> Story:
    """Hold a message no longer: it is deleted when its time is over."""
    retention.release_recording(call_id, actor=current_actor(), now=utc_now())
    return _story(call_id)


def _story(call_id: int) -> Story:
    story = telephone.find_story(db.session(), queries.get_call(db.session(), call_id).id)
    if story is None:
        raise NotFound("This call did not come by telephone.")
    return story
