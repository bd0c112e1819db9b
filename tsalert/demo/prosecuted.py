"""The gardeners who came thirteen times, before the courts; and a case whose time to prosecute runs out soon."""

from datetime import datetime, timedelta
from decimal import Decimal

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import (
    Certainty,
    Channel,
    DoorstepKind,
    Evidence,
    Method,
    MoneyKind,
    NoteKind,
    Source,
    Status,
)
from tsalert.core.clock import london_date, london_midnight
from tsalert.db import db
from tsalert.demo import outward
from tsalert.demo.amounts import VISITS, WORTH
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.enforcement import court, court_queries, service
from tsalert.enforcement.court_rules import HearingOutcome, NewDecision, NewDefendant, NewHearing, NewProsecution
from tsalert.enforcement.law import DMCC_BEGAN
from tsalert.enforcement.rules import NewAction, NewCancellation, NewOffence
from tsalert.enforcement.vocabulary import (
    ActionKind,
    ContractKind,
    CourtKind,
    DecisionKind,
    HearingKind,
    HearingResult,
    Place,
    Result,
)
from tsalert.response.vocabulary import Category

_COURT = "Anytown Magistrates' Court (invented)"


def load_prosecuted(team: Crew, now: datetime) -> int:
    """Load both cases, the gardeners' with every visit, its log, its offence and its hearings; return the other."""
    team.tell("Courts and deadlines")
    gardeners = _open(team, now - timedelta(days=200), DoorstepKind.GARDENING, "Tidying a hedge became 13 visits.")
    _visits(team, gardeners, now)
    _log(team, gardeners, now - timedelta(days=199))
    _prosecute(team, gardeners, now)
    outward.load_outward(team, gardeners, now)
    return _soon_out_of_time(team, now)


def _open(team: Crew, at: datetime, kind: DoorstepKind, summary: str) -> int:
    home = household(next(team.households))
    new = NewCase(
        summary=f"{summary} Invented.",
        category=Category.DOORSTEP_CRIME,
        kind=kind,
        channel=Channel.DOORSTEP,
        source=Source.BANK,
        victim_name=home.name,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
        chosen_for_vulnerability=True,
    )
    return cases.open_case(new, actor=team.officer, now=at)


def _visits(team: Crew, case_id: int, now: datetime) -> None:
    written = now - timedelta(days=198)
    for visit, amount in enumerate(VISITS, start=1):
        on = london_date(now - timedelta(days=256 - 4 * visit))
        line = NewMoneyLine(
            MoneyKind.PAID, Decimal(amount), Evidence.BANK, Certainty.CONFIRMED, Method.CASH, on, visit=visit
        )
        cases.record_money(case_id, line, actor=team.officer, now=written)
    worth = NewMoneyLine(MoneyKind.VALUATION, Decimal(WORTH), Evidence.VALUER, on_date=london_date(written))
    cases.record_money(case_id, worth, actor=team.officer, now=written + timedelta(days=9))


def _log(team: Crew, case_id: int, at: datetime) -> None:
    seen = NewNote(NoteKind.FACT, "Two men waited outside the bank. Invented.", at - timedelta(days=1))
    first = cases.add_note(case_id, seen, actor=team.officer, now=at)
    heard = NewNote(
        NoteKind.HEARSAY,
        "The cashier was told that two men waited outside the bank. Invented.",
        at - timedelta(days=1),
        supersedes=first,
        reason="She did not see them herself.",
    )
    cases.add_note(case_id, heard, actor=team.officer, now=at + timedelta(days=2))
    thought = NewNote(NoteKind.OPINION, "They may have watched for pension day. Invented.")
    cases.add_note(case_id, thought, actor=team.second, now=at + timedelta(days=3))
    decided = NewNote(NoteKind.DECISION, "To charge both, on legal advice. Invented.")
    cases.add_note(case_id, decided, actor=team.officer, now=at + timedelta(days=130))


def _prosecute(team: Crew, case_id: int, now: datetime) -> None:
    """Charge two, let them plead guilty before the magistrates, and list their sentence at the Crown Court."""
    first, last = (london_date(now - timedelta(days=256 - 4 * visit)) for visit in (1, len(VISITS)))
    fraud = NewOffence("fraud_representation", first, last)
    offence = service.record_offence(case_id, fraud, actor=team.officer, now=now - timedelta(days=190))
    hedge = NewCancellation(
        "The hedge",
        ContractKind.SERVICE,
        Place.OFF_PREMISES,
        first,
        cancelled_on=london_date(now - timedelta(days=197)),
    )
    service.record_cancellation(case_id, hedge, actor=team.officer, now=now - timedelta(days=197))
    taken = NewAction(ActionKind.SEIZURE, london_date(now - timedelta(days=150)), "Receipt books. Invented.")
    service.record_action(case_id, taken, actor=team.officer, now=now - timedelta(days=150))
    begun = NewProsecution(CourtKind.MAGISTRATES, _COURT, london_date(now - timedelta(days=60)))
    number = court.begin_prosecution(case_id, begun, actor=team.officer, now=now - timedelta(days=60))
    heard = _sitting(now - timedelta(days=30))
    listed = NewHearing(HearingKind.FIRST, heard, CourtKind.MAGISTRATES, _COURT)
    hearing = court.list_hearing(case_id, number, listed, actor=team.officer, now=now - timedelta(days=59))
    committed = HearingOutcome(HearingResult.COMMITTED_FOR_SENTENCE)
    court.record_outcome(case_id, number, hearing, committed, actor=team.officer, now=heard)
    for name in ("Lee Gardener (invented)", "Ray Gardener (invented)"):
        _plead(team, (case_id, number, offence), name, heard)
    sentence = NewHearing(
        HearingKind.SENTENCE, _sitting(now + timedelta(days=24)), CourtKind.CROWN, "Anytown Crown Court (invented)"
    )
    court.list_hearing(case_id, number, sentence, actor=team.officer, now=heard)
    for step, days in ((Status.INVESTIGATING, 195), (Status.DECISION, 80), (Status.ACTION, 60)):
        cases.record_progress(case_id, Progress(step), actor=team.officer, now=now - timedelta(days=days))


def _sitting(moment: datetime) -> datetime:
    """Return ten in the morning of the Monday of a week, when courts sit."""
    day = london_date(moment)
    return london_midnight(day - timedelta(days=day.weekday())) + timedelta(hours=10)


def _plead(team: Crew, where: tuple[int, int, int], name: str, at: datetime) -> None:
    """Charge somebody and let them plead guilty."""
    case_id, number, offence = where
    new = NewDefendant((offence,), name=name)
    defendant = court.add_defendant(case_id, number, new, actor=team.officer, now=at - timedelta(days=29))
    found = court_queries.get_prosecution(db.session(), case_id, number)
    charge = found.defendant(defendant).charges[0].id
    plea = NewDecision(DecisionKind.PLEA, defendant, london_date(at), charge, Result.GUILTY_PLEA)
    court.record_decision(case_id, number, plea, actor=team.officer, now=at)


def _soon_out_of_time(team: Crew, now: datetime) -> int:
    """Load a case whose unfair practice was discovered 341 days ago, so that 24 days are left; return it."""
    learnt = now - timedelta(days=341)
    case_id = _open(team, learnt, DoorstepKind.ROOFING, "A roof that had to be mended today or the price would double.")
    on = london_date(learnt - timedelta(days=4))
    law = "dmcc_banned" if on >= DMCC_BEGAN else "cprs_banned"
    offence = NewOffence(law, on, on, london_date(learnt), "A limited time that was not. Invented.")
    service.record_offence(case_id, offence, actor=team.officer, now=learnt)
    warned = NewAction(ActionKind.WARNING, london_date(learnt + timedelta(days=9)), "In writing. Invented.")
    service.record_action(case_id, warned, actor=team.officer, now=learnt + timedelta(days=9))
    return case_id
