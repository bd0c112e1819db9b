"""What is still before a court is told by no study; what a court decided may name who was convicted."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.quarterly.studies.conftest import NOON, THEN, begun, gardeners, read, signed, writing
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.enforcement import court, court_queries
from tsalert.enforcement import service as enforcing
from tsalert.enforcement.court_rules import HearingOutcome, NewDecision, NewDefendant, NewHearing, NewProsecution
from tsalert.enforcement.rules import NewOffence
from tsalert.enforcement.vocabulary import CourtKind, DecisionKind, HearingKind, HearingResult, Result
from tsalert.identifying.vocabulary import Check
from tsalert.quarterly.studies import queries, service
from tsalert.quarterly.studies.living import why_live

ON = date(2022, 5, 3)
COURT = "Anytown Magistrates' Court"
HEARD = THEN + timedelta(days=30)


class Trial:
    """A prosecution of one gardener."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor = session, actor
        self.case_id = gardeners(actor, is_closed=False)
        offence = enforcing.record_offence(
            self.case_id, NewOffence("fraud_representation", ON, ON), actor=actor, now=THEN
        )
        begun_on = NewProsecution(CourtKind.MAGISTRATES, COURT, ON)
        self.id = court.begin_prosecution(self.case_id, begun_on, actor=actor, now=THEN)
        self.offence = offence

    def charge(self, name: str) -> int:
        new = NewDefendant((self.offence,), name=name)
        return court.add_defendant(self.case_id, self.id, new, actor=self.actor, now=THEN)

    def decide(self, defendant: int, kind: DecisionKind, result: Result) -> None:
        found = court_queries.get_prosecution(self.session, self.case_id, self.id)
        charge = None if kind is DecisionKind.SENTENCE else found.defendant(defendant).charges[0].id
        months = 12 if result is Result.IMPRISONMENT else None
        said = NewDecision(kind, defendant, HEARD.date(), charge, result, months)
        court.record_decision(self.case_id, self.id, said, actor=self.actor, now=HEARD)

    def live(self) -> list[str]:
        """Return what of the courts keeps the case from being told; that it is open is told apart."""
        said = why_live(self.session, cases.get_case(self.session, self.case_id))
        return [each for each in said if "prosecution" in each]


@pytest.fixture
def trial(session: Session, author: Actor) -> Trial:
    return Trial(session, author)


def test_a_prosecution_is_live_until_everybody_is_acquitted_or_sentenced(trial: Trial) -> None:
    assert "A prosecution is not over" in trial.live()[0]
    first, second = trial.charge("Lee Gardener"), trial.charge("Ray Gardener")
    assert trial.live()
    trial.decide(first, DecisionKind.PLEA, Result.NOT_GUILTY_PLEA)
    trial.decide(first, DecisionKind.VERDICT, Result.ACQUITTED)
    trial.decide(second, DecisionKind.PLEA, Result.GUILTY_PLEA)
    assert trial.live()
    trial.decide(second, DecisionKind.SENTENCE, Result.IMPRISONMENT)
    assert trial.live() == []


def test_a_hearing_whose_end_nobody_recorded_keeps_it_live(trial: Trial, author: Actor) -> None:
    defendant = trial.charge("Lee Gardener")
    trial.decide(defendant, DecisionKind.PLEA, Result.GUILTY_PLEA)
    trial.decide(defendant, DecisionKind.SENTENCE, Result.IMPRISONMENT)
    new = NewHearing(HearingKind.CONFISCATION, HEARD, CourtKind.MAGISTRATES, COURT)
    hearing = court.list_hearing(trial.case_id, trial.id, new, actor=author, now=HEARD)
    assert trial.live()
    ended = HearingOutcome(HearingResult.HELD)
    court.record_outcome(trial.case_id, trial.id, hearing, ended, actor=author, now=HEARD)
    assert trial.live() == []


def test_a_trader_may_be_named_once_convicted_and_not_before(trial: Trial, author: Actor, session: Session) -> None:
    defendant = trial.charge("Lee Gardener")
    study_id = begun(trial.case_id, author)
    service.save_text(trial.case_id, study_id, writing("Lee Gardener did it."), after=1, actor=author, now=NOON)
    study = read(session, trial.case_id, study_id, author)
    (found,) = queries.examine(session, study).told
    assert (found.finding.check, found.may_stand) == (Check.TRADER, False)
    with pytest.raises(Conflict, match="not closed"):
        signed(session, trial.case_id, study_id, author)
    trial.decide(defendant, DecisionKind.PLEA, Result.GUILTY_PLEA)
    assert queries.examine(session, study).told == ()
