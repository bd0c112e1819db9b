"""Officers, approved rules, and a case of long ago in which every box that takes words was filled in. All invented."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.evidence.conftest import arrived
from tests.evidence.samples import PDF
from tests.retention.exchanged import exchange
from tests.telephone.conftest import call_in
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import MoneyKind, NoteKind, Outcome, Status
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.enforcement import court
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.court_rules import HearingOutcome, NewDecision, NewDefendant, NewHearing, NewProsecution
from tsalert.enforcement.models import Charge
from tsalert.enforcement.rules import NewAction, NewCancellation, NewOffence, TakingBack
from tsalert.enforcement.vocabulary import (
    ActionKind,
    ContractKind,
    CourtKind,
    DecisionKind,
    HearingKind,
    HearingResult,
    Place,
    Record,
    Result,
)
from tsalert.evidence import disclosure
from tsalert.evidence import service as evidence
from tsalert.evidence.rules import Decision, NewCustody, NewExhibit, NewFile
from tsalert.evidence.vocabulary import CustodyKind
from tsalert.handover import service as handover
from tsalert.handover.rules import NewHandover
from tsalert.parties import known_by, warning_notes
from tsalert.parties.vocabulary import KnownBy
from tsalert.prevention.rules import Ending, NewCheck, NewEnding
from tsalert.prevention.service import record_check
from tsalert.response import correcting, correcting_calls, dispatching, service, waiting
from tsalert.response import vocabulary as words
from tsalert.response.dispatching import NewMilestone
from tsalert.response.facts import Correction, Fact
from tsalert.response.handing_over import Acceptance
from tsalert.response.models import CallParty
from tsalert.response.rules import GradeDecision, NewCall, NewIncident
from tsalert.response.steps import Step
from tsalert.retention import erasing, holding, keeping, runs
from tsalert.retention.models import KeepingRule
from tsalert.retention.vocabulary import Root
from tsalert.savings.counting import equipment
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.savings.service import record_intervention, withdraw_intervention
from tsalert.staff.rules import RoleName

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
THEN = datetime(2017, 3, 6, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CANARY = "Zzyzxcanary"
PHONE, POSTCODE = "07700 900987", "BR9 9ZY"


class Desk(Struct, frozen=True):
    """Who works on retention."""

    manager: Actor
    protection: Actor

    def approve_rules(self) -> None:
        """Approve every rule that the service begins with."""
        for rule_id in db.session.scalars(select(KeepingRule.id).where(KeepingRule.approved_at.is_(None))).all():
            keeping.approve_rule(rule_id, actor=self.protection, now=NOW)

    def approved(self, *, now: datetime = NOW) -> int:
        """List what is due and approve the list."""
        run_id = runs.make_list(actor=self.manager, now=now)
        runs.approve_list(run_id, actor=self.manager, now=now)
        runs.approve_list(run_id, actor=self.protection, now=now)
        return run_id

    def started(self, *, now: datetime = NOW) -> int:
        """List, approve and start a run."""
        run_id = self.approved(now=now)
        runs.start_run(run_id, actor=self.manager, now=now)
        return run_id

    def erase(self, *, now: datetime = NOW) -> int:
        """List, approve and carry out a run to its end."""
        run_id = self.started(now=now)
        erasing.carry_out(run_id, actor=self.manager, now=lambda: now, tell=lambda _: None)
        return run_id


def desk_of(officer: Callable[..., Actor]) -> Desk:
    """Return a manager and a data protection officer, with the rules approved."""
    desk = Desk(
        officer(RoleName.MANAGER, name="Max Example"),
        officer(RoleName.DATA_PROTECTION_OFFICER, name="Dana Example"),
    )
    desk.approve_rules()
    return desk


@pytest.fixture
def desk(session: Session, officer: Callable[..., Actor]) -> Desk:
    """A manager and a data protection officer; the rules are approved."""
    return desk_of(officer)


def advice_call(actor: Actor, *, now: datetime = THEN, **told: object) -> int:
    """Log a call that led to nothing but advice."""
    usual: dict[str, object] = {
        "disposition": words.Disposition.ADVICE,
        "caller_name": f"Ada {CANARY}",
        "phone": PHONE,
        "address": f"3 {CANARY} Road",
        "postcode": POSTCODE,
        "happening": f"{CANARY} asked about a leaflet",
    }
    return service.log_call(NewCall(**usual | told), actor=actor, now=now, is_demo=True).call_id  # type: ignore[arg-type]


def closed_case(actor: Actor, *, now: datetime = THEN, reference: str = CANARY) -> int:
    """Open a case about somebody and close it."""
    new = NewCase(
        f"{reference} paid for a roof.", words.Category.DOORSTEP_CRIME, kind="roofing", victim_name=f"Vi {reference}",
        address=f"12 {reference} Road", postcode=POSTCODE,
    )  # fmt: skip
    case_id = cases.open_case(new, actor=actor, now=now)
    close_case(case_id, actor, now=now)
    return case_id


def close_case(case_id: int, actor: Actor, *, now: datetime) -> None:
    """Close a case."""
    cases.record_progress(case_id, Progress(Status.CLOSED, outcome=next(iter(Outcome))), actor=actor, now=now)


class Story:
    """A bogus roofer, a victim, a court, and a canary in every box that takes words."""

    def __init__(self, actor: Actor, lead: Actor, *more: Callable[["Story"], object]) -> None:
        self.actor, self.lead, self.more = actor, lead, more

    def tell(self) -> None:
        """Write everything down."""
        self.ring()
        self.attend()
        self.case_id = self.open()
        self.write()
        self.prove()
        self.prosecute()
        self.hand_over()
        self.know()
        self.count()
        self.ring_again()
        self.hold()
        for each in self.more:
            each(self)
        close_case(self.case_id, self.actor, now=THEN + 30 * HOUR)

    def ring(self) -> None:
        call = NewCall(
            disposition=words.Disposition.NEW_INCIDENT, caller_name=f"Ali {CANARY}", phone=PHONE,
            address=f"12 {CANARY} Road", postcode=POSTCODE, happening=f"{CANARY} says men are on the roof",
            trader=f"{CANARY} Roofing", is_trader_on_site=True, is_vulnerable=True,
            incident=NewIncident(words.Category.DOORSTEP_CRIME, "roofing", words.GradeName.PROMPT, CANARY),
        )  # fmt: skip
        logged = service.log_call(call, actor=self.actor, now=THEN, is_demo=True)
        assert logged.incident_id is not None
        self.call_id, self.incident_id = logged.call_id, logged.incident_id
        told = Correction({Fact.HAPPENING: f"{CANARY} says one man is on the roof"}, f"{CANARY} rang again")
        correcting_calls.correct_call(self.call_id, told, actor=self.actor, now=THEN + HOUR)
        told = Correction({Fact.ADDRESS: f"14 {CANARY} Road"}, f"{CANARY} misheard")
        correcting.correct_incident(self.incident_id, told, actor=self.actor, now=THEN + HOUR)

    def attend(self) -> None:
        decision = GradeDecision(words.GradeName.IMMEDIATE, f"{CANARY} is frightened", words.StartBasis.WRONG_TRIAGE)
        service.grade_incident(self.incident_id, decision, actor=self.actor, now=THEN + HOUR)
        for step in (Step.EN_ROUTE, Step.ON_SCENE, Step.CLEARED):
            new = NewMilestone(step, note=f"{CANARY}: {step}")
            dispatching.record_milestone(self.incident_id, new, actor=self.actor, now=THEN + HOUR)
        service.record_outcome(
            self.incident_id, words.Outcome.OTHER, note=f"{CANARY} is well", actor=self.actor, now=THEN + HOUR
        )

    def open(self) -> int:
        new = NewCase(f"{CANARY} was charged £4,000", victim_name=f"Vi {CANARY}", incident_id=self.incident_id)
        return cases.open_case(new, actor=self.actor, now=THEN + HOUR)

    def write(self) -> None:
        note = cases.add_note(self.case_id, NewNote(NoteKind.FACT, f"{CANARY} rang"), actor=self.actor, now=THEN + HOUR)
        again = NewNote(NoteKind.FACT, f"{CANARY} wrote", supersedes=note, reason=f"It was {CANARY}'s letter")
        cases.add_note(self.case_id, again, actor=self.actor, now=THEN + HOUR)
        line = NewMoneyLine(MoneyKind.PAID, Decimal(4000), note=f"{CANARY} paid cash")
        first = cases.record_money(self.case_id, line, actor=self.actor, now=THEN + HOUR)
        line = NewMoneyLine(MoneyKind.PAID, Decimal(3500), note=f"{CANARY} counted again", supersedes=first)
        cases.record_money(self.case_id, line, actor=self.actor, now=THEN + HOUR)

    def prove(self) -> None:
        said: Any = {"actor": self.actor, "now": THEN + HOUR}
        new = NewExhibit(f"{CANARY}'s receipt", found_where=f"{CANARY}'s hall", found_by=f"{CANARY} herself")
        exhibit = evidence.record_exhibit(
            self.case_id, new, arrived(PDF + f"\n% {CANARY}\n".encode(), f"{CANARY}.pdf"), **said
        )  # fmt: skip
        file = NewFile(note=f"from {CANARY}")
        evidence.add_file(self.case_id, file, arrived(PDF, f"{CANARY} 2.pdf"), **said)
        link = NewCustody(
            CustodyKind.SEALED, person=CANARY, place=f"{CANARY}'s", seal_number=f"{CANARY} 1", note=CANARY
        )
        evidence.record_custody(self.case_id, exhibit, link, **said)
        lines = disclosure.read_schedule(self.case_id, **said)
        decision = Decision(
            is_sensitive=True, is_disclosed=False, reason=f"{CANARY} asked", description=f"{CANARY}'s paper"
        )
        disclosure.decide(self.case_id, lines[0].number, decision, **said)

    def prosecute(self) -> None:
        said: Any = {"actor": self.actor, "now": THEN + HOUR}
        today = THEN.date()
        conduct = NewOffence("fraud_representation", date(2017, 1, 5), date(2017, 2, 1), note=f"{CANARY} was told lies")
        offence = enforcement.record_offence(self.case_id, conduct, **said)
        action = NewAction(ActionKind.WARNING, today, f"{CANARY} was warned", f"{CANARY} Roofing")
        action_id = enforcement.record_action(self.case_id, action, **said)
        enforcement.take_back(self.case_id, TakingBack(Record.ACTION, action_id, f"It was not {CANARY}"), **said)
        contract = NewCancellation(f"{CANARY}'s roof", ContractKind.SERVICE, Place.OFF_PREMISES, date(2017, 3, 1))
        enforcement.record_cancellation(self.case_id, contract, **said)
        begun = NewProsecution(CourtKind.MAGISTRATES, "Anytown Magistrates' Court", today, f"R v {CANARY}")
        trial = court.begin_prosecution(self.case_id, begun, **said)
        accused = court.add_defendant(
            self.case_id, trial, NewDefendant((offence,), name=f"Ro {CANARY} (invented)"), **said
        )
        listed = NewHearing(HearingKind.FIRST, THEN + 2 * HOUR, CourtKind.MAGISTRATES, "Anytown Magistrates' Court")
        hearing = court.list_hearing(self.case_id, trial, listed, **said)
        said = {"actor": self.actor, "now": THEN + 3 * HOUR}
        court.record_outcome(self.case_id, trial, hearing, HearingOutcome(HearingResult.HELD, f"{CANARY} came"), **said)
        (charge,) = db.session.scalars(select(Charge.id).where(Charge.defendant_id == accused)).all()
        plea = NewDecision(
            DecisionKind.PLEA, accused, today, charge_id=charge, result=Result.GUILTY_PLEA, note=f"{CANARY} heard it"
        )
        court.record_decision(self.case_id, trial, plea, **said)

    def hand_over(self) -> None:
        said: Any = {"actor": self.actor, "now": THEN + 4 * HOUR}
        new = NewHandover(
            "Otherborough Trading Standards", f"{CANARY} moved", risk=f"{CANARY} is alone",
            actions=f"{CANARY} was seen", told=f"{CANARY}'s son", with_victim=True, case_id=self.case_id,
        )  # fmt: skip
        offered = handover.draft_handover(new, **said)
        handover.offer_handover(offered, **said)
        handover.refuse_handover(offered, f"{CANARY} came back", **said)
        offered = handover.draft_handover(new, **said)
        handover.offer_handover(offered, **said)
        handover.accept_handover(offered, Acceptance(f"{CANARY} Officer", f"{CANARY}/1"), **said)
        exchange(CANARY, self.case_id, offered, now=THEN + 4 * HOUR)

    def know(self) -> None:
        said: Any = {"actor": self.actor, "now": THEN + 5 * HOUR}
        party = db.session.scalars(
            select(CallParty.party_id).where(CallParty.call_id == self.call_id, CallParty.role == "trader")
        ).one()
        new = known_by.NewKnown(KnownBy.NAME, f"{CANARY} and Sons", f"{CANARY} said so", f"{CANARY} saw the van")
        known_by.add_known(party, new, is_demo=True, **said)
        db.session.commit()
        (found,) = [each for each in known_by.standing_of(db.session(), [party]) if "Sons" in each.text]
        known_by.take_back(party, KnownBy.NAME, found.id, f"{CANARY} was wrong", **said)
        warning = warning_notes.add_warning(party, f"{CANARY} has a dog", date(2017, 6, 1), **said)
        warning_notes.end_warning(warning, f"{CANARY} died", **said)

    def count(self) -> None:
        said: Any = {"actor": self.actor, "now": THEN + 6 * HOUR}
        day = THEN.date()
        note: Any = {"note": f"{CANARY} kept the money"}
        for money, why in ((Decimal(500), None), (Decimal(200), f"{CANARY}'s other money")):
            reference = record_intervention(
                NewIntervention(type=InterventionType.DOORSTEP_CRIME, on_date=day, prevented=money,
                                evidence=Evidence.BANK, case_id=self.case_id, other_money=why, **note), **said,
            )  # fmt: skip
        withdraw_intervention(reference, of_version=1, reason=f"{CANARY} never paid", **said)
        fitted = record_intervention(
            NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=day, household_key=f"{POSTCODE} 77", **note),
            **said,
        )
        (unit,) = equipment.add_units(fitted, ["CB-1"], **said)
        record_check(unit, NewCheck(day, is_in_use=True, who=CANARY, note=f"{CANARY} likes it"), **said)
        ending = NewEnding(Ending.RETURNED, day, f"{CANARY} moved away")
        equipment.end_unit(unit, ending, **said)

    def ring_again(self) -> None:
        call_id = call_in(caller="+447700900987", ago=NOW - THEN)
        told = NewCall(
            disposition=words.Disposition.RANG_OFF, caller_name=CANARY, phone=PHONE, happening=f"{CANARY} coughed"
        )
        waiting.write_up(call_id, told, actor=self.actor, now=THEN + HOUR, is_demo=True)

    def hold(self) -> None:
        hold = holding.place_hold(
            Root.CASE, self.case_id, reason=f"{CANARY} appeals", review_on=date(2017, 9, 1), actor=self.lead,
            now=THEN + 7 * HOUR,
        )  # fmt: skip
        holding.lift_hold(hold, reason=f"{CANARY} lost", actor=self.lead, now=THEN + 8 * HOUR)
