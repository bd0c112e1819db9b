"""A warning before a second alert: of the same case within minutes, or under the same headline within a day."""

import re
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert
from tsalert.alerts.steps import Status
from tsalert.core.clock import as_utc

SAME_CASE_WITHIN = timedelta(minutes=30)
SAME_HEADLINE_WITHIN = timedelta(days=1)
_ABOUT_TO = (Status.PENDING_APPROVAL, Status.APPROVED)
_NO_LETTER = re.compile(r"[\W_]+")


class Near(Struct, frozen=True):
    """Another alert that residents got, or are about to get, and what the two have in common."""

    alert_id: int
    reference: str
    published_at: datetime | None
    same_case: bool
    same_headline: bool

    @property
    def common(self) -> str:
        """What the two have in common, in words."""
        told = {"of the same case": self.same_case, "with the same headline": self.same_headline}
        return " and ".join(said for said, holds in told.items() if holds)


def find_near(session: Session, alert: Alert, *, now: datetime) -> list[Near]:
    """Return the alerts that one would all but repeat, the latest first; none of those that it continues."""
    found = [_compare(alert, other, now) for other in session.scalars(_others(alert, now))]
    return [each for each in found if each.same_case or each.same_headline]


def _others(alert: Alert, now: datetime) -> Select[Alert]:
    """Return the query of alerts that went out lately or are about to, and are not of the same thread."""
    first = alert.in_reply_to or alert.id
    is_about_to = Alert.status.in_(_ABOUT_TO) & Alert.published_at.is_(None)
    is_recent = (Alert.published_at > now - SAME_HEADLINE_WITHIN) & Alert.withdrawn_because.is_(None)
    is_another = (Alert.id.not_in([alert.id, first]), or_(Alert.in_reply_to.is_(None), Alert.in_reply_to != first))
    return select(Alert).where(or_(is_about_to, is_recent), *is_another).order_by(Alert.id.desc())


def _compare(alert: Alert, other: Alert, now: datetime) -> Near:
    is_close = other.published_at is None or as_utc(now) - other.published_at <= SAME_CASE_WITHIN
    same_case = alert.case_id is not None and alert.case_id == other.case_id and is_close
    same_headline = _bare(alert.headline) == _bare(other.headline)
    return Near(other.id, other.reference, other.published_at, same_case=same_case, same_headline=same_headline)


def _bare(headline: str) -> str:
    return " ".join(_NO_LETTER.sub(" ", headline.casefold()).split())
