"""Who got a digest is deleted when the messages of alerts of its day are; how many did stays."""

from datetime import datetime

from sqlalchemy import select

from tsalert.alerts.letting_go import KEPT_FOR
from tsalert.delivery.discarding import Due, let_go_of, may_go
from tsalert.delivery.models import Delivery
from tsalert.digests.models import DigestMailing, DigestRun


def let_go(now: datetime) -> None:
    """Delete messages of digests whose time is over, some at once."""
    let_go_of("digest", _due(now), now=now)


def _due(now: datetime) -> Due:
    return (
        select(DigestRun.id, Delivery.id)
        .join(DigestMailing, DigestMailing.run_id == DigestRun.id)
        .join(Delivery, Delivery.mailing_id == DigestMailing.mailing_id)
        .where(DigestRun.made_at <= now - KEPT_FOR, *may_go())
        .order_by(DigestRun.id, Delivery.id)
    )
