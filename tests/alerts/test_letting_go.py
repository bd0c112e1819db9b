"""Who got an alert is deleted after its time; how many by ward stays, and so does what something else stands by."""

from datetime import timedelta

from sqlalchemy import Index, UniqueConstraint, func, select
from sqlalchemy.orm import Session

from tests.alerts.test_resending import ANN, ended, endpoint, send
from tsalert.alerts import letting_go, queries
from tsalert.alerts.figures import queries as figures
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import Base
from tsalert.delivery.models import Delivery
from tsalert.hygiene.models import AddressReport

DELIVERY_ID = Base.metadata.tables["delivery"].c.id
LATER = timedelta(days=397)


def messages(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_what_names_a_message_is_found_by_it() -> None:
    """A million messages go, and the database looks in each of these tables for every one of them."""
    naming = [key for table in Base.metadata.tables.values() for key in table.foreign_keys if key.column is DELIVERY_ID]
    assert naming
    for key in naming:
        rules = (*key.parent.table.indexes, *key.parent.table.constraints)
        led_by = [rule for rule in rules if isinstance(rule, Index | UniqueConstraint)]
        assert any(next(iter(rule.columns)) is key.parent for rule in led_by), f"{key.parent} is read whole"


def test_messages_go_after_thirteen_months_and_their_counts_stay(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    alert_id = send(author, approver)
    ended(session, ann="failed")
    now = utc_now()
    letting_go.let_go(now + LATER)
    assert messages(session) == 3, "they were not counted yet"
    figures.keep_figures(now)
    before, progress = (
        figures.by_ward(session, alert_id)[0],
        queries.progress(session, queries.get_alert(session, alert_id)),
    )
    letting_go.let_go(now + timedelta(days=395))
    assert messages(session) == 3
    letting_go.let_go(now + LATER)
    letting_go.let_go(now + LATER)
    figures.keep_figures(now + LATER)
    assert messages(session) == 0
    assert figures.by_ward(session, alert_id)[0] == before
    assert queries.progress(session, queries.get_alert(session, alert_id)) == progress


def test_a_message_that_a_report_stands_by_or_that_is_in_doubt_stays(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    alert_id = send(author, approver)
    ended(session, ann="hard_bounced", phone="unknown")
    figures.keep_figures(utc_now())
    (row,) = session.scalars(select(Delivery).where(Delivery.endpoint_id == endpoint(session, ANN)))
    report = AddressReport(delivery_id=row.id, mailing_id=row.mailing_id, endpoint_id=row.endpoint_id, at=utc_now())
    report.kind, report.code, report.effect = "hard", "5.1.1", "suppressed"
    session.add(report)
    session.commit()
    letting_go.let_go(utc_now() + LATER)
    assert sorted(session.scalars(select(Delivery.status))) == ["hard_bounced", "unknown"]
    assert letting_go.are_gone(queries.get_alert(session, alert_id), utc_now() + LATER)
