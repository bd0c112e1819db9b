"""Calculation runs of the published quarter: as it stood in its midst, as published, and with every class apart."""

from datetime import date, datetime, timedelta

from tsalert.core.clock import london_midnight
from tsalert.core.periods import parse_period
from tsalert.demo.past import Crew
from tsalert.runs import service as runs
from tsalert.runs.rules import Question
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import PLAIN, PUBLISHED
from tsalert.savings.valuing.recognition import Recognition


def load_runs(team: Crew, now: datetime) -> None:
    """Make the runs; the officer makes them, the manager signs and publishes one."""
    quarter, whole = parse_period("2022/23 Q1"), Recognition.WHOLE_TERM.value
    board = Question(quarter, PUBLISHED, Basis.PUBLISHED.value, whole)
    made, midst = now - timedelta(days=9), london_midnight(date(2022, 5, 17))
    runs.make_run(board, as_of=midst, note="What was known in the middle", actor=team.officer, now=made)
    paper = runs.make_run(board, as_of=None, note="For the board's paper", actor=team.officer, now=made)
    runs.sign_run(paper, actor=team.manager, now=made + timedelta(days=1))
    runs.publish_run(paper, actor=team.manager, now=made + timedelta(days=2))
    plain = Question(quarter, PLAIN, Basis.PUBLISHED.value, whole)
    note = "Every class by itself, for the finance officer"
    runs.make_run(plain, as_of=None, note=note, actor=team.officer, now=now - timedelta(days=1))
