"""The border of the demonstration: a small directory, neighbours, and what went across.

``postcodes.csv`` has the directory's column names; its postcodes and places are invented, since no district BR9 or SE29
exists, and its codes of areas are real. ``areas.csv`` holds real names and codes of wards and authorities. People and
contacts are invented.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from tsalert.cases.listing import CaseFilter, list_cases
from tsalert.cases.vocabulary import Status
from tsalert.core.actors import SERVICE, Actor, Permission, Via
from tsalert.db import db
from tsalert.demo import visits
from tsalert.demo.past import Crew
from tsalert.demo.people import Household
from tsalert.demo.visits import Visit
from tsalert.handover import service
from tsalert.handover.rules import NewHandover
from tsalert.places import borders, importing
from tsalert.places.borders import Contact
from tsalert.places.importing import Source
from tsalert.places.wards import import_names
from tsalert.response import dispatching
from tsalert.response import service as response
from tsalert.response.dispatching import NewMilestone
from tsalert.response.handing_over import Acceptance
from tsalert.response.steps import Step
from tsalert.response.vocabulary import CallSource, Category, GradeName, Outcome

_OURS = "E09000006"
_HERE = Path(__file__).parent
_EDITION = date(2021, 2, 1)
_CLERK = Actor(None, "command", frozenset({Permission.MANAGE_RESPONSE}), Via.COMMAND)
_GREENWICH, _KENT = "Greenwich Trading Standards (invented contact)", "Kent Trading Standards (invented contact)"
_ACROSS = Household("Edith Hobblewick (invented)", "2 Imaginary Hill", "SE29 1AA", "", "07700 900117")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def load_directory(now: datetime) -> None:
    """Load the postcodes of the demonstration and the names of areas."""
    source = Source(_HERE / "postcodes.csv", _EDITION)
    importing.import_directory(source, own=_OURS, actor=_CLERK, now=now)
    with (_HERE / "areas.csv").open(encoding="utf-8", newline="") as lines:
        import_names(lines, own=_OURS, actor=_CLERK, now=now)


def load_border(team: Crew, now: datetime) -> None:
    """Load neighbours, a listed postcode, and three handovers: one accepted, one offered, one in draft."""
    for code, name, phone, days in (
        ("E09000011", _GREENWICH, "020 7946 0117", 40),
        ("E10000016", _KENT, "01632 960116", 400),
    ):
        contact = Contact(code, name, phone, hours="Monday to Friday, 9am to 5pm", is_verified=True)
        borders.add_neighbour(contact, actor=team.officer, now=now - days * _DAY)
    bexley = Contact("E09000004", "Bexley Trading Standards (invented contact)", email="bexley.ts@example.org")
    borders.add_neighbour(bexley, actor=team.officer, now=now - _DAY)
    why = "The drive of the odd numbers opens to the other side. Invented."
    borders.list_exception("BR9 9UB", why, actor=team.officer, now=now - 90 * _DAY)
    _tree_officers(team, now - _DAY)
    newest = _newest(Status.INVESTIGATING, now)
    _offer(team, newest, now - 3 * _HOUR)
    second = _newest(Status.DECISION, now)
    draft = NewHandover(_KENT, "The account that was paid into belongs to somebody in Kent. Invented.", case_id=second)
    service.draft_handover(draft, actor=team.second, now=now - _HOUR)


def _newest(status: Status, now: datetime) -> int:
    return list_cases(db.session(), CaseFilter(status=status), reader=SERVICE, now=now).items[0].id


def _tree_officers(team: Crew, at: datetime) -> None:
    """Let officers attend an address just across the border, and Greenwich take it over."""
    visit = Visit(
        at=at,
        household=_ACROSS,
        category=Category.DOORSTEP_CRIME,
        kind="gardening",
        happening="Nearly £4,000 is asked for felling a tree. Invented.",
        grade=GradeName.PROMPT,
        source=CallSource.TREE_OFFICER,
        arrives_after=timedelta(minutes=25),
        trader="Tree surgeons with a tipper lorry",
    )
    incident_id = visits.log(visit, team.officer)
    visits.attend(incident_id, visit, team.officer)
    dispatching.record_milestone(incident_id, NewMilestone(Step.CLEARED), actor=team.officer, now=at + 2 * _HOUR)
    new = NewHandover(
        _GREENWICH,
        "Tree surgeons asked an elderly resident for nearly £4,000. A valuer says £1,000, which is now asked.",
        risk="Safeguarding: lives alone and is afraid that they come back.",
        actions="We attended, had it valued and rang the trader. The safeguarding referral is still to be made.",
        told="The council's tree officers.",
        with_victim=True,
        incident_id=incident_id,
    )
    number = service.draft_handover(new, actor=team.officer, now=at + 18 * _HOUR)
    service.offer_handover(number, actor=team.officer, now=at + 18 * _HOUR)
    yes = Acceptance(f"{_GREENWICH}, J Example", "G-0117")
    service.accept_handover(number, yes, actor=team.officer, now=at + 19 * _HOUR)
    response.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=team.officer, now=at + 19 * _HOUR)
    response.close_incident(incident_id, actor=team.officer, now=at + 19 * _HOUR)


def _offer(team: Crew, case_id: int, at: datetime) -> None:
    """Offer a case to a body that has not answered yet."""
    facts = "The person who was paid has moved to Kent, and asks others there. Invented."
    number = service.draft_handover(NewHandover(_KENT, facts, case_id=case_id), actor=team.second, now=at)
    service.offer_handover(number, answer_by=at + 48 * _HOUR, actor=team.second, now=at)
