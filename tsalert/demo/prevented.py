"""What is done before anything happens: talks, sessions, training, a campaign, zones, and thanks to a neighbour."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from tsalert.activities import recognising, service, zones
from tsalert.activities.recognising import SeenRecognition
from tsalert.activities.recognition_rules import Consent, NewRecognition, Presentation
from tsalert.activities.rules import Plan, Reach, Result
from tsalert.activities.service import Correction, Seen
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, RecognitionKind
from tsalert.activities.zone_rules import NewZone, Renewal, Street, ZoneEnding
from tsalert.activities.zones import SeenZone
from tsalert.core.clock import london_date, london_midnight
from tsalert.db import db
from tsalert.demo.held import HOSTS, hold, plan_of
from tsalert.demo.past import Crew
from tsalert.demo.people import household, ward_code
from tsalert.response.models import Call, Incident
from tsalert.response.vocabulary import CallSource
from tsalert.savings.recording import sessions
from tsalert.savings.recording.sessions import NEW

_DAY = timedelta(days=1)


def load_prevention(team: Crew, now: datetime) -> None:
    """Load an activity of every kind some months old, what is planned, three zones, and thanks to a neighbour."""
    team.tell("Talks, training, zones and thanks")
    _sessions(team, now)
    _training(team, now)
    _campaign(team, now)
    _ahead(team, now)
    _zones(team, now)
    _thanks(team, now)


def _sessions(team: Crew, now: datetime) -> None:
    for place, host in enumerate(HOSTS[:3]):
        at = now - (126 - place) * _DAY
        plan = plan_of(ActivityKind.TALK, f"Talk: {host}", london_date(at), ward=place + 4, host=host)
        hold(team.officer, plan, Result(present=24 + 9 * place, leaflets=40), at, saving=NEW)
    at = now - 125 * _DAY
    plan = plan_of(ActivityKind.FRIENDS_SESSION, "Friends session for carers", london_date(at), ward=8)
    told = Result(present=14, trained=8, refreshers=4, champions=2, leaflets=20)
    seen = hold(team.officer, plan, told, at, saving=NEW)
    right = Result(present=14, trained=9, refreshers=4, champions=2, leaflets=20)
    correction = Correction(plan, right, "One name on the sheet was missed. Invented.")
    waiting = plan_of(ActivityKind.FRIENDS_SESSION, "Friends session at a food bank", london_date(at), ward=9)
    hold(team.officer, waiting, Result(present=9, trained=7, refreshers=0, champions=1), at)
    sessions.correct_activity(seen, correction, actor=team.second, now=at + _DAY)


def _training(team: Crew, now: datetime) -> None:
    trained = ((Audience.ADULT_SOCIAL_CARE, 18), (Audience.POLICE, 12), (Audience.BANKS, 9))
    for place, (audience, people) in enumerate(trained):
        at = now - (140 - 7 * place) * _DAY
        plan = Plan(
            kind=ActivityKind.TRAINING,
            title=f"Spotting financial abuse: {audience.label.lower()}",
            first_day=london_date(at),
            last_day=london_date(at),
            audience=audience,
            topic="Spotting financial abuse, and whom to ring",
            officer_ids=(team.officer.officer_id or 0,),
            note="Invented.",
        )
        hold(team.officer, plan, Result(present=people, trained=people), at)


def _campaign(team: Crew, now: datetime) -> None:
    first, last = london_date(now - 150 * _DAY), london_date(now - 137 * _DAY)
    plan = Plan(
        kind=ActivityKind.CAMPAIGN,
        title="Say no at the door (invented)",
        first_day=first,
        last_day=last,
        channels=(Channel.DOOR_STICKERS, Channel.PRESS, Channel.SOCIAL, Channel.WEB),
        partners="A neighbourhood watch (invented)",
        materials="Door stickers, posters",
    )
    reach = (
        Reach(Channel.DOOR_STICKERS, 4_000, "Stickers handed out"),
        Reach(Channel.PRESS, 21_000, "Copies printed, told by the paper"),
        Reach(Channel.SOCIAL, 36_500, "People who saw it, told by the site"),
    )
    outcome = "Forty calls named the campaign. Invented."
    hold(team.officer, plan, Result(leaflets=4_000, reach=reach, outcome=outcome), now - 136 * _DAY)
    day = plan_of(ActivityKind.COMMUNITY_DAY, "Summer fair (invented)", london_date(now - 128 * _DAY), ward=11)
    hold(team.officer, day, Result(present=160, leaflets=210), now - 128 * _DAY)


def _ahead(team: Crew, now: datetime) -> None:
    soon = plan_of(ActivityKind.TALK, "Talk: A sheltered scheme (invented)", london_date(now + 12 * _DAY), ward=2)
    service.plan_activity(soon, actor=team.officer, now=now - 9 * _DAY)
    later = plan_of(
        ActivityKind.FRIENDS_SESSION, "Friends session for volunteers", london_date(now + 26 * _DAY), ward=5
    )
    called_off = service.plan_activity(later, actor=team.officer, now=now - 8 * _DAY)
    service.cancel_activity(Seen(called_off, 1), "The hall is flooded. Invented.", actor=team.officer, now=now - _DAY)


def _zones(team: Crew, now: datetime) -> None:
    """Set up three zones: round a live incident, due for review, and renewed but ended since."""
    told = select(Incident.postcode).where(Incident.postcode.is_not(None)).order_by(Incident.id.desc())
    live = db.session.scalar(told) or household(7).postcode
    _set_up(team, _zone("Fictional Gardens", now - 129 * _DAY, 600 * _DAY, (live, household(7).postcode), 84), now)
    _set_up(team, _zone("Pretend Avenue", now - 760 * _DAY, 730 * _DAY, (household(31).postcode,), 46), now)
    gone = _set_up(team, _zone("Madeup Close", now - 900 * _DAY, 730 * _DAY, (household(52).postcode,), 22), now)
    day = london_date(now - 150 * _DAY)
    renewal = Renewal(day, day + 730 * _DAY, signs=2, stickers=15, note="All but one home want it still.")
    zones.renew_zone(SeenZone(gone, 1), renewal, actor=team.officer, now=now - 150 * _DAY)
    ending = ZoneEnding(day + _DAY, "The flats were pulled down. Invented.")
    zones.end_zone(SeenZone(gone, 2), ending, actor=team.officer, now=now - 149 * _DAY)


def _zone(name: str, at: datetime, lasts: timedelta, codes: Iterable[str], homes: int) -> NewZone:
    return NewZone(
        name=f"{name} (invented)",
        set_up_on=london_date(at),
        review_due_on=london_date(at + lasts),
        streets=tuple(Street(code, name) for code in dict.fromkeys(codes)),
        ward_code=ward_code(homes),
        homes=homes,
        signs=homes // 10,
        stickers=homes - 5,
        contact="The residents' association (invented)",
    )


def _set_up(team: Crew, zone: NewZone, now: datetime) -> int:
    return zones.set_up_zone(zone, actor=team.officer, now=min(now, _noon(zone.set_up_on)))


def _thanks(team: Crew, now: datetime) -> None:
    """Thank the neighbour of the first incident that one rang about with a certificate and a medal."""
    rang = select(Call).where(Call.source == CallSource.NEIGHBOUR, Call.incident_id.is_not(None)).order_by(Call.id)
    first, second = db.session.scalars(rang.limit(2)).all()
    day = london_date(first.received_at)
    about, another = first.incident_id, second.incident_id
    for kind in (RecognitionKind.CERTIFICATE, RecognitionKind.MEDAL):
        made = _decide(team, kind, about, "Nerys Nextdoor (invented)", day + 40 * _DAY)
        presented = Presentation(day + 75 * _DAY, "At the partnership board, by the chair (invented)")
        recognising.present(SeenRecognition(made, 1), presented, actor=team.officer, now=now)
        agreed = Consent(may_be_named=True, on_date=day + 60 * _DAY)
        recognising.keep_consent(SeenRecognition(made, 2), agreed, actor=team.officer, now=now)
    _decide(team, RecognitionKind.LETTER, another, "Idris Overtheway (invented)", london_date(now - 3 * _DAY))


def _decide(team: Crew, kind: RecognitionKind, incident_id: int | None, name: str, day: date) -> int:
    new = NewRecognition(
        name=name,
        kind=kind,
        words="Saw men at work next door and rang at once, so that a contract was cancelled in time.",
        decided_on=day,
        decided_by=team.manager.officer_id or 0,
        incident_id=incident_id,
    )
    return recognising.decide_recognition(new, actor=team.manager, now=_noon(day))


def _noon(day: date) -> datetime:
    return london_midnight(day) + timedelta(hours=12)
