"""Who got a digest is deleted after its time, like who got an alert; how many did stays."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle, subscribe
from tests.digests.conftest import MORNING, Publish
from tsalert.audit.queries import entries_about
from tsalert.delivery.models import Delivery
from tsalert.digests import letting_go, service
from tsalert.digests import queries as digests
from tsalert.digests.models import DigestMailing


def messages(session: Session) -> int:
    of_digests = Delivery.mailing_id.in_(select(DigestMailing.mailing_id))
    return session.scalar(select(func.count()).select_from(Delivery).where(of_digests)) or 0


def test_messages_of_a_digest_go_after_thirteen_months_and_their_counts_stay(
    session: Session, publish: Publish
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    subscribe(session, "bob@example.org", frequency="daily")
    session.commit()
    publish()
    assert service.send_due(MORNING) == 2
    letting_go.let_go(MORNING + timedelta(days=397))
    assert messages(session) == 2, "they have not ended yet"
    settle(session, session.scalars(select(DigestMailing.mailing_id)).one(), "accepted", channels=["email"])
    sent = digests.list_sent(session).items
    (mine,) = [each.id for each in sent if each.progress]
    letting_go.let_go(MORNING + timedelta(days=395))
    assert messages(session) == 2
    letting_go.let_go(MORNING + timedelta(days=397))
    assert messages(session) == 0
    assert digests.list_sent(session).items == sent
    (entry,) = [each for each in entries_about(session, "digest", mine) if each.action == "messages deleted"]
    assert entry.detail == {"count": 2}
