"""A run comes out the same, bit for bit, whatever happens after its instant; on either database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.runs.conftest import MADE, RECORDED, Record, question
from tsalert.core.actors import Actor
from tsalert.core.periods import parse_period
from tsalert.runs import queries, service
from tsalert.runs.rules import Question
from tsalert.runs.tally import read_totals
from tsalert.runs.valuing import method_of
from tsalert.runs.working import work_out
from tsalert.savings import service as savings
from tsalert.savings.queries import savings_table
from tsalert.savings.rates import approving
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention

# What the published quarter came to when canonical form 1 was laid down; they never change.
INPUTS = "8a32da6fc4578d355c26f93d681f2eaf8dd942c015611d0c64b49a462abc8f98"
RESULTS = "51e3528c9aba64b71f8fe2f38bb7a0a2983c4c2f265273bc476ee3c572d6e5ce"
LATER = MADE + timedelta(days=30)


@pytest.fixture
def run_id(published_quarter: dict[str, str], maker: Actor) -> int:
    return service.make_run(question(), as_of=None, note="For the board", actor=maker, now=MADE)


def is_same(run_id: int, actor: Actor) -> bool:
    return service.verify_run(run_id, actor=actor, now=LATER).is_same


def test_the_published_quarter_has_the_same_digests_on_either_database_and_for_ever(
    session: Session, published_quarter: dict[str, str]
) -> None:
    outcome = work_out(session, question(), MADE)
    assert (outcome.digest_of_inputs, outcome.digest_of_results) == (INPUTS, RESULTS)


def test_q1_2022_23_can_be_run_again_today_and_gives_146_333(session: Session, run_id: int, maker: Actor) -> None:
    verdict = service.verify_run(run_id, actor=maker, now=LATER)
    assert verdict.is_same
    assert verdict.run.total.shown == 146_333


def test_a_run_outlives_corrections_withdrawals_and_late_records(
    session: Session, run_id: int, published_quarter: dict[str, str], record: Record, maker: Actor
) -> None:
    corrected = NewIntervention(
        type=InterventionType.SCAM_VICTIM, on_date=date(2022, 5, 3), prevented=Decimal(900), evidence=Evidence.BANK
    )
    savings.correct_intervention(
        published_quarter["scam"], corrected, of_version=1, reason="A second receipt", actor=maker, now=LATER
    )
    savings.withdraw_intervention(published_quarter["one"], of_version=1, reason="Told twice", actor=maker, now=LATER)
    record(InterventionType.CALL_BLOCKER, date(2022, 6, 3), now=LATER)
    assert is_same(run_id, maker)
    now = work_out(session, question(), LATER)
    assert read_totals(now.totals) != queries.get_run(session, run_id).totals


def test_a_run_outlives_a_later_record_of_the_same_household_that_came_first(
    session: Session, record: Record, maker: Actor
) -> None:
    home = {"household_key": "BR1 1AA:1"}
    record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), **home)
    run_id = service.make_run(question(), as_of=None, note=None, actor=maker, now=MADE)
    record(InterventionType.CALL_BLOCKER, date(2022, 4, 2), now=LATER, **home)
    assert is_same(run_id, maker)
    later = service.make_run(question(), as_of=None, note=None, actor=maker, now=LATER)
    assert queries.get_run(session, later).total == queries.get_run(session, run_id).total  # one in place at a time


def test_a_run_outlives_rates_that_are_superseded(
    session: Session, run_id: int, maker: Actor, manager: Actor, other_rates: str
) -> None:
    approving.approve_rate_set(other_rates, supersedes="nts-observed-2021-22", actor=manager, now=LATER)
    assert is_same(run_id, maker)
    now = work_out(session, question(), LATER)
    assert other_rates in now.rate_sets


def test_what_was_approved_after_an_instant_does_not_value_it(
    session: Session, record: Record, maker: Actor, manager: Actor
) -> None:
    record(InterventionType.CALL_BLOCKER, date(2023, 4, 10))
    asked = question("2023/24 Q1")
    before = service.make_run(asked, as_of=None, note=None, actor=maker, now=MADE)
    approving.continue_rate_set("nts-observed-2021-22", date(2023, 4, 1), None, actor=manager, now=LATER)
    assert is_same(before, maker)
    assert queries.get_run(session, before).total.shown == 0
    after = service.make_run(asked, as_of=LATER, note=None, actor=maker, now=LATER)
    assert queries.get_run(session, after).total.shown == 25_472


def test_a_record_counts_from_the_instant_of_its_recording_on(session: Session, published_quarter: object) -> None:
    assert work_out(session, question(), RECORDED - timedelta(microseconds=1)).records == 0
    assert work_out(session, question(), RECORDED).records == 6


def test_somebody_who_changes_a_row_behind_our_backs_is_found_out(session: Session, run_id: int, maker: Actor) -> None:
    session.execute(text("UPDATE intervention SET prevented = prevented + 1 WHERE prevented > 0"))
    verdict = service.verify_run(run_id, actor=maker, now=LATER)
    assert (verdict.has_same_inputs, verdict.has_same_results) == (False, False)
    assert verdict.differences["doorstep_crime", "financial"] == Decimal("0.02")


@pytest.mark.parametrize("basis", ["published", "prudent-low", "prudent-central", "prudent-high"])
@pytest.mark.parametrize("recognition", ["whole_term", "yearly"])
@pytest.mark.parametrize("profile", ["sbp-2021", "classes"])
def test_a_run_comes_to_what_the_page_shows(
    session: Session,
    published_quarter: dict[str, str],
    manager: Actor,
    basis: str,
    recognition: str,
    profile: str,
) -> None:
    approving.approve_rate_set("prudent-2026", actor=manager, now=RECORDED)
    for label in ("2022/23 Q1", "2022/23", "2023/24 Q1"):
        asked = Question(parse_period(label), profile, basis, recognition)
        table = savings_table(session, asked.period, method_of(asked))
        run = service.make_run(asked, as_of=None, note=None, actor=manager, now=MADE)
        found = queries.get_run(session, run)
        for row in table.lines:
            for column, cell in row.cells.items():
                assert found.total_of((row.slug, column)).exact == (cell.exact if cell else 0), (row.slug, column)
