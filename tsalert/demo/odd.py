"""Something to look at in last week's trail: an officer's namesake, and a file taken out that was asked about."""

from datetime import date, datetime, time, timedelta

from flask import current_app

from tsalert.audit import service as audit
from tsalert.audit.rules import EXPORTED
from tsalert.core.actors import Actor
from tsalert.core.clock import from_london_wall, london_date
from tsalert.db import db, transaction
from tsalert.demo.past import Crew
from tsalert.oversight import queries, service
from tsalert.oversight.rules import week_before
from tsalert.oversight.vocabulary import Kind
from tsalert.response.rules import NewCall
from tsalert.response.service import log_call
from tsalert.response.vocabulary import CallSource, Disposition

_ASKED = "Asked Robin: the figures went into the board's paper, nothing of anybody in them. Invented."


def load_oddities(team: Crew, now: datetime) -> None:
    """Load two lines of last week: one still to be looked at, one that the manager has looked at."""
    week = week_before(london_date(now))
    tuesday = from_london_wall(datetime.combine(week + timedelta(days=1), time(14, 5)))
    told = NewCall(
        disposition=Disposition.ADVICE,
        source=CallSource.RESIDENT,
        caller_name="Sam Second (invented)",
        happening="A man offered to clean the gutters. She sent him away.",
    )
    call_id = log_call(told, actor=team.officer, now=tuesday).call_id
    for minutes in (30, 55):
        _note(team.second, "read", "call", call_id, tuesday + timedelta(minutes=minutes))
    _note(team.officer, EXPORTED, "file", None, tuesday + timedelta(hours=1))
    _look(team, week, now)


def _note(actor: Actor, action: str, subject: str, number: int | None, at: datetime) -> None:
    detail = {"what": "response_figures.export_period"} if action == EXPORTED else {}
    with transaction() as session:
        audit.record(session, actor, action, subject, number, now=at, **detail)


def _look(team: Crew, week: date, now: datetime) -> None:
    settings = current_app.extensions["tsalert_settings"]
    found = queries.oddities(db.session(), week, settings)
    line = next(each.line for each in found if each.line.kind is Kind.EXPORTED)
    db.session().rollback()
    service.note_looked_at(week, line.key, _ASKED, actor=team.manager, settings=settings, now=now)
