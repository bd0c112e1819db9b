"""What an alert's form begins with: a template, filled from the allow-list of a case."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tsalert.alerts.beginning import APPROACHES, CaseFacts, begin_from
from tsalert.alerts.proof import letterhead
from tsalert.alerts.rules import LONGEST_HEADLINE
from tsalert.alerts.templates import queries, rules
from tsalert.alerts.templates.standard import proposed
from tsalert.cases import queries as cases
from tsalert.cases.merging import require_here
from tsalert.cases.models import CaseFile
from tsalert.cases.vocabulary import kind_label
from tsalert.core.actors import Actor
from tsalert.core.clock import in_london
from tsalert.places.queries import ward_names
from tsalert.response import queries as response
from tsalert.response.vocabulary import Category
from tsalert.subscribers.queries import topics

# An alert that nobody ends applies for so long.
_USUAL_LIFE = timedelta(days=14)
_TIMES_OF_DAY = ((6, "at night"), (12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"))
_NIGHT = "at night"
# Kinds of cases that name nothing which somebody could offer.
_NO_THING = frozenset({"other", "theft"})
Filled = dict[str, Any]


def begin(
    session: Session, *, case_id: int | None = None, template: str | None = None, actor: Actor, now: datetime
) -> Filled:
    """Return what a new alert's form is filled with: from a case what the allow-list names, the rest from a template.

    :raises NotFound: there is no such case or template.
    :raises Withheld: this person may not see the case.
    """
    case = None if case_id is None else cases.get_visible_case(session, case_id, actor=actor, now=now)
    filled: Filled = {"expires_at": usual_end(now)}
    if case is not None:
        filled |= _of_case(session, case)
    if template is not None:
        filled |= _of_template(session, template, case)
    return filled


def usual_end(now: datetime) -> str:
    """Return until when an alert applies that is begun now, as the field of a form holds it."""
    return f"{in_london(now + _USUAL_LIFE):%Y-%m-%dT%H:%M}"


def values(session: Session, case: CaseFile | None) -> dict[str, str]:
    """Return what is known for placeholders; of a case only what is on the allow-list."""
    head = letterhead()
    known = {"authority": head.authority, "telephone": head.rapid_response_number or ""}
    if case is None:
        return known
    at = _first_call(session, case)
    return known | {
        "ward": ward_names(session).get(case.ward_code or "", ""),
        "what": "" if case.kind in _NO_THING else kind_label(case.kind).lower(),
        "approach": APPROACHES.get(case.channel, ""),
        "time_of_day": time_of_day(at) if at else "",
    }


def proposed_for(case: CaseFile) -> str | None:
    """Return the name of the template that suits a case best."""
    return proposed(case.category, case.kind, case.channel)


def time_of_day(at: datetime) -> str:
    """Return in which part of the day an instant lies in London."""
    return next((words for until, words in _TIMES_OF_DAY if in_london(at).hour < until), _NIGHT)


def _of_case(session: Session, case: CaseFile) -> Filled:
    require_here(session, case)
    ward = ward_names(session).get(case.ward_code or "")
    facts = CaseFacts(Category(case.category).label, kind_label(case.kind), case.channel, ward)
    topic = case.category.replace("_", "-")
    topic = {"scam": "scams"}.get(topic, topic)
    return {
        "case_id": case.id,
        "case_reference": case.reference,
        "wards": [case.ward_code] if case.ward_code else [],
        "topic": topic if topic in dict(topics(session)) else "",
        "proposed": proposed_for(case),
        **begin_from(facts),
    }


def _of_template(session: Session, name: str, case: CaseFile | None) -> Filled:
    words = queries.get_template(session, name).words
    known = values(session, case)
    texts = {field: rules.fill(text, known) for field, text in words.texts.items()}
    texts["headline"] = texts["headline"][:LONGEST_HEADLINE]
    return {"topic": words.topic, "template": name, **texts}


def _first_call(session: Session, case: CaseFile) -> datetime | None:
    """Return when the first incident of a case was told of; an alert takes no more of that than the part of the day."""
    incidents = cases.incident_ids(session, case.id)
    return response.get_incident_row(session, incidents[0]).opened_at if incidents else None
