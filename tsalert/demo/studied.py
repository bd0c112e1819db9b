"""Case studies for the board: one that is signed for 2022/23 Q1, and one for Q2 that nobody has signed yet."""

from datetime import datetime, timedelta

from sqlalchemy import select

from tsalert.cases import queries as case_queries
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.cases.rules import Progress
from tsalert.cases.vocabulary import Impact, Outcome, Status
from tsalert.core.clock import london_date
from tsalert.core.periods import parse_period
from tsalert.db import db
from tsalert.demo.amounts import VISITS
from tsalert.demo.past import GARDENERS_IN, Crew
from tsalert.enforcement import service as enforcing
from tsalert.enforcement.rules import NewAction
from tsalert.enforcement.vocabulary import ActionKind
from tsalert.quarterly.studies import queries, service, signing
from tsalert.quarterly.studies.rules import Beginning, Signing, Writing
from tsalert.quarterly.studies.vocabulary import AgeBand, Item
from tsalert.response.vocabulary import Category

_TITLE = "A hedge, and thirteen visits"
_TEXT = """\
A resident aged 75 to 84 let two gardeners tidy a hedge. They came back, found more to do, and went along to \
the bank. **Over 13 visits £19,000 was paid for work that was worth £1,600.**

## What we did

- A neighbour rang us, and we put an end to the visits.
- We warned the gardeners in writing.
- We spoke with the bank, which now asks before so much cash is drawn.

## What came of it

The resident feels safer at home. *All of it is invented.*
"""


def load_studies(team: Crew, now: datetime) -> None:
    """Load both studies, where the published quarters were loaded."""
    at = now - timedelta(days=40)
    gardeners = _gardeners()
    if gardeners is not None:
        _close(team, gardeners, at)
        _sign(team, gardeners, at)
    second = parse_period("2022/23 Q2")
    of_doorstep = (case_queries.opened_in(second), CaseFile.category == Category.DOORSTEP_CRIME)
    waiting = db.session().scalar(select(CaseFile.id).where(*of_doorstep).order_by(CaseFile.id).limit(1))
    if waiting is not None:
        service.begin_study(waiting, Beginning(second, AgeBand.FROM_85), actor=team.second, now=at)


def _gardeners() -> int | None:
    """Return the case of the thirteen visits in the published quarter."""
    of_quarter = (case_queries.opened_in(parse_period(GARDENERS_IN)), MoneyLine.visit == len(VISITS))
    query = select(CaseFile.id).join(MoneyLine, MoneyLine.case_id == CaseFile.id)
    return db.session().scalar(query.where(*of_quarter))


def _close(team: Crew, case_id: int, at: datetime) -> None:
    warned = NewAction(ActionKind.WARNING, london_date(at), "In writing. Invented.")
    enforcing.record_action(case_id, warned, actor=team.officer, now=at)
    over = Progress(Status.CLOSED, outcome=Outcome.TRADER_WARNED, impact=Impact.FEELS_SAFER)
    cases.record_progress(case_id, over, actor=team.officer, now=at)


def _sign(team: Crew, case_id: int, at: datetime) -> None:
    new = Beginning(parse_period(GARDENERS_IN), AgeBand.FROM_75)
    study_id = service.begin_study(case_id, new, actor=team.officer, now=at)
    words = Writing(_TITLE, _TEXT.strip(), AgeBand.FROM_75)
    service.save_text(case_id, study_id, words, after=1, actor=team.officer, now=at + timedelta(hours=1))
    for hours, actor in ((2, team.officer), (20, team.second)):
        signed_at = at + timedelta(hours=hours)
        study = queries.get_study(db.session(), case_id, study_id, actor=actor, now=signed_at)
        signing.sign(case_id, study_id, Signing(study.text.digest, tuple(Item)), actor=actor, now=signed_at)
