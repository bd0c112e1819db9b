"""Putting a pack together: facts, times, risk, actions, whom we told; the victim only where that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.vocabulary import MoneyKind, kind_label
from tsalert.config import Settings
from tsalert.core.clock import london_date
from tsalert.core.money import format_pounds
from tsalert.handover.models import Handover
from tsalert.handover.rules import Pack, Section
from tsalert.places.finding import own_authority, stand
from tsalert.response import queries as response
from tsalert.response.queries import IncidentRecord
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import Category
from tsalert.staff import queries as staff
from tsalert.web.filters import day, moment

Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is handed over, as every officer may see it."""

    reference: str
    incident_ids: tuple[int, ...]


def subject_of(session: Session, handover: Handover) -> Subject:
    """Return the incident or case of a handover; of a case, the incidents that it grew out of."""
    if handover.incident_id is not None:
        return Subject(response.get_incident(session, handover.incident_id).reference, (handover.incident_id,))
    case_id = handover.case_id or 0
    return Subject(cases.get_case(session, case_id).reference, tuple(cases.incident_ids(session, case_id)))


def title_of(reference: str) -> str:
    """Return the heading of a pack; it names nobody."""
    return f"Handover of {reference}"


def assemble(session: Session, handover: Handover, *, now: datetime) -> Pack:
    """Return the pack as it would be offered now."""
    incidents = [response.get_incident(session, number) for number in subject_of(session, handover).incident_ids]
    sections = [
        Section("From", tuple(_sender(session, handover))),
        Section("What it is about", tuple(_matter(session, handover, incidents))),
        Section("Facts", (("", handover.facts),)),
        Section("Times", tuple(_times(session, incidents, now))),
        Section("Trader", tuple(_traders(session, incidents))),
        Section("Money", tuple(_money(session, handover))),
        Section("Risk", tuple(_risk(session, handover, incidents))),
        Section("Done, and still to do", tuple(_said(handover.actions))),
        Section("Whom we told", tuple(_said(handover.told))),
        Section("The victim", tuple(_victim(session, handover, incidents))),
    ]
    return tuple(section for section in sections if section.lines)


def _sender(session: Session, handover: Handover) -> Lines:
    settings: Settings = current_app.extensions["tsalert_settings"]
    officer = staff.officer_names(session).get(handover.offered_by or handover.made_by or 0, "")
    found = [("Service", settings.authority_name), ("Officer", officer)]
    return [*_filled(found), *_filled([("Telephone", settings.rapid_response_number)]), ("To", handover.body)]


def _matter(session: Session, handover: Handover, incidents: Sequence[IncidentRecord]) -> Lines:
    if handover.case_id is not None:
        case = cases.get_case(session, handover.case_id)
        what = f"{Category.of(case.category).label}: {kind_label(case.kind).lower()}"
        lines = [("Our reference", case.reference), ("What", what), ("Opened", moment(case.opened_at))]
        lines += [("Incident", each.reference) for each in incidents]
        return [*lines, *_place(session, case.postcode, london_date(case.opened_at))]
    (incident,) = incidents
    what = incident.category.label + (f": {incident.kind}" if incident.kind else "")
    reported_at = next((call.received_at for call in response.calls_of_incident(session, incident.id)), None)
    lines = [("Our reference", incident.reference), ("What", what)]
    lines += [("Reported", moment(reported_at or incident.opened_at))]
    lines += _filled([("Grade", incident.grade.label if incident.grade else "")])
    return [*lines, *_place(session, incident.household.postcode, london_date(incident.opened_at))]


def _place(session: Session, postcode: str | None, on: date) -> Lines:
    """Return the postcode and where it lies; the house itself is the victim's."""
    if not postcode:
        return []
    standing = stand(session, postcode, own=own_authority(), on=on)
    return _filled([("Postcode", postcode), ("Lies in", standing.where if standing else "")])


def _times(session: Session, incidents: Sequence[IncidentRecord], now: datetime) -> Lines:
    """Return what happened when; what officers noted beside it may name people and stays with us."""
    events = [event for each in incidents for event in timeline(session, each.id, now=now)]
    return [(moment(event.occurred_at), event.what) for event in sorted(events, key=lambda each: each.occurred_at)]


def _traders(session: Session, incidents: Sequence[IncidentRecord]) -> Lines:
    calls = [call for each in incidents for call in response.calls_of_incident(session, each.id)]
    return [("As described", trader) for trader in dict.fromkeys(call.trader for call in calls) if trader]


def _money(session: Session, handover: Handover) -> Lines:
    if handover.case_id is None:
        return []
    return [
        (MoneyKind(line.kind).label, format_pounds(line.amount) + (f" on {day(line.on_date)}" if line.on_date else ""))
        for line in cases.ledger(session, handover.case_id).standing
    ]


def _risk(session: Session, handover: Handover, incidents: Sequence[IncidentRecord]) -> Lines:
    calls = [call for each in incidents for call in response.calls_of_incident(session, each.id)]
    ticks = (
        ("The trader was there", any(call.is_trader_on_site for call in calls)),
        ("Somebody was threatened", any(call.has_threat for call in calls)),
        ("Work was going on", any(call.is_work_in_progress for call in calls)),
    )
    return [*_said(handover.risk), *((words, "Yes") for words, holds in ticks if holds)]


def _victim(session: Session, handover: Handover, incidents: Sequence[IncidentRecord]) -> Lines:
    if not handover.with_victim:
        return [("", "Left out of this pack. Ask us for what you need.")]
    lines: Lines = []
    if handover.case_id is not None:
        case = cases.get_case(session, handover.case_id)
        chosen = "Yes" if case.chosen_for_vulnerability else "No"
        lines += [("Name", case.victim_name or ""), ("Address", case.address or "")]
        lines += [("Chosen for age or vulnerability", chosen)]
    for incident in incidents:
        lines += [("Address", incident.household.address or "")]
        for call in response.calls_of_incident(session, incident.id):
            lines += [("Caller", call.caller_name or ""), ("Vulnerable", "Yes" if call.is_vulnerable else "")]
            lines += [("Telephone", f"{call.phone}{_SAFE[call.is_safe_to_call_back]}" if call.phone else "")]
    return list(dict.fromkeys(_filled(lines)))


_SAFE = {
    True: ", safe to call back",
    False: ". Do not ring it: it is not safe to call back",
    None: ". Nobody asked whether it is safe to call back",
}


def _said(text: str | None) -> Lines:
    return [("", text)] if text else []


def _filled(lines: Lines) -> Lines:
    return [(label, said) for label, said in lines if said]
