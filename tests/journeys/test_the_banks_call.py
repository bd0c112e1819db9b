"""The bank's call, from its ring to the quarter: real processes, real protocols, and every time right."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from subprocess import CompletedProcess
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from tests.journeys.conftest import MOBILES, NAMES, Night
from tests.standins.processes import eventually
from tests.standins.telephone import Phone
from tsalert.core.clock import london_date, utc_now, whole_seconds
from tsalert.core.periods import quarter_of
from tsalert.db import db
from tsalert.delivery.models import Mailing
from tsalert.response.counting import minutes
from tsalert.response.models import Call, IncidentClock
from tsalert.response.timeline import Event, timeline
from tsalert.rota.vocabulary import Duty
from tsalert.telephone.models import TelephoneCall

BANK = "+442079460123"
VICTIM, STREET = "Wilhelmina Canary", "17 Quiet Close"
WAITED = timedelta(minutes=40)
PRIMARY, BACKUP = MOBILES[Duty.PRIMARY], MOBILES[Duty.BACKUP]
STORY = [
    ("Graded immediate", Duty.PRIMARY, "written up"),
    ("Paged by text", Duty.PRIMARY, "written up"),
    ("Paged by call", Duty.PRIMARY, "rung"),
    ("Paged by text", Duty.BACKUP, "taken"),
    ("Paged by call", Duty.BACKUP, "taken"),
    ("Taken", Duty.BACKUP, "taken"),
    ("On the way", Duty.BACKUP, "on the way"),
    ("On scene", Duty.BACKUP, "on scene"),
    ("Left", Duty.BACKUP, "left"),
    ("Outcome recorded", Duty.BACKUP, "outcome"),
    ("Closed", Duty.BACKUP, "closed"),
]
Run = Callable[..., CompletedProcess[str]]


def test_the_banks_call_from_its_ring_to_the_quarter(night: Night, run_command: Run) -> None:
    call_id = the_bank_rings(night)
    rang_at = the_call_waits(night, call_id)
    incident_id = write_up(night, call_id)
    page_the_officer_on_duty(night, incident_id)
    code = the_backup_takes_it(night, incident_id)
    go_there(night, incident_id, code)
    case_id = open_the_case(night, incident_id, rang_at)
    record_what_was_stopped(night, incident_id, case_id, rang_at)
    leave_and_close(night, incident_id, code)
    assert_every_time_is_right(night, incident_id, rang_at)
    assert_the_quarter_holds_exactly_this(night, incident_id, rang_at)
    trail = run_command("audit", "verify")
    assert (trail.returncode, "every seal fits" in trail.stdout) == (0, True), trail.stderr
    assert_nobody_is_named(night)


def the_bank_rings(night: Night) -> int:
    """The officer on duty takes the call with a key, and it waits to be written up."""
    with night.doing("call"):
        call = night.ring(BANK, {PRIMARY: Phone.TAKES})
    assert (call.was_connected, call.rang) == (True, [PRIMARY])
    (waiting,) = night.ask("/calls/waiting", by=Duty.PRIMARY)["items"]
    assert (waiting["taken_by"], waiting["call"]["phone_e164"]) == (NAMES[Duty.PRIMARY], BANK)
    began, ended = night.done["call"]
    assert began <= datetime.fromisoformat(waiting["call"]["received_at"]) <= ended
    call_id: int = waiting["call"]["id"]
    return call_id


def the_call_waits(night: Night, call_id: int) -> datetime:
    """Let forty minutes go by; returns when the call rang first."""
    with night.changing() as session:
        call = session.get_one(Call, call_id)
        for each in ("received_at", "opened_at", "recorded_at"):
            setattr(call, each, getattr(call, each) - WAITED)
        session.scalars(select(TelephoneCall)).one().rang_at -= WAITED
        return call.received_at


def write_up(night: Night, call_id: int) -> int:
    """Write the call up as the bank told it; what is ticked makes it immediate."""
    told = {
        "disposition": "new_incident",
        "source": "bank",
        "caller_name": "Branch of an invented bank",
        "address": STREET,
        "happening": f"{VICTIM} asks for £4,000 in cash for the roof. It began as £30 to clean the gutters.",
        "is_trader_on_site": True,
        "money_state": "at_the_bank",
        "money_amount": "4000",
        "is_vulnerable": True,
        "category": "doorstep_crime",
        "kind": "roofing",
    }
    with night.doing("written up"):
        call = night.ask(f"/calls/{call_id}/write-up", told, by=Duty.PRIMARY)
    incident = night.ask(f"/incidents/{call['incident_id']}", by=Duty.PRIMARY)
    due = datetime.fromisoformat(call["received_at"]) + timedelta(hours=2)
    assert (incident["grade"], incident["state"]) == ("immediate", "paged")
    assert (incident["clock"]["state"], incident["clock"]["due_at"]) == ("running", whole_seconds(due).isoformat())
    found: int = incident["id"]
    return found


def page_the_officer_on_duty(night: Night, incident_id: int) -> None:
    """A text goes out with the grade, a call after a minute; that either arrives is no act of a person."""
    night.twilio.habits[PRIMARY] = "voicemail"
    with night.doing("rung"):
        eventually(lambda: bool(night.twilio.taken))
        text = night.twilio.taken[0]
        assert text["to"] == PRIMARY
        told = {"MessageSid": text["sid"], "MessageStatus": "delivered"}
        assert night.post_as_twilio(text["callback"], told)[0] == 204
        night.let_pass(seconds=60)
        call = night.rung(PRIMARY)
    assert (len(call.heard), len(set(call.heard)), call.answers) == (3, 1, [])
    assert night.since_grade() >= timedelta(seconds=60)
    assert night.ask(f"/incidents/{incident_id}", by=Duty.PRIMARY)["state"] == "paged"


def the_backup_takes_it(night: Night, incident_id: int) -> str:
    """Five minutes after the grade the backup is rung too, and presses 1; returns the code of their text."""
    # Who takes a page before their text leaves gets none.
    night.twilio.habits[BACKUP], night.twilio.texts_come_first = "presses:1", True
    with night.doing("taken"):
        night.let_pass(seconds=240)
        (answer,) = night.rung(BACKUP).answers
    assert answer.startswith("You have R ")
    assert night.since_grade() >= timedelta(seconds=300)
    incident = night.ask(f"/incidents/{incident_id}", by=Duty.BACKUP)
    assert (incident["state"], incident["clock"]["state"]) == ("acknowledged", "running")
    eventually(lambda: len(night.twilio.taken) == 2)
    assert {each["to"] for each in night.twilio.taken} == {PRIMARY, BACKUP}
    return night.twilio.taken[1]["body"].split("TAKE ")[1][:4]


def go_there(night: Night, incident_id: int, code: str) -> None:
    """The officer texts on the way and on the doorstep; the clock is met by the second."""
    reference = night.ask(f"/incidents/{incident_id}", by=Duty.BACKUP)["reference"]
    with night.doing("on the way"):
        assert night.text(BACKUP, f"ENROUTE {code}").startswith(f"On the way to {reference}, recorded.")
    assert night.ask(f"/incidents/{incident_id}", by=Duty.BACKUP)["clock"]["state"] == "running"
    with night.doing("on scene"):
        assert night.text(BACKUP, f"ARRIVED {code}").startswith(f"On scene at {reference}, recorded.")
    assert night.ask(f"/incidents/{incident_id}", by=Duty.BACKUP)["clock"]["state"] == "met"


def open_the_case(night: Night, incident_id: int, rang_at: datetime) -> int:
    """Open the case of the incident."""
    told: dict[str, Any] = {
        "summary": "£30 of gutters became £4,000 of roof. Invented.",
        "victim_name": VICTIM,
        "source": "bank",
    }
    told |= {"channel": "doorstep", "opened_at": rang_at.isoformat()}
    case = night.ask("/cases", told | {"incident_id": incident_id}, by=Duty.BACKUP)
    assert (case["category"], case["kind"], case["address"]) == ("doorstep_crime", "roofing", STREET)
    case_id: int = case["id"]
    return case_id


def record_what_was_stopped(night: Night, incident_id: int, case_id: int, rang_at: datetime) -> None:
    """The bank did not hand out the £4,000: a line of the case's money, and an intervention."""
    day = london_date(rang_at).isoformat()
    line = {"kind": "prevented", "amount": "4000", "evidence": "bank", "method": "cash", "on_date": day}
    night.ask(f"/cases/{case_id}/money", line, by=Duty.BACKUP)
    done = {"type": "doorstep_crime", "on_date": day, "amount": "4000", "evidence": "bank", "is_rapid_response": True}
    kept = night.ask("/interventions", done | {"case_id": case_id, "incident_id": incident_id}, by=Duty.BACKUP)
    assert (kept["money"], kept["amount"]) == ("prevented", "4000.00")


def leave_and_close(night: Night, incident_id: int, code: str) -> None:
    """Leave by text; record the outcome and close at the desk."""
    with night.doing("left"):
        assert "You have left" in night.text(BACKUP, f"CLEAR {code}")
    with night.doing("outcome"):
        night.ask(f"/incidents/{incident_id}/outcome", {"outcome": "payment_stopped"}, by=Duty.BACKUP)
    with night.doing("closed"):
        incident = night.ask(f"/incidents/{incident_id}/close", {}, by=Duty.BACKUP)
    assert (incident["state"], incident["outcome"]) == ("closed", "payment_stopped")


def assert_every_time_is_right(night: Night, incident_id: int, rang_at: datetime) -> None:
    """The call stands at its first ring and was told when written up; all else when it was done."""
    with night.app.app_context():
        call, *others = timeline(db.session(), incident_id, now=utc_now())
        clock = db.session().scalars(select(IncidentClock)).one()
        on_scene = next(each for each in others if each.what == "On scene")
        # Clocks are read in whole seconds.
        assert [clock.started_at, clock.stopped_at] == [*map(whole_seconds, (rang_at, on_scene.occurred_at))]
    assert (call.what[:5], call.occurred_at, call.is_backfilled) == ("Call ", rang_at, True)
    assert_was_told(night, call, "written up")
    assert [(each.what, each.who) for each in others] == [(what, NAMES[duty]) for what, duty, _ in STORY]
    for event, (_, _, when) in zip(others, STORY, strict=True):
        assert event.occurred_at == event.recorded_at
        assert_was_told(night, event, when)
    answers = [each.note for each in others if each.what == "Paged by call"]
    assert answers == ["Answered, no key pressed", "Answered, pressed 1 to take it"]


def assert_was_told(night: Night, event: Event, when: str) -> None:
    began, ended = night.done[when]
    # The database's clock tells thousandths, ours millionths.
    assert began - timedelta(milliseconds=1) <= event.recorded_at <= ended, event


def assert_the_quarter_holds_exactly_this(night: Night, incident_id: int, rang_at: datetime) -> None:
    """One report, immediate and met, its minutes to the scene, one intervention, £4,000; and nothing else."""
    period = quote(quarter_of(london_date(rang_at)).label)
    response = night.ask(f"/response-figures?period={period}", by=Duty.MANAGER)
    total = response["total"]
    counted = {"reports": 1, "immediate": 1, "met": 1, "counted": 1, "late": 0, "breached": 0, "running": 0}
    assert {name: total[name] for name in counted} == counted
    (line,) = night.ask(f"/response-figures/incidents?period={period}", by=Duty.MANAGER)["items"]
    began, stopped = (datetime.fromisoformat(line[each]) for each in ("started_at", "stopped_at"))
    assert (line["incident_id"], line["state"], line["has_breach"]) == (incident_id, "met", False)
    assert stopped - began >= WAITED
    assert total["median_minutes"] == total["p90_minutes"] == float(minutes(stopped - began))
    assert response["calls"] == [{"line": "rapid_voice", "disposition": "new_incident", "calls": 1}]
    figures = night.ask(f"/figures?period={period}", by=Duty.MANAGER)
    assert figures["figures"].pop("share_met") == {"part": 1, "whole": 1}
    assert {name: value for name, value in figures["figures"].items() if Decimal(value)} == {
        "calls": 1,
        "interventions": 1,
        "enquiries": 1,
        "scam_doorstep_abuse_cases": 1,
        "reports": 1,
        "immediate": 1,
        "met": 1,
        "rapid_response_interventions": 1,
        "financial_savings": "4000",
        "total_savings": "4000",
    }
    (counted_row,) = [row for row in figures["savings"]["rows"] if row["number"]]
    assert (counted_row["slug"], counted_row["number"], counted_row["total"]["exact"]) == (
        "doorstep_crime",
        1,
        "4000.00",
    )


def assert_nobody_is_named(night: Night) -> None:
    """No text, call, subject, address of a page or line of a log says who was to pay, or where."""
    with night.app.app_context():
        subjects = [each or "" for each in db.session().scalars(select(Mailing.subject))]
    said = [each["body"] for each in night.twilio.taken] + night.heard + subjects
    said += [words for call in night.twilio.calls for words in [*call.heard, *call.answers]]
    logged = [log.read_text(encoding="utf-8") for log in night.logs]
    assert "worker ready" in logged[1]
    assert "method=POST route=/webhooks/twilio/voice" in logged[0]
    secret = [*VICTIM.split(), *STREET.split(" ", 1)[1:], "gutters", "Canary"]
    assert [word for word in secret for text in [*said, *logged] if word.lower() in text.lower()] == []
    numbers = [each.lstrip("+") for each in (BANK, *MOBILES.values())]
    assert [number for number in numbers for text in logged if number in text] == []
