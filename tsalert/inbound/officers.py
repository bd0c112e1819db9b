"""What officers answer to their pages, by key or by text: each is one step of response, the same as the button."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Via
from tsalert.core.errors import Conflict, TsalertError
from tsalert.paging import service as paging
from tsalert.paging import words
from tsalert.paging.rules import Asked, read_verb
from tsalert.paging.vocabulary import Verb
from tsalert.response import answering, dispatching, queries
from tsalert.response.dispatching import NewMilestone
from tsalert.response.steps import Step
from tsalert.rota import queries as rota
from tsalert.staff import queries as staff

VERB = "verb"
_LOCKED = "Too many wrong codes came from this number. Use tsalert or the key on the call for the next hour."
_STEPS = {Verb.ENROUTE: Step.EN_ROUTE, Verb.ARRIVED: Step.ON_SCENE, Verb.CLEAR: Step.CLEARED}
_DONE = {
    Verb.TAKE: "You have {reference}.",
    Verb.PASS: "{reference} is passed on.",
    Verb.ENROUTE: "On the way to {reference}, recorded.",
    Verb.ARRIVED: "On scene at {reference}, recorded.",
    Verb.CLEAR: "You have left {reference}, recorded.",
    Verb.OK: "Safe at {reference}, recorded.",
}
_NEXT = {Verb.TAKE: Verb.ENROUTE, Verb.ENROUTE: Verb.ARRIVED, Verb.ARRIVED: Verb.CLEAR}


class Officer(Struct, frozen=True):
    """Who acts, and through which door."""

    id: int
    via: Via


class Did(Struct, frozen=True):
    """What is said to an officer who acted, and whether it was done."""

    said: str
    is_done: bool


def answer_text(session: Session, sender: str, body: str, *, now: datetime) -> str | None:
    """Carry out an officer's verb and return what to answer; None where the text is none. A step.

    A sender can be forged, so nothing is done without the code that only the officer's own telephone was sent.
    """
    asked = read_verb(body)
    officer_id = rota.find_by_mobile(session, sender) if asked else None
    if asked is None or officer_id is None:
        return None
    if paging.has_guessed_too_often(session, officer_id, now=now):
        return _LOCKED
    incident_id = paging.incident_of_code(session, officer_id, asked.code) if asked.code else None
    if incident_id is None:
        return _ask_which(session, officer_id, asked, now)
    did = do_for_officer(session, asked.verb, incident_id, Officer(officer_id, Via.TEXT), now=now)
    following = _NEXT.get(asked.verb)
    return f"{did.said} Then text {following} {asked.code}." if did.is_done and following else did.said


def explain_verbs(session: Session, sender: str) -> str | None:
    """Return how a paged officer reports, for words that did nothing; None for everybody who has no open page."""
    officer_id = rota.find_by_mobile(session, sender)
    choices = list(paging.codes_in_use(session, officer_id)) if officer_id is not None else []
    return words.no_step(choices) if choices else None


def do_for_officer(session: Session, verb: Verb, incident_id: int, officer: Officer, *, now: datetime) -> Did:
    """Take a step in an officer's name and say what came of it; a refused one changes nothing. A step."""
    actor = staff.actor_of(staff.get_officer_by_id(session, officer.id), officer.via)
    reference = queries.get_incident_row(session, incident_id).reference
    name = words.spoken(reference) if officer.via is Via.TELEPHONE else reference
    try:
        with session.begin_nested():
            _act(verb)(session, incident_id, actor, now)
    except Conflict as refusal:
        legal = f" You can: {', '.join(refusal.legal).lower()}." if refusal.legal else ""
        return Did(f"{name}: {refusal.message}{legal}", is_done=False)
    except TsalertError as refusal:
        return Did(f"{name}: {refusal.message}", is_done=False)
    return Did(_DONE[verb].format(reference=name), is_done=True)


def _ask_which(session: Session, officer_id: int, asked: Asked, now: datetime) -> str:
    if asked.code is not None:
        paging.note_wrong_code(session, officer_id, now=now)
    return words.which_one(asked.verb, list(paging.codes_in_use(session, officer_id)))


def _act(verb: Verb) -> Callable[[Session, int, Actor, datetime], object]:
    if verb in _STEPS:
        return lambda session, incident_id, actor, now: dispatching.take_milestone(
            session, incident_id, NewMilestone(_STEPS[verb]), actor=actor, now=now
        )
    step = {Verb.TAKE: answering.take, Verb.PASS: answering.pass_on, Verb.OK: answering.say_safe}[verb]
    return lambda session, incident_id, actor, now: step(session, incident_id, actor=actor, now=now)
