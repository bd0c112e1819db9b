"""People we know already: somebody who rings again, a van that is seen at two addresses, and a warning."""

from datetime import datetime, timedelta

from tsalert.core.clock import london_date
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.demo.people import Household, household
from tsalert.parties.known_by import NewKnown, add_known, standing_of, take_back
from tsalert.parties.vocabulary import KnownBy, Side
from tsalert.parties.warning_notes import add_warning
from tsalert.response import service
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.rules import NewCall
from tsalert.response.vocabulary import CallSource, Disposition

# No such plate is ever issued.
PAVERS = "Pretend Paving (invented), white van ZZ99 ZZZ (invented)"
_WARNING = "Her nephew answers the telephone and listens in: ask only what can be answered with yes or no. Invented."


def load_known(team: Crew, now: datetime) -> None:
    """Load three calls of the past weeks, two of them from one resident, and warn of her."""
    first, second = household(next(team.households)), household(next(team.households))
    call_id = _ask(team, first, now - timedelta(days=40), "Men in a van offer to clean the drive for £60. Invented.")
    _ask(team, first, now - timedelta(days=12), "The same men came back and want £600 for sealing it. Invented.")
    _ask(team, second, now - timedelta(days=5), "A van stops at every house of the close. Invented.")
    (caller,) = (part.party_id for part in parties_of_calls(db.session(), [call_id]) if part.role is Side.CALLER)
    add_warning(caller, _WARNING, london_date(now) + timedelta(days=90), actor=team.officer, now=now)
    _learn(team, call_id, now - timedelta(days=4))


def _learn(team: Crew, call_id: int, at: datetime) -> None:
    """Add what an officer learned of the pavers by hand: a trading name that stands, and a number that was wrong."""
    parts = parties_of_calls(db.session(), [call_id])
    (pavers,) = (part.party_id for part in parts if part.role is Side.TRADER)
    flyer = "A flyer that a neighbour kept (invented)"
    for kind, text in ((KnownBy.NAME, "Makebelieve Driveways (invented)"), (KnownBy.PHONE, "01632 960777")):
        add_known(pavers, NewKnown(kind, text, flyer), is_demo=True, actor=team.officer, now=at)
    (number,) = (each for each in standing_of(db.session(), [pavers]) if each.kind is KnownBy.PHONE)
    wrong = "It rings at a firm that has nothing to do with them (invented)"
    take_back(pavers, KnownBy.PHONE, number.id, wrong, actor=team.second, now=at + timedelta(hours=2))


def _ask(team: Crew, home: Household, at: datetime, happening: str) -> int:
    """Log a call that asks for advice; returns the call's id."""
    call = NewCall(
        disposition=Disposition.ADVICE,
        source=CallSource.RESIDENT,
        caller_name=home.name,
        phone=home.phone,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
        happening=happening,
        trader=PAVERS,
    )
    return service.log_call(call, actor=team.officer, now=at, is_demo=True).call_id
