"""Reading calculation runs."""

import json
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.by_id import get_by_id
from tsalert.core.periods import Period
from tsalert.keysets import Order, Page, read_page
from tsalert.runs.models import CalculationRun
from tsalert.runs.rules import Question, RunState
from tsalert.runs.tally import Place, Total, read_totals
from tsalert.savings.valuing.profiles import TOTAL


class Step(Struct, frozen=True):
    """Who took a run one state further, and when; ``by`` is None for a command."""

    by: int | None
    at: datetime


class Run(Struct, frozen=True):
    """A calculation run as it was made, and how far it has come."""

    id: int
    question: Question
    as_of: datetime
    form: int
    rate_sets: tuple[str, ...]
    records: int
    lines: int
    digest_of_inputs: str
    digest_of_results: str
    totals: tuple[Total, ...]
    note: str | None
    state: RunState
    made: Step
    signed: Step | None
    published: Step | None
    superseded_at: datetime | None
    superseded_by_id: int | None
    reason: str | None

    @property
    def total(self) -> Total:
        """The grand total of the profile's table."""
        return self.total_of((TOTAL, TOTAL))

    def total_of(self, place: Place) -> Total:
        """Return one total; nothing counted there makes it £0."""
        return next((each for each in self.totals if (each.row, each.column) == place), Total.nothing(place))


def list_runs(
    session: Session, *, state: RunState | None = None, period: Period | None = None, after: int | None = None,
) -> Page[Run]:  # fmt: skip
    """Return a page of the runs, the newest first."""
    query = select(CalculationRun)
    if state:
        query = query.where(CalculationRun.state == state)
    if period:
        query = query.where(CalculationRun.first_day == period.first_day, CalculationRun.last_day == period.last_day)
    return read_page(session, query, Order(CalculationRun.id), after=after).told_by(read_run)


def get_run(session: Session, run_id: int) -> Run:
    """Return one run.

    :raises NotFound: there is no such run.
    """
    return read_run(get_row(session, run_id))


def get_row(session: Session, run_id: int, *, lock: bool = False) -> CalculationRun:
    """Return the row of a run; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is no such run.
    """
    return get_by_id(session, CalculationRun, run_id, "There is no such calculation run.", lock=lock)


def find_published(session: Session, question: Question) -> Run | None:
    """Return the published run that answers a question, if there is one."""
    same = {
        CalculationRun.profile: question.profile,
        CalculationRun.basis: question.basis,
        CalculationRun.recognition: question.recognition,
        CalculationRun.first_day: question.period.first_day,
        CalculationRun.last_day: question.period.last_day,
        CalculationRun.state: RunState.PUBLISHED,
    }
    row = session.scalar(select(CalculationRun).where(*(column == asked for column, asked in same.items())))
    return read_run(row) if row else None


def question_of(row: CalculationRun) -> Question:
    """Return what a run was asked."""
    period = Period(row.period, row.first_day, row.last_day)
    return Question(period, row.profile, row.basis, row.recognition)


def read_run(row: CalculationRun) -> Run:
    """Return a row as a value that outlives its session."""
    return Run(
        row.id,
        question_of(row),
        row.as_of,
        row.form,
        tuple(json.loads(row.rate_sets)["rate_sets"]),
        row.records,
        row.lines,
        row.digest_of_inputs,
        row.digest_of_results,
        read_totals(row.totals),
        row.note,
        RunState(row.state),
        Step(row.made_by, row.made_at),
        Step(row.signed_by, row.signed_at) if row.signed_at else None,
        Step(row.published_by, row.published_at) if row.published_at else None,
        row.superseded_at,
        row.superseded_by_id,
        row.reason,
    )
