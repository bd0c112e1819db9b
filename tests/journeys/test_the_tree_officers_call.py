"""The council's tree officers ring about an address just across the border: seen to all the same, then handed over."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.places.directory_files import OUR_WARD, OURS, THEIR_WARD, THEIRS, Line, write
from tsalert.audit.queries import entries_about, verify_chain
from tsalert.cases import listing
from tsalert.cases import queries as cases
from tsalert.cases import service as case_service
from tsalert.cases.rules import NewCase, NewMoneyLine, Progress
from tsalert.cases.sections import pack_text
from tsalert.cases.vocabulary import Evidence, MoneyKind, Outcome, Source, Status
from tsalert.core.actors import SERVICE, Actor, Permission, Via
from tsalert.core.clock import london_date
from tsalert.core.periods import parse_period
from tsalert.handover import lapsing, queries, service
from tsalert.handover.rules import NewHandover, State
from tsalert.places import borders
from tsalert.places.borders import Contact
from tsalert.places.finding import stand
from tsalert.places.importing import Source as Directory
from tsalert.places.importing import import_directory
from tsalert.places.wards import import_names
from tsalert.reports.queries import period_figures
from tsalert.response import dispatching
from tsalert.response import queries as response
from tsalert.response import service as calls
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.dispatching import NewMilestone
from tsalert.response.handing_over import Acceptance
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.steps import IncidentState, Step
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName, MoneyState

THEY_RANG = datetime(2022, 8, 23, 13, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2022, 8, 24, 8, 30, tzinfo=UTC)
AFTERWARDS = datetime(2022, 10, 1, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GREENWICH, ADDRESS, VICTIM = "Greenwich Trading Standards", "2 Example Hill", "Ada Example"
HERE, NEXT_DOOR = "ZZ2 1AA", "ZZ1 1AA"
CLERK = Actor(None, "command", frozenset({Permission.MANAGE_RESPONSE}), Via.COMMAND)
NAMES = ("WD26CD,WD26NM,LAD26CD,LAD26NM\n", f"{OUR_WARD},Mottingham,{OURS},Bromley\n", f",,{THEIRS},Greenwich\n")


@pytest.fixture
def desk(officer: Callable[..., Actor]) -> Actor:
    """Whoever is on duty."""
    return officer(name="Dee Example")


@pytest.fixture
def border(session: Session, app: Flask, monkeypatch: pytest.MonkeyPatch, desk: Actor, tmp_path: Path) -> Session:
    """Two addresses 111 metres apart with the border between them, and Greenwich's contact, verified in spring."""
    known = replace(app.extensions["tsalert_settings"], authority_code=OURS)
    monkeypatch.setitem(app.extensions, "tsalert_settings", known)
    lines = [Line(NEXT_DOOR, lat="51.430"), Line(HERE, THEIRS, THEIR_WARD, "51.431")]
    source = Directory(write(tmp_path / "a.csv", lines), date(2022, 5, 1))
    import_directory(source, own=OURS, actor=CLERK, now=THEY_RANG)
    import_names(NAMES, own=OURS, actor=CLERK, now=THEY_RANG)
    spring = THEY_RANG - timedelta(days=120)
    contact = Contact(THEIRS, GREENWICH, "020 7946 0117", hours="9 to 5", is_verified=True)
    borders.add_neighbour(contact, actor=desk, now=spring)
    return session


def test_the_address_lies_in_greenwich_and_the_handover_is_accepted_next_day(border: Session, desk: Actor) -> None:
    incident_id = they_ring(desk)
    the_border_is_told_while_they_are_on_the_line(border)
    officers_go_all_the_same(border, incident_id, desk)
    case_id = the_fee_comes_down(incident_id, desk)
    number = greenwich_is_offered_all_of_it(border, incident_id, desk)
    greenwich_says_yes(border, number, incident_id, desk)
    end = Progress(Status.CLOSED, outcome=Outcome.PASSED_ON, reason="Greenwich has it.")
    case_service.record_progress(case_id, end, actor=desk, now=NEXT_MORNING + 70 * MINUTE)
    it_still_counts(border)


def they_ring(desk: Actor) -> int:
    """Log the call of the tree officers."""
    call = NewCall(
        disposition=Disposition.NEW_INCIDENT,
        source=CallSource.TREE_OFFICER,
        caller_name=VICTIM,
        address=ADDRESS,
        postcode=HERE,
        happening=f"{VICTIM} is asked for nearly £4,000 to fell a tree.",
        trader="Tree surgeons with a tipper lorry",
        is_trader_on_site=True,
        money_state=MoneyState.AGREED,
        money_amount=Decimal(3950),
        is_vulnerable=True,
        incident=NewIncident(Category.DOORSTEP_CRIME, "gardening", GradeName.IMMEDIATE),
    )
    incident_id = calls.log_call(call, actor=desk, now=THEY_RANG).incident_id
    assert incident_id is not None
    return incident_id


def the_border_is_told_while_they_are_on_the_line(border: Session) -> None:
    """The postcode lies across the border and near it: two warnings, no ward of ours, and whom to ring."""
    standing = stand(border, HERE, own=OURS, on=london_date(THEY_RANG))
    assert standing is not None
    assert standing.warnings == (
        f"Out of our area: it is in Greenwich. Log it anyway. Ring {GREENWICH} on 020 7946 0117.",
        "Near the border: check with the caller (Bromley, 111 m away).",
    )
    (call,) = response.list_calls(border).items
    assert call.ward_code is None


def officers_go_all_the_same(border: Session, incident_id: int, desk: Actor) -> None:
    """Somebody is there in 25 minutes, which meets the clock whoever the address belongs to."""
    for minutes, step in ((4, Step.EN_ROUTE), (25, Step.ON_SCENE), (110, Step.CLEARED)):
        at = THEY_RANG + minutes * MINUTE
        dispatching.record_milestone(incident_id, NewMilestone(step), actor=desk, now=at)
    clock = response.get_incident(border, incident_id).clock
    assert clock is not None
    assert read_clock(clock, AFTERWARDS).state is ClockState.MET


def the_fee_comes_down(incident_id: int, desk: Actor) -> int:
    """An independent valuation says £1,000; after a call to the trader that is what is asked."""
    at = THEY_RANG + 120 * MINUTE
    new = NewCase(
        "Nearly £4,000 for a tree.", source=Source.RAPID_RESPONSE, victim_name=VICTIM, incident_id=incident_id
    )
    case_id = case_service.open_case(new, actor=desk, now=at)
    for kind, pounds, evidence in (
        (MoneyKind.DEMANDED, 3950, Evidence.VICTIM_STATEMENT),
        (MoneyKind.VALUATION, 1000, Evidence.VALUER),
        (MoneyKind.AGREED, 1000, Evidence.OFFICER_ESTIMATE),
    ):
        case_service.record_money(case_id, NewMoneyLine(kind, Decimal(pounds), evidence), actor=desk, now=at)
    return case_id


def greenwich_is_offered_all_of_it(border: Session, incident_id: int, desk: Actor) -> int:
    """The next morning the pack goes out, with the safeguarding concerns and, since they need it, the resident."""
    new = NewHandover(
        GREENWICH,
        "Tree surgeons asked an elderly resident for nearly £4,000. A valuer says £1,000, which is now asked.",
        risk="Safeguarding: lives alone, and is afraid that they come back.",
        actions="We attended, had it valued and rang the trader. The safeguarding referral is still to be made.",
        told="The council's tree officers.",
        with_victim=True,
        incident_id=incident_id,
    )
    number = service.draft_handover(new, actor=desk, now=NEXT_MORNING)
    service.offer_handover(number, actor=desk, now=NEXT_MORNING + 5 * MINUTE)
    assert lapsing.settle_due(NEXT_MORNING + 60 * MINUTE) == 0
    record = queries.get_handover(border, number)
    text = pack_text(record.title, queries.pack_of(border, record, now=NEXT_MORNING)).replace("\n", " ")
    for told in (
        "On scene",
        "Safeguarding: lives alone",
        "tipper lorry",
        ADDRESS,
        VICTIM,
        "Lies in: E05014072, Greenwich",
    ):
        assert told in text
    return number


def greenwich_says_yes(border: Session, number: int, incident_id: int, desk: Actor) -> None:
    """They take it with a name and their own reference, and every step has its entry in the trail."""
    yes = Acceptance(f"{GREENWICH}, J Example", "G-0117")
    service.accept_handover(number, yes, actor=desk, now=NEXT_MORNING + 65 * MINUTE)
    row, incident = queries.get_row(border, number), response.get_incident(border, incident_id)
    assert (row.state, row.their_reference, incident.state) == (State.ACCEPTED, "G-0117", IncidentState.HANDED_OVER)
    last = timeline(border, incident_id, now=NEXT_MORNING)[-2:]
    assert [event.what for event in last] == ["Offered to another body", "Handed over"]
    assert last[-1].note == f"{GREENWICH}, J Example. Their reference: G-0117"
    assert [entry.action for entry in entries_about(border, "handover", number)] == ["drafted", "offered", "accepted"]
    assert verify_chain(border).is_whole


def it_still_counts(border: Session) -> None:
    """The quarter has its report, immediate and met; the case reads what was asked and what it was worth."""
    response_figures = period_figures(border, parse_period("2022/23 Q2"), AFTERWARDS).response
    assert (response_figures.reports, response_figures.immediate, response_figures.met) == (1, 1, 1)
    (listed,) = listing.list_cases(border, listing.CaseFilter(), reader=SERVICE, now=AFTERWARDS).items
    case = cases.get_case(border, listed.id)
    totals = cases.ledger(border, case.id).totals
    assert [totals.of(kind) for kind in (MoneyKind.DEMANDED, MoneyKind.VALUATION)] == [Decimal(3950), Decimal(1000)]
    assert (case.outcome, case.ward_code, totals.detriment) == (Outcome.PASSED_ON, None, Decimal(0))
