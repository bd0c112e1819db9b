"""What an alert would cost against what is left, for pages and the API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert
from tsalert.alerts.proof import Proof
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.models import SpendingLeave
from tsalert.alerts.spending.rules import Purse, in_pounds, why_too_dear


class Budget(Struct, frozen=True):
    """What an alert would cost now, what is left of the hour and the month, and leave to cost more, if there is any.

    ``too_dear`` says why it would be refused, whether or not there is leave.
    """

    cost: Decimal
    purses: Sequence[Purse]
    too_dear: str | None
    leave: SpendingLeave | None

    @property
    def is_limited(self) -> bool:
        """Whether any limit is set."""
        return any(purse.limit is not None for purse in self.purses)


def find_budget(session: Session, alert: Alert, pulled: Proof, reach: Mapping[str, int], *, now: datetime) -> Budget:
    """Return what an alert would cost if it went to so many by channel now, again too, or when it is approved for."""
    standing = schedules.find_standing(session, alert.id)
    at = max(now, standing.starts_at) if standing else now
    cost, purses = spending.cost_of(pulled, reach), spending.purses(session, now=at)
    leave = spending.find_leave(session, alert.id, pulled.digest)
    too_dear = why_too_dear(cost, purses, is_again=alert.published_at is not None)
    return Budget(in_pounds(cost), purses, too_dear, leave)
