"""A roofer of several years: his incidents and cases, a victim who paid twice, and what is known of him."""

from datetime import datetime, timedelta
from decimal import Decimal

from tsalert.cases import service as cases
from tsalert.cases.people import queries, service
from tsalert.cases.people.rules import NewAssessment, NewRole, NewWishes, RoleEnd
from tsalert.cases.people.vocabulary import Answer, AssessedFrom, Consent, Contact, Factor, Finding, Role
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import DoorstepKind, Evidence, MoneyKind
from tsalert.core.actors import SERVICE
from tsalert.core.clock import london_date
from tsalert.db import db
from tsalert.demo import visits
from tsalert.demo.past import Crew
from tsalert.demo.people import Household, household
from tsalert.demo.visits import Visit
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.rules import NewAction
from tsalert.enforcement.vocabulary import ActionKind
from tsalert.intelligence import service as intelligence
from tsalert.intelligence.rules import NewAbout, NewIntelligence, NewSharing
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation
from tsalert.parties.known_by import NewKnown, add_known
from tsalert.parties.vocabulary import KnownBy, Side
from tsalert.response import service as response
from tsalert.response.call_parties import calls_of_parties, parties_of_calls
from tsalert.response.rows import calls_of
from tsalert.response.rules import NewCall
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName

# No such plate is ever issued.
ROOFERS = "Slate and Fable Roofing (invented), ZY99 YYY"
OTHER_NAME = "Fable Driveways (invented), ZY99 YYY, fable-driveways.example"
_PAST = ((1010, 400, 0), (640, 1850, 1), (310, 12600, 0), (45, 950, 2))  # days ago, what was paid, which household


def load_traders(team: Crew, case_id: int, now: datetime) -> None:
    """Load the roofer's years, and who is part of one case that stands open.

    :param case_id: a case with a victim.
    """
    team.tell("A trader of several years")
    homes = [household(next(team.households)) for _ in range(3)]
    opened = [_job(team, homes[place], now - timedelta(days=days), paid) for days, paid, place in _PAST]
    roofer = _roofer(opened[0], now)
    _warn(team, opened[-1], now - timedelta(days=40))
    flyer = NewKnown(KnownBy.WEBSITE, "slate-and-fable.example", "A flyer that a victim kept (invented)")
    add_known(roofer, flyer, is_demo=True, actor=team.officer, now=now - timedelta(days=44))
    _under_another_name(team, homes[2], now - timedelta(days=20))
    _know(team, roofer, now)
    _people(team, case_id, now)


def _job(team: Crew, home: Household, at: datetime, paid: int) -> int:
    """Replay a call of a resident about the roofer, with its case; returns the case's number."""
    visit = Visit(
        at=at,
        household=home,
        category=Category.DOORSTEP_CRIME,
        kind=DoorstepKind.ROOFING,
        happening="A loose tile became half a roof. Invented.",
        grade=GradeName.NONE,
        trader=ROOFERS,
    )
    incident_id = visits.replay(visit, team.officer)
    case_id = visits.open_case(visit, incident_id, team.officer, summary="Work on a roof that needed none. Invented.")
    line = NewMoneyLine(MoneyKind.PAID, Decimal(paid), Evidence.BANK, on_date=london_date(at))
    cases.record_money(case_id, line, actor=team.officer, now=at + timedelta(hours=2))
    trader = _trader_of(incident_id)
    told = NewRole(role=Role.SUSPECT, party_id=trader, source="The resident's call", since=london_date(at))
    service.give_role(case_id, told, actor=team.officer, now=at + timedelta(hours=2))
    return case_id


def _trader_of(incident_id: int) -> int:
    calls = [call.id for call in calls_of(db.session(), incident_id)]
    return next(part.party_id for part in parties_of_calls(db.session(), calls) if part.role is Side.TRADER)


def _roofer(case_id: int, now: datetime) -> int:
    ((party_id, _),) = queries.accused(db.session(), case_id)
    assert calls_of_parties(
        db.session(), [party_id], reader=SERVICE, now=now
    )  # the calls of all years told of one and the same
    return party_id


def _warn(team: Crew, case_id: int, at: datetime) -> None:
    warned = NewAction(ActionKind.WARNING, london_date(at), "Told in writing to stop calling. Invented.")
    enforcement.record_action(case_id, warned, actor=team.officer, now=at)


def _under_another_name(team: Crew, home: Household, at: datetime) -> None:
    """Log a call that tells of the same van under another name."""
    call = NewCall(
        disposition=Disposition.ADVICE,
        source=CallSource.NEIGHBOUR,
        happening="They now offer to seal drives. Invented.",
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
        trader=OTHER_NAME,
    )
    response.log_call(call, actor=team.officer, now=at, is_demo=True)


def _know(team: Crew, roofer: int, now: datetime) -> None:
    """Write three notes: of the roofer and his van, of a second name on the same van, and one that is restricted."""
    at = now - timedelta(days=30)
    van = NewAbout(About.VEHICLE, "ZY99 YYY")
    first = _note(
        at,
        "Works from a yard behind the station and takes cash only; the van is there before seven. Invented.",
        "A builders' merchant who delivers there (invented)",
        (NewAbout(About.PARTY, party_id=roofer), van),
    )
    note_id = intelligence.write_note(first, is_demo=True, actor=team.officer, now=at)
    intelligence.review_note(
        note_id, london_date(now) + timedelta(days=80), "Seen there again. Invented.", actor=team.second, now=now
    )
    police = NewSharing(to_whom="Anytown police, PC Example (invented)", purpose="A stop of the van")
    intelligence.share_note(note_id, police, actor=team.officer, now=at + timedelta(days=2))
    second = _note(
        at,
        "The same van drives for Fable Driveways. Invented.",
        "Seen by an officer on patrol (invented)",
        (van, NewAbout(About.WEBSITE, "fable-driveways.example")),
    )
    intelligence.write_note(second, is_demo=True, actor=team.officer, now=at)
    guarded = _note(
        at,
        "Means to move to another borough before the summer. Invented.",
        "Somebody close to him (invented)",
        (NewAbout(About.PARTY, party_id=roofer),),
        guarded="The source would be known by what they said. Invented.",
    )
    intelligence.write_note(guarded, is_demo=True, actor=team.officer, now=at)


def _note(
    at: datetime, text: str, provenance: str, about: tuple[NewAbout, ...], guarded: str | None = None
) -> NewIntelligence:
    day = london_date(at)
    return NewIntelligence(
        source=SourceEvaluation.RELIABLE if guarded is None else SourceEvaluation.UNTESTED,
        assessment=Assessment.CORROBORATED if guarded is None else Assessment.KNOWN_INDIRECTLY,
        handling=Handling.PERMITTED if guarded is None else Handling.CONDITIONS,
        conditions=None if guarded is None else "Ask the author before any of it is used. Invented.",
        text=text,
        provenance=provenance,
        information_on=day - timedelta(days=2),
        review_on=day + timedelta(days=90),
        about=about,
        restricted_because=guarded,
    )


def _people(team: Crew, case_id: int, now: datetime) -> None:
    """Add a witness, an informant who turned out to be none, and what the victim needs and wishes."""
    at = now - timedelta(days=3)
    witness = NewRole(
        role=Role.WITNESS, name="Nia Neighbour (invented)", source="Saw the men from her window. Invented."
    )
    service.give_role(case_id, witness, actor=team.officer, now=at)
    other = NewRole(role=Role.INFORMANT, name="Cal Caller (invented)", source="Left a message. Invented.")
    role_id = service.give_role(case_id, other, actor=team.officer, now=at)
    mistaken = RoleEnd(reason="He rang about another street. Invented.")
    service.end_role(case_id, role_id, mistaken, actor=team.officer, now=at + timedelta(hours=4))
    victim = next(each for each in queries.people_of(db.session(), case_id) if Role.VICTIM in each.standing)
    found = NewAssessment(
        finding=Finding.VULNERABLE,
        factors=(Factor.AGE, Factor.LIVING_ALONE, Factor.BEREAVEMENT),
        words="Her husband, who saw to the house, died in spring. Invented.",
        consent=Consent.GIVEN,
        source=AssessedFrom.VISIT,
    )
    service.assess(case_id, victim.party_id, found, actor=team.officer, now=at)
    wishes = NewWishes(
        contact=Contact.THROUGH,
        through="Her daughter (invented)",
        when="After ten",
        wants_prosecution=Answer.UNDECIDED,
        may_be_named=Answer.NO,
    )
    service.record_wishes(case_id, victim.party_id, wishes, actor=team.officer, now=at)
