"""What the public pages show that the database knows."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.alerts import public_queries as alerts
from tsalert.alerts.public_queries import PublicLine
from tsalert.core.clock import london_date
from tsalert.core.errors import NotFound
from tsalert.response import queries as response
from tsalert.response.vocabulary import Line
from tsalert.retention.keeping import months_in_force
from tsalert.retention.vocabulary import RuleKind
from tsalert.site.rules import RECEIPT_LIFE

# What a resident may want to know the time of; the rest of the schedule is about the service's own records.
SHOWN_RULES = {
    RuleKind.UNREAL_CALL: "A wrong number, or a report that was none",
    RuleKind.ADVICE_CALL: "A call or report that led to no visit",
    RuleKind.INCIDENT: "A visit that led to no case",
    RuleKind.CASE: "A case that did not go to court",
    RuleKind.PROSECUTION: "A case that went to court",
}
_ON_THE_HOME_PAGE = 5


class Kept(Struct, frozen=True):
    """How long one kind of record names people; no months where the service has not set that yet."""

    what: str
    months: int | None


def current_alerts(session: Session, *, now: datetime) -> Sequence[PublicLine]:
    """Return the newest alerts that apply now, as the first page shows them."""
    return alerts.current_lines(session, now=now)[:_ON_THE_HOME_PAGE]


def reported(session: Session, call_id: int | None, *, now: datetime) -> str:
    """Return the number under which a report waits.

    :raises NotFound: it is none of the website, or its receipt is too old.
    """
    call = response.get_call(session, call_id or 0)
    if call.line != Line.WEB or call.received_at < now - RECEIPT_LIFE:
        raise NotFound("There is no such report, or it was sent more than 7 days ago.")
    return call.reference


def kept_how_long(session: Session, *, now: datetime) -> tuple[Kept, ...]:
    """Return for how long records name people, by the rules in force."""
    months = months_in_force(session, london_date(now))
    return tuple(Kept(words, months.get(kind)) for kind, words in SHOWN_RULES.items())
