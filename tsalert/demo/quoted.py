"""Two calls about the latest alert: the words of one name it, an officer linked the other."""

from datetime import datetime, timedelta

from tsalert.alerts import queries
from tsalert.alerts.figures import quoting
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.response import queries as response
from tsalert.response.rules import NewCall
from tsalert.response.service import log_call
from tsalert.response.vocabulary import CallSource, Disposition


def load_quotes(team: Crew, now: datetime) -> None:
    """Load what two residents told of the latest alert, two days ago and yesterday."""
    latest = queries.published(db.session(), limit=1)[0]
    alert_id, reference = latest.id, latest.reference
    _tell(team, f"He read alert {reference} and sent men away who offered to clean his gutters. Invented.", now, days=2)
    told = "She heard us warn of roofers on the telephone, and shut the door on two men. Invented."
    call = response.get_call(db.session(), _tell(team, told, now, days=1)).reference
    quoting.note_quoting_calls(now)
    quoting.link_call(alert_id, call, actor=team.second, now=now - timedelta(hours=20))


def _tell(team: Crew, happening: str, now: datetime, *, days: int) -> int:
    """Log a call that tells how somebody was not taken in; returns the call's id."""
    home = household(next(team.households))
    call = NewCall(
        disposition=Disposition.ADVICE,
        source=CallSource.RESIDENT,
        caller_name=home.name,
        phone=home.phone,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
        happening=happening,
    )
    return log_call(call, actor=team.officer, now=now - timedelta(days=days), is_demo=True).call_id
