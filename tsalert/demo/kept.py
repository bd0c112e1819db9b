"""Retention: rules approved and waiting, a run with its certificate, a hold, and a request for what is held."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from tsalert.cases import listing
from tsalert.cases.listing import CaseFilter
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import london_date
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.parties.models import Party
from tsalert.response import service as response
from tsalert.response.rules import NewCall
from tsalert.response.vocabulary import Disposition
from tsalert.retention import erasing, holding, keeping, runs
from tsalert.retention.access import requests
from tsalert.retention.access.requests import NewRequest
from tsalert.retention.vocabulary import Root, RuleKind
from tsalert.staff import queries as staff

PROTECTION_OFFICER = "data_protection_officer@example.org"
_APPROVED = (RuleKind.UNREAL_CALL, RuleKind.INCIDENT, RuleKind.CASE, RuleKind.PROSECUTION)


def load_kept(team: Crew, now: datetime) -> None:
    """Load what the data protection officer finds: no record of the published quarters is old enough to be erased."""
    protection = staff.actor_of(staff.get_officer(db.session(), PROTECTION_OFFICER), Via.COMMAND)
    _approve(protection, now - timedelta(days=200))
    _erase_spam(team, protection, now)
    _hold(team, now)
    first = db.session().scalar(select(func.min(Party.id)))
    asked = NewRequest("Ada Asker (invented)", london_date(now - timedelta(days=3)), "01632 960555", party_id=first)
    requests.record_request(asked, actor=protection, now=now - timedelta(days=3))


def _approve(protection: Actor, at: datetime) -> None:
    for each in keeping.list_rules(db.session(), london_date(at)):
        if each.kind in _APPROVED:
            keeping.approve_rule(each.versions[0].id, actor=protection, now=at)


def _erase_spam(team: Crew, protection: Actor, now: datetime) -> None:
    """Log a call that sold something five months ago, and take who rang out of it by an approved run."""
    then, at = now - timedelta(days=150), now - timedelta(days=2)
    spam = NewCall(disposition=Disposition.SPAM, caller_name="A seller of windows (invented)", phone="01632 960444")
    response.log_call(spam, actor=team.officer, now=then, is_demo=True)
    run_id = runs.make_list(actor=team.manager, now=at)
    for approver in (team.manager, protection):
        runs.approve_list(run_id, actor=approver, now=at)
    runs.start_run(run_id, actor=protection, now=at)
    erasing.carry_out(run_id, actor=protection, now=lambda: at, tell=lambda _left: None)


def _hold(team: Crew, now: datetime) -> None:
    reference = listing.list_cases(db.session(), CaseFilter(), reader=team.manager, now=now).items[0].reference
    root, key = holding.find_record(db.session(), reference)
    assert root is Root.CASE
    review_on = london_date(now) + timedelta(days=180)
    why = "The trader has asked for leave to appeal. Invented."
    holding.place_hold(root, key, reason=why, review_on=review_on, actor=team.manager, now=now)
