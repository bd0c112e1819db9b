"""What an officer is shown whose step was refused: what they were about to record, and what was done meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from msgspec import Struct
from werkzeug.datastructures import MultiDict

from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, Overtaken
from tsalert.core.keys import read_id
from tsalert.core.words import Word
from tsalert.db import db
from tsalert.response import queries
from tsalert.response.facts import Fact
from tsalert.response.steps import Step
from tsalert.response.timeline import Event, changes_since
from tsalert.response.vocabulary import Category, GradeName, Outcome, RemoteResolution, StandDownReason, StartBasis
from tsalert.staff import queries as staff
from tsalert.web.access import note_shown
from tsalert.web.forms import Form

# What each field of a step is called, in the order in which it is read back, and the words that its codes stand for.
_LABELS = {
    "step": "Step",
    "grade": "Grade",
    "grade_reason": "Why",
    "basis": "What led to the change",
    "facts_at": "When the new facts came in",
    "how": "What stopped it",
    "reason": "Why",
    "body": "Which body was asked",
    "accepted_by": "Who accepted it",
    "their_reference": "Their reference",
    "outcome": "How it came out",
    "officer_id": "Officer",
    "at": "When",
    "note": "Note",
    **{fact.value: fact.label for fact in Fact},
}
_WORDS: dict[str, type[Word]] = {
    "step": Step,
    "grade": GradeName,
    "basis": StartBasis,
    "how": RemoteResolution,
    "reason": StandDownReason,
    "outcome": Outcome,
    "category": Category,
}

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Refusal(Struct, frozen=True):
    """Why a step was refused, and what was done since the officer opened its form."""

    message: str
    changes: list[Event]


def explains(page: Callable[..., ResponseReturnValue] | None = None) -> Callable[[View], View]:
    """Answer a refused step with 409 and both versions; one that is only overtaken can be sent again at once.

    :param page: draws the step's form again; None for a step that is a button alone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(incident_id: int, **rest: int) -> ResponseReturnValue:
            try:
                return view(incident_id, **rest)
            except Overtaken as refusal:
                _keep(incident_id, refusal)
                if page is not None:
                    return cast(str, page(incident_id, **rest)), 409
                return _refused(incident_id, refusal, may_repeat=True), 409
            except Conflict as refusal:
                _keep(incident_id, refusal)
                return _refused(incident_id, refusal, may_repeat=False), 409

        return cast(View, answer)

    return decorate


def current_refusal() -> Refusal | None:
    """Return why the step whose form is drawn was refused; None on a fresh form."""
    refusal: Refusal | None = g.get("refusal")
    return refusal


def told(typed: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return what a step's form held, as (label, value) in words."""
    names = dict(staff.active_officers(db.session()))
    values = [(name, typed.get(name, "").strip()) for name in _LABELS]
    return [(_LABELS[name], _in_words(name, value, names)) for name, value in values if value]


def _keep(incident_id: int, refusal: Conflict) -> None:
    """Draw the form with what was typed, but on the version that is now shown, and with what was done since."""
    note_shown("incident", incident_id)
    keep_refusal(refusal, lambda seen: changes_since(db.session(), incident_id, seen, now=utc_now()))


def keep_refusal(refusal: Conflict, changes_after: Callable[[int], list[Event]]) -> None:
    """Keep why a form was refused, for the page that draws it again on the version that is now shown.

    :param changes_after: returns what was done after a version.
    """
    typed = request.form.copy()
    seen = read_id(typed.pop("version", ""))
    changes = changes_after(seen) if seen else []
    g.form, g.refusal = Form(typed), Refusal(refusal.message, changes)


def _refused(incident_id: int, refusal: Conflict, *, may_repeat: bool) -> str:
    return render_template(
        "response/steps/refused.html",
        incident=queries.get_incident(db.session(), incident_id),
        refusal=current_refusal(),
        legal=refusal.legal,
        told=told(request.form),
        may_repeat=may_repeat,
    )


def _in_words(name: str, value: str, names: dict[int, str]) -> str:
    if name == "officer_id":
        return names.get(read_id(value) or 0, value)
    words = _WORDS.get(name)
    return dict(words.options()).get(value, value) if words else value
