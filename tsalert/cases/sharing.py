"""What we know of a case or an incident, put into words for another body; each part is asked for by itself."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from flask import current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.vocabulary import MoneyKind, kind_label
from tsalert.config import Settings
from tsalert.core.clock import london_date
from tsalert.core.money import format_pounds
from tsalert.core.words import Word
from tsalert.parties.folding import fold_name
from tsalert.places.finding import own_authority, stand
from tsalert.response import queries as response
from tsalert.response.models import Call
from tsalert.response.queries import IncidentRecord
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import CallSource, Category
from tsalert.staff import queries as staff
from tsalert.web.filters import day, moment

Lines = list[tuple[str, str]]


class Part(Word):
    """One part of what we know."""

    MATTER = "matter", "What it is about"
    TIMES = "times", "Times"
    TRADER = "trader", "Trader"
    MONEY = "money", "Money"
    RISK = "risk", "Risk"
    VICTIM = "victim", "The victim"
    CALLER = "caller", "Who rang for the victim"


class Matter(Struct, frozen=True):
    """A case, or an incident that has none, and the incidents that it is made of."""

    reference: str
    case_id: int | None
    incidents: tuple[IncidentRecord, ...]


def read_matter(session: Session, *, case_id: int | None, incident_id: int | None) -> Matter:
    """Return what there is to tell of.

    :raises NotFound: there is no such case or incident.
    """
    if case_id is None:
        incident = response.get_incident(session, incident_id or 0)
        return Matter(incident.reference, None, (incident,))
    reference = cases.get_case(session, case_id).reference
    return Matter(reference, case_id, tuple(cases.incidents_of(session, case_id)))


def references_of(session: Session, matters: Sequence[tuple[int | None, int | None]]) -> list[str]:
    """Return the reference of each of some matters: of its case, else of its incident.

    :param matters: the ids of case and incident, of which each has one.
    """
    of_cases = cases.references(session, {case_id for case_id, _ in matters if case_id is not None})
    of_incidents = response.references(session, {incident_id for _, incident_id in matters if incident_id is not None})
    return [of_cases.get(case_id or 0) or of_incidents[incident_id or 0] for case_id, incident_id in matters]


def sender(session: Session, officer_id: int | None, body: str) -> Lines:
    """Return who tells it to whom."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    officer = staff.officer_names(session).get(officer_id or 0, "")
    found = [("Service", settings.authority_name), ("Officer", officer)]
    return [*filled(found), *filled([("Telephone", settings.rapid_response_number)]), ("To", body)]


def lines_of(session: Session, matter: Matter, part: Part, *, now: datetime) -> Lines:
    """Return one part in words; nothing where nothing is known."""
    return _PARTS[part](session, matter, now)


def said(text: str | None) -> Lines:
    """Return what an officer wrote as lines of a section."""
    return [("", text)] if text else []


def filled(lines: Lines) -> Lines:
    """Leave out lines that say nothing."""
    return [(label, words) for label, words in lines if words]


def _matter(session: Session, matter: Matter, _now: datetime) -> Lines:
    if matter.case_id is not None:
        case = cases.get_case(session, matter.case_id)
        what = f"{Category.of(case.category).label}: {kind_label(case.kind).lower()}"
        lines = [("Our reference", case.reference), ("What", what), ("Opened", moment(case.opened_at))]
        lines += [("Incident", each.reference) for each in matter.incidents]
        return [*lines, *_place(session, case.postcode, london_date(case.opened_at))]
    (incident,) = matter.incidents
    what = incident.category.label + (f": {incident.kind}" if incident.kind else "")
    reported_at = next((call.received_at for call in response.calls_of_incident(session, incident.id)), None)
    lines = [("Our reference", incident.reference), ("What", what)]
    lines += [("Reported", moment(reported_at or incident.opened_at))]
    lines += filled([("Grade", incident.grade.label if incident.grade else "")])
    return [*lines, *_place(session, incident.household.postcode, london_date(incident.opened_at))]


def _place(session: Session, postcode: str | None, on: date) -> Lines:
    """Return the postcode and where it lies; the house itself is the victim's."""
    if not postcode:
        return []
    standing = stand(session, postcode, own=own_authority(), on=on)
    return filled([("Postcode", postcode), ("Lies in", standing.where if standing else "")])


def _times(session: Session, matter: Matter, now: datetime) -> Lines:
    """Return what happened when; what officers noted beside it may name people and stays with us."""
    events = [event for each in matter.incidents for event in timeline(session, each.id, now=now)]
    return [(moment(event.occurred_at), event.what) for event in sorted(events, key=lambda each: each.occurred_at)]


def _traders(session: Session, matter: Matter, _now: datetime) -> Lines:
    calls = [call for each in matter.incidents for call in response.calls_of_incident(session, each.id)]
    return [("As described", trader) for trader in dict.fromkeys(call.trader for call in calls) if trader]


def _money(session: Session, matter: Matter, _now: datetime) -> Lines:
    if matter.case_id is None:
        return []
    return [
        (MoneyKind(line.kind).label, format_pounds(line.amount) + (f" on {day(line.on_date)}" if line.on_date else ""))
        for line in cases.ledger(session, matter.case_id).standing
    ]


def _risk(session: Session, matter: Matter, _now: datetime) -> Lines:
    calls = [call for each in matter.incidents for call in response.calls_of_incident(session, each.id)]
    ticks = (
        ("The trader was there", any(call.is_trader_on_site for call in calls)),
        ("Somebody was threatened", any(call.has_threat for call in calls)),
        ("Work was going on", any(call.is_work_in_progress for call in calls)),
    )
    return [(words, "Yes") for words, holds in ticks if holds]


def _victim(session: Session, matter: Matter, _now: datetime) -> Lines:
    lines: Lines = []
    if matter.case_id is not None:
        case = cases.get_case(session, matter.case_id)
        chosen = "Yes" if case.chosen_for_vulnerability else "No"
        lines += [("Name", case.victim_name or ""), ("Address", case.address or "")]
        lines += [("Chosen for age or vulnerability", chosen)]
    for incident in matter.incidents:
        calls = response.calls_of_incident(session, incident.id)
        lines += [("Address", incident.household.address or "")]
        lines += [("Vulnerable", "Yes" if call.is_vulnerable else "") for call in calls]
        lines += [line for call in calls if _is_victims(session, matter, call) for line in _caller(call)]
    return list(dict.fromkeys(filled(lines)))


def _callers(session: Session, matter: Matter, _now: datetime) -> Lines:
    """Return who rang for somebody else: it is for no victim to agree that a neighbour is named."""
    calls = [call for each in matter.incidents for call in response.calls_of_incident(session, each.id)]
    lines: Lines = []
    for call in calls:
        if not _is_victims(session, matter, call):
            lines += [*_caller(call), ("Rang as", CallSource.of(call.source).label if call.source else "")]
    return list(dict.fromkeys(filled(lines)))


def _is_victims(session: Session, matter: Matter, call: Call) -> bool:
    """Tell whether the victim rang: by that name, or as the resident where the names say nothing."""
    victim = cases.get_case(session, matter.case_id).victim_name if matter.case_id is not None else None
    if victim and call.caller_name:
        return fold_name(victim) == fold_name(call.caller_name)
    return call.source in {None, CallSource.RESIDENT}


def _caller(call: Call) -> Lines:
    phone = f"{call.phone}{_SAFE[call.is_safe_to_call_back]}" if call.phone else ""
    return [("Caller", call.caller_name or ""), ("Telephone", phone)]


_SAFE = {
    True: ", safe to call back",
    False: ". Do not ring it: it is not safe to call back",
    None: ". Nobody asked whether it is safe to call back",
}
_PARTS: dict[Part, Callable[[Session, Matter, datetime], Lines]] = {
    Part.MATTER: _matter,
    Part.TIMES: _times,
    Part.TRADER: _traders,
    Part.MONEY: _money,
    Part.RISK: _risk,
    Part.VICTIM: _victim,
    Part.CALLER: _callers,
}
