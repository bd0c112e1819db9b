"""Making, verifying, signing, publishing and superseding calculation runs.

A run is worked out before its transaction opens, so that nobody waits for a long one to be able to write.
"""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict
from tsalert.db import db, transaction
from tsalert.runs import queries, rules
from tsalert.runs.canonical import FORM
from tsalert.runs.models import CalculationRun
from tsalert.runs.queries import Run
from tsalert.runs.rules import Question, RunState
from tsalert.runs.tally import Place, difference, read_totals
from tsalert.runs.working import Outcome, work_out

_SUBJECT = "calculation run"


class Verdict(Struct, frozen=True):
    """What working a run out again came to.

    :param differences: by how much each total came out other than it was.
    """

    run: Run
    outcome: Outcome
    differences: dict[Place, Decimal]

    @property
    def has_same_inputs(self) -> bool:
        """True where the same records and rates were read."""
        return self.outcome.digest_of_inputs == self.run.digest_of_inputs

    @property
    def has_same_results(self) -> bool:
        """True where every line came out the same, bit for bit."""
        return self.outcome.digest_of_results == self.run.digest_of_results

    @property
    def is_same(self) -> bool:
        """True where the run stands proved."""
        return self.has_same_inputs and self.has_same_results and not self.differences


def make_run(question: Question, *, as_of: datetime | None, note: str | None, actor: Actor, now: datetime) -> int:
    """Work out a period's figures from what stood at an instant and keep what they came to; returns its number.

    :param as_of: None for now.
    :raises RuleViolation: the instant is in the future, or there is no such profile, basis or recognition.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    instant = as_of or now
    rules.check_as_of(instant, now=now)
    outcome = work_out(db.session(), question, instant)
    with transaction() as session:
        row = _row(question, outcome)
        row.as_of, row.note, row.made_by, row.made_at = instant, note, actor.officer_id, now
        session.add(row)
        session.flush()
        audit.record(
            session, actor, "made", _SUBJECT, row.id, now=now, period=row.period, results=row.digest_of_results
        )
        return row.id


def verify_run(run_id: int, *, actor: Actor, now: datetime) -> Verdict:
    """Work a run out again from what stood at its instant, and compare it bit for bit.

    :raises NotFound: there is no such run.
    """
    actor.require(Permission.READ_FIGURES)
    verdict = _work_again(db.session(), run_id)
    with transaction() as session:
        audit.record(session, actor, "verified", _SUBJECT, run_id, now=now, is_same=verdict.is_same)
    return verdict


def discard_run(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw a draft away; the trail keeps that it was there.

    :raises NotFound: there is no such run.
    :raises Conflict: it is signed.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _locked(session, run_id, RunState.DRAFT)
        audit.record(session, actor, "discarded", _SUBJECT, run_id, now=now, results=row.digest_of_results)
        session.delete(row)


def sign_run(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Stand behind a run that somebody else made; it is worked out again first.

    :raises NotFound: there is no such run.
    :raises RuleViolation: its author signs.
    :raises Conflict: it is no draft, is too young, or does not come out the same.
    """
    actor.require(Permission.SIGN_RUN)
    run = queries.get_run(db.session(), run_id)
    rules.require_state(run.state, RunState.DRAFT)
    rules.check_signing(made_by=run.made.by, signer=actor.officer_id, as_of=run.as_of, now=now)
    if not _work_again(db.session(), run_id).is_same:
        raise Conflict("This run does not come out the same any more: throw it away and make it again.")
    with transaction() as session:
        row = _locked(session, run_id, RunState.DRAFT)
        row.state, row.signed_by, row.signed_at = RunState.SIGNED, actor.officer_id, now
        audit.record(session, actor, "signed", _SUBJECT, run_id, now=now, results=row.digest_of_results)


def publish_run(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a signed run be the published answer to its question.

    :raises NotFound: there is no such run.
    :raises Conflict: it is not signed, or another run is published already.
    """
    actor.require(Permission.SIGN_RUN)
    with transaction() as session:
        row = _locked(session, run_id, RunState.SIGNED)
        known = queries.find_published(session, queries.question_of(row))
        if known:
            raise Conflict(f"Run {known.id} is published for this.", legal=[f"let this run supersede run {known.id}"])
        _publish(session, row, actor=actor, now=now)


def supersede_run(run_id: int, *, by: int, reason: str, actor: Actor, now: datetime) -> None:
    """Publish a newer signed run in the place of a published one, and say why.

    :param by: the newer run.
    :raises NotFound: there is no such run.
    :raises RuleViolation: the other run answers another question or is not newer.
    :raises Conflict: one of the runs is not in the state for it.
    """
    actor.require(Permission.SIGN_RUN)
    with transaction() as session:
        old, new = _locked(session, run_id, RunState.PUBLISHED), _locked(session, by, RunState.SIGNED)
        rules.check_succession(queries.read_run(old), queries.read_run(new))
        old.state, old.superseded_at, old.superseded_by_id, old.reason = RunState.SUPERSEDED, now, new.id, reason
        session.flush()
        audit.record(session, actor, "superseded", _SUBJECT, run_id, now=now, by=by)
        _publish(session, new, actor=actor, now=now)


def _publish(session: Session, row: CalculationRun, *, actor: Actor, now: datetime) -> None:
    row.state, row.published_by, row.published_at = RunState.PUBLISHED, actor.officer_id, now
    audit.record(session, actor, "published", _SUBJECT, row.id, now=now, results=row.digest_of_results)


def _locked(session: Session, run_id: int, state: RunState) -> CalculationRun:
    row = queries.get_row(session, run_id, lock=True)
    rules.require_state(RunState(row.state), state)
    return row


def _row(question: Question, outcome: Outcome) -> CalculationRun:
    return CalculationRun(
        profile=question.profile,
        basis=question.basis,
        recognition=question.recognition,
        period=question.period.label,
        first_day=question.period.first_day,
        last_day=question.period.last_day,
        form=FORM,
        state=RunState.DRAFT,
        **asdict(outcome),
    )


def _work_again(session: Session, run_id: int) -> Verdict:
    run = queries.get_run(session, run_id)
    outcome = work_out(session, run.question, run.as_of)
    return Verdict(run, outcome, difference(run.totals, read_totals(outcome.totals)))
