"""What is going on as the demonstration is loaded: six live incidents and three open cases."""

from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import (
    AbuseKind,
    Channel,
    DoorstepKind,
    Evidence,
    MoneyKind,
    NoteKind,
    ScamKind,
    Source,
    Status,
)
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.demo import evidence, nights, visits
from tsalert.demo.known import PAVERS
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.demo.visits import Visit
from tsalert.response import (
    answering,
    correcting,
    correcting_times,
    corrections,
    dispatching,
    handing_over,
    rows,
    service,
)
from tsalert.response.correcting_times import NewTime
from tsalert.response.dispatching import NewMilestone
from tsalert.response.facts import Correction, Fact
from tsalert.response.steps import Step
from tsalert.response.vocabulary import CallSource, Category, GradeName

_TARGET = timedelta(hours=2)


def load_today(team: Crew, now: datetime) -> None:
    """Load the live board: one amber, one red, one overdue, one with an officer on the scene, two with time in hand."""
    drive, ladder, bank = (_TARGET + timedelta(minutes=minutes) for minutes in (18, -7, -24))
    _on_the_way(team, now, drive, "Two men are digging up the drive and want £2,500 today.", trader=PAVERS)
    _on_the_way(team, now, ladder, "A roofer has taken the ladder in and will not leave.", passes=True)
    _on_the_way(team, now, bank, "The bank has a customer who must pay for gutters now.")
    _on_scene(team, now)
    nights.wake(_waiting(team, now, timedelta(minutes=9), "A tree surgeon asks for £3,900 for half a day's work."))
    courier = _waiting(
        team, now, timedelta(minutes=35), "A caller has her bank card ready for a courier.", GradeName.PROMPT
    )
    _ask_others(team, courier, now)
    service.record_breaches(now)
    _family_case(team, now)
    _romance_case(team, now)


def _waiting(
    team: Crew,
    now: datetime,
    ago: timedelta,
    happening: str,
    grade: GradeName = GradeName.IMMEDIATE,
    trader: str | None = None,
) -> int:
    category = Category.DOORSTEP_CRIME if grade is GradeName.IMMEDIATE else Category.SCAM
    kind = DoorstepKind.ROOFING if category is Category.DOORSTEP_CRIME else ScamKind.BANK_IMPERSONATION
    visit = _live(team, now - ago, category, kind, happening, grade)
    return visits.log(replace(visit, trader=trader), team.officer)


def _on_the_way(
    team: Crew, now: datetime, ago: timedelta, happening: str, *, trader: str | None = None, passes: bool = False
) -> None:
    """Let an officer take a page by key and set out six minutes after the call."""
    incident_id = _waiting(team, now, ago, happening, trader=trader)
    who = _crew(team, nights.wake(incident_id, passes=passes))
    setting_out = now - ago + timedelta(minutes=6)
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=who, now=setting_out)


def _crew(team: Crew, officer_id: int) -> Actor:
    return next(each for each in (team.officer, team.second, team.manager) if each.officer_id == officer_id)


def _live(team: Crew, at: datetime, category: Category, kind: str, happening: str, grade: GradeName) -> Visit:
    home = household(next(team.households))
    return Visit(
        at=at,
        household=home,
        category=category,
        kind=kind,
        happening=happening,
        grade=grade,
        source=CallSource.NEIGHBOUR,
        arrives_after=timedelta(minutes=41),
    )


def _on_scene(team: Crew, now: datetime) -> None:
    happening = "Four men on the roof; a £30 gutter clean has become £4,000 in cash."
    visit = _live(
        team, now - timedelta(minutes=66), Category.DOORSTEP_CRIME, DoorstepKind.ROOFING, happening, GradeName.IMMEDIATE
    )
    incident_id = visits.log(visit, team.officer)
    who = _crew(team, nights.wake(incident_id))
    visits.attend(incident_id, visit, who)
    answering.report_safe(incident_id, actor=who, now=now - timedelta(minutes=2))
    _set_right(team, incident_id, who, now)
    case_id = visits.open_case(visit, incident_id, team.officer, summary="Cold call, then pressure to pay. Invented.")
    _money(team, case_id, now, MoneyKind.DEMANDED, "4000")
    _money(team, case_id, now, MoneyKind.PAID, "30")
    evidence.load_evidence(case_id, team.officer, now)


def _set_right(team: Crew, incident_id: int, who: Actor, now: datetime) -> None:
    """Correct what it is, and when the officer arrived, who tapped it late."""
    kind = Correction({Fact.KIND: DoorstepKind.GUTTERING}, "It began with the gutters. Invented.")
    correcting.correct_incident(incident_id, kind, actor=team.officer, now=now - timedelta(minutes=12))
    (visit,) = rows.attendances_of(db.session(), incident_id)
    told = [each for each in corrections.milestones_of(db.session(), incident_id) if each.step == Step.ON_SCENE]
    assert visit.on_scene_at is not None  # the officer is there
    sooner = NewTime(visit.on_scene_at - timedelta(minutes=4), "I rang the bell before I tapped. Invented.")
    correcting_times.correct_time(incident_id, told[0].id, sooner, actor=who, now=now - timedelta(minutes=11))


def _ask_others(team: Crew, incident_id: int, now: datetime) -> None:
    """Offer an incident to two bodies: the first did not take it, the second has not answered yet."""
    first, no, second = (now - timedelta(minutes=minutes) for minutes in (30, 26, 12))
    handing_over.offer_handover(incident_id, "Otherborough Trading Standards (invented)", actor=team.officer, now=first)
    handing_over.refuse_handover(incident_id, "It is on our side of the border.", actor=team.officer, now=no)
    handing_over.offer_handover(incident_id, "Police control room (invented)", actor=team.officer, now=second)


def _family_case(team: Crew, now: datetime) -> None:
    opened = now - timedelta(days=6)
    case_id = _case(team, opened, Category.FINANCIAL_ABUSE, AbuseKind.BY_FAMILY, Channel.IN_PERSON)
    _money(team, case_id, opened, MoneyKind.PAID, "2150")
    _move(team, case_id, now - timedelta(days=4), Status.INVESTIGATING)


def _romance_case(team: Crew, now: datetime) -> None:
    opened = now - timedelta(days=19)
    case_id = _case(team, opened, Category.SCAM, ScamKind.ROMANCE, Channel.ONLINE)
    _money(team, case_id, opened, MoneyKind.PAID, "8600", Evidence.BANK)
    _money(team, case_id, now - timedelta(days=8), MoneyKind.REFUNDED_BY_BANK, "3100", Evidence.BANK)
    note = NewNote(NoteKind.FACT, "The bank has closed the receiving account. Invented.")
    cases.add_note(case_id, note, actor=team.officer, now=now - timedelta(days=8))
    for days, status in ((15, Status.INVESTIGATING), (3, Status.DECISION)):
        _move(team, case_id, now - timedelta(days=days), status)


def _case(team: Crew, at: datetime, category: Category, kind: str, channel: Channel) -> int:
    home = household(next(team.households))
    new = NewCase(
        summary="Referred by adult social care after a home visit. Invented.",
        category=category,
        kind=kind,
        channel=channel,
        source=Source.ADULT_SOCIAL_CARE,
        victim_name=home.name,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
        chosen_for_vulnerability=True,
    )
    return cases.open_case(new, actor=team.officer, now=at)


def _money(
    team: Crew,
    case_id: int,
    at: datetime,
    kind: MoneyKind,
    amount: str,
    evidence: Evidence = Evidence.VICTIM_STATEMENT,
) -> None:
    cases.record_money(case_id, NewMoneyLine(kind, Decimal(amount), evidence), actor=team.officer, now=at)


def _move(team: Crew, case_id: int, at: datetime, status: Status) -> None:
    cases.record_progress(case_id, Progress(status), actor=team.officer, now=at)
