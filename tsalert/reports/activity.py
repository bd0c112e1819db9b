"""What a period comes to beside cases, clocks and savings: calls, units in homes, alerts and their readers."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.alerts import queries as alerts
from tsalert.core.periods import Period
from tsalert.prevention import queries as prevention
from tsalert.prevention.queries import UnitCounts
from tsalert.prevention.rules import UnitKind
from tsalert.response import queries as response
from tsalert.response.vocabulary import Disposition
from tsalert.savings import queries as savings
from tsalert.subscribers import queries as subscribers


class Activity(Struct, frozen=True):
    """Counts of a period; units in place and subscribers are those at its end, or now.

    :param calls: what came on the rapid-response number, by what became of it.
    """

    calls: Mapping[Disposition, int]
    interventions: int
    blockers: UnitCounts
    cameras: UnitCounts
    alerts_sent: int
    subscribers: int


def activity(session: Session, period: Period) -> Activity:
    """Count what a period's work came to."""
    return Activity(
        calls=response.calls_by_disposition(session, period),
        interventions=savings.count_interventions(session, period),
        blockers=prevention.unit_counts(session, UnitKind.CALL_BLOCKER, period),
        cameras=prevention.unit_counts(session, UnitKind.DOOR_CAMERA, period),
        alerts_sent=alerts.count_published(session, period),
        subscribers=subscribers.count_listed(session, period.ends_at),
    )
