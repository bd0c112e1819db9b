"""What texts and calls of alerts may cost: counted as it is spent, exact, and refused in words above the limit."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.alerts.test_scheduling import officer_named
from tests.alerts.test_views import digest_on
from tests.conftest import NOW
from tests.delivery.test_quiet import NEAR_CLOCK_CHANGES
from tsalert.alerts import proof, queries, service
from tsalert.alerts.rules import Channel
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.scheduling import service as scheduling
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.budgets import find_budget
from tsalert.alerts.spending.models import AlertSpending, SpendingTotal
from tsalert.alerts.spending.rules import Purse, Span, begins, in_pounds, to_units, why_too_dear
from tsalert.alerts.steps import Status
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.clock import in_london
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import db, transaction
from tsalert.delivery.models import Mailing
from tsalert.spending_settings import SpendingLimits
from tsalert.staff.rules import RoleName

WHY = "An armed robber is about; residents must know."
Limit = Callable[..., None]


def set_limits(app: Flask, per_hour: str | None = None, per_month: str | None = None, price: str = "100") -> None:
    hour, month = (None if each is None else Decimal(each) for each in (per_hour, per_month))
    changed = {"spending": SpendingLimits(hour, month), "pence_per_segment": Decimal(price)}
    app.extensions["tsalert_settings"] = replace(app.extensions["tsalert_settings"], **changed)


@pytest.fixture
def limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Set limits in pounds; one segment of a text costs a pound."""
    monkeypatch.setitem(app.extensions, "tsalert_settings", app.extensions["tsalert_settings"])
    return lambda *limits, **named: set_limits(app, *limits, **named)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Mo Manager")


def submit(author: Actor, *, at: datetime = NOW, **changes: object) -> int:
    alert_id = service.write_draft(new_draft(**changes), actor=author, now=at)
    service.submit(alert_id, actor=author, now=at)
    return alert_id


def approve(alert_id: int, approver: Actor, *, at: datetime = NOW) -> int:
    return service.approve(alert_id, shown(alert_id), actor=approver, now=at)


def totals(session: Session) -> dict[str, int]:
    rows = session.execute(select(SpendingTotal.span, func.sum(SpendingTotal.cost)).group_by(SpendingTotal.span))
    return {span: int(cost) for span, cost in rows}


def test_what_an_alert_costs_is_kept_as_it_goes_out(
    session: Session, limit: Limit, pending: int, approver: Actor
) -> None:
    limit("10", "100", price="2.4375")
    approve(pending, approver)
    assert totals(session) == {"hour": 24_375, "month": 24_375}
    assert spending.set_aside_for(session, pending) == 24_375


def test_mail_costs_nothing(session: Session, limit: Limit, author: Actor, approver: Actor, people: None) -> None:
    limit("0", "0")
    approve(submit(author, channels=(Channel.EMAIL,)), approver)
    assert totals(session) == {}


@pytest.mark.parametrize(("limits", "span"), [(("1.99", "9"), "hour"), (("9", "1.99"), "month"), (("0",), "hour")])
def test_above_the_limit_it_is_refused_in_words_and_nothing_is_sent_or_counted(
    session: Session, limit: Limit, pending: int, approver: Actor, limits: tuple[str, ...], span: str
) -> None:
    subscribe(session, "+447700900002")
    session.commit()
    limit(*limits)
    with pytest.raises(RuleViolation, match=rf"cost £2\.00, but only £.* for the {span} is left"):
        approve(pending, approver)
    assert totals(session) == {}
    assert session.scalar(select(func.count()).select_from(Mailing)) == 0
    assert queries.standing(session, queries.get_alert(session, pending)) is Status.PENDING_APPROVAL


def test_to_the_penny_it_is_allowed_and_the_next_is_refused(
    session: Session, limit: Limit, author: Actor, approver: Actor, people: None
) -> None:
    limit("2", "100")
    first, second, third = (submit(author, headline=f"Number {number}") for number in range(3))
    approve(first, approver)
    approve(second, approver)
    with pytest.raises(RuleViolation, match=r"only £0\.00 of the £2\.00 for the hour"):
        approve(third, approver)
    approve(third, approver, at=NOW + timedelta(hours=1))
    assert totals(session) == {"hour": 3_000_000, "month": 3_000_000}


def test_sending_alone_and_by_schedule_keep_to_the_limit_too(
    session: Session, limit: Limit, author: Actor, approver: Actor, officer: Callable[..., Actor], people: None
) -> None:
    limit("0.50")
    lone = officer(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER)
    with pytest.raises(RuleViolation, match="ask a manager"):
        service.write_and_send_alone(new_draft(), WHY, actor=lone, now=NOW)
    alert_id = submit(author)
    later = NOW + timedelta(hours=2)
    scheduling.schedule(alert_id, shown(alert_id), later, actor=approver, now=NOW)
    assert scheduling.start_due(later) == 0
    found = schedules.find_latest(session, alert_id)
    assert found is not None
    assert "cost £1.00" in (found.held_because or "")
    assert totals(session) == {}


def test_a_manager_lets_one_alert_cost_more_and_it_still_counts(
    session: Session, limit: Limit, author: Actor, approver: Actor, manager: Actor, people: None
) -> None:
    limit("0.50")
    alert_id, other = submit(author), submit(author, headline="Another")
    with pytest.raises(NotAllowed):
        spending.give_leave(alert_id, shown(alert_id), WHY, actor=approver, now=NOW)
    with pytest.raises(RuleViolation):
        spending.give_leave(alert_id, shown(alert_id), "no", actor=manager, now=NOW)
    with pytest.raises(Conflict):
        spending.give_leave(alert_id, "0" * 64, WHY, actor=manager, now=NOW)
    spending.give_leave(alert_id, shown(alert_id), WHY, actor=manager, now=NOW)
    with pytest.raises(Conflict):
        spending.give_leave(alert_id, shown(alert_id), WHY, actor=manager, now=NOW)
    approve(alert_id, approver)
    assert totals(session) == {"hour": 1_000_000, "month": 1_000_000}
    with pytest.raises(RuleViolation):
        approve(other, approver)
    assert "let cost more" in session.scalars(select(AuditEvent.action)).all()
    with pytest.raises(Conflict):
        spending.give_leave(alert_id, shown(alert_id), WHY, actor=manager, now=NOW)


def test_leave_is_for_the_alert_as_it_read(
    session: Session, limit: Limit, author: Actor, approver: Actor, manager: Actor, people: None
) -> None:
    limit("0.50")
    alert_id = submit(author)
    spending.give_leave(alert_id, shown(alert_id), WHY, actor=manager, now=NOW)
    service.edit_draft(alert_id, new_draft(sms="Much longer. " * 40), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    with pytest.raises(RuleViolation):
        approve(alert_id, approver)


def test_a_limit_that_is_set_later_knows_what_was_spent_before(
    limit: Limit, author: Actor, approver: Actor, people: None
) -> None:
    limit()
    approve(submit(author), approver)
    limit("1.50")
    with pytest.raises(RuleViolation, match=r"only £0\.50 of the £1\.50"):
        approve(submit(author, headline="Another"), approver)


def test_two_approvals_at_once_never_spend_the_same_pound(fresh_app: Flask) -> None:
    set_limits(fresh_app, "5", "100")
    count = 8
    with fresh_app.app_context():
        author, approver = officer_named("Alex Author"), officer_named("Avery Approver")
        with transaction() as work:
            subscribe(work, "+447700900001")
        alerts = [submit(author, headline=f"Number {number}") for number in range(count)]
        digests = [shown(each) for each in alerts]
    together, refused = Barrier(count), list[str]()

    def decide(alert_id: int, digest: str) -> None:
        with fresh_app.app_context():
            together.wait()
            try:
                service.approve(alert_id, digest, actor=approver, now=NOW)
            except RuleViolation as error:
                refused.append(error.message)
            finally:
                db.session.remove()

    deciding = [Thread(target=decide, args=each) for each in zip(alerts, digests, strict=True)]
    for each in deciding:
        each.start()
    for each in deciding:
        each.join()
    with fresh_app.app_context():
        assert totals(db.session()) == {"hour": 5_000_000, "month": 5_000_000}
        assert db.session().scalar(select(func.count()).select_from(AlertSpending)) == 5
    assert len(refused) == count - 5
    assert all("only £0.00 of the £5.00" in each for each in refused)


@pytest.mark.parametrize("change", ["UPDATE alert_spending SET cost = 0", "DELETE FROM alert_spending"])
def test_what_was_spent_cannot_be_changed_behind_the_program(
    session: Session, limit: Limit, pending: int, approver: Actor, change: str
) -> None:
    limit()
    approve(pending, approver)
    with pytest.raises(DBAPIError, match="as it was counted"), session.begin_nested():
        session.execute(text(change))


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.decimals(0, 10**6, places=2))
def test_a_purse_bears_exactly_what_keeps_within_its_limit(spent: int, cost: int, pounds: Decimal) -> None:
    purse = Purse(Span.HOUR, pounds, spent)
    assert purse.bears(cost) is (in_pounds(spent) + in_pounds(cost) <= pounds)
    assert purse.left is not None
    assert purse.left >= 0
    assert (why_too_dear(cost, [purse]) is None) is purse.bears(cost)
    assert Purse(Span.HOUR, None, spent).bears(cost)


@given(st.decimals(0, 1000, places=4), st.integers(0, 10**6))
def test_sums_of_prices_are_whole_units(price: Decimal, count: int) -> None:
    assert to_units(price) * count == to_units(price * count)
    assert in_pounds(to_units(price * count)) == price * count / 100


@given(NEAR_CLOCK_CHANGES)
def test_an_hour_and_a_month_begin_by_londons_clocks(moment: datetime) -> None:
    hour, month = begins(Span.HOUR, moment), begins(Span.MONTH, moment)
    assert timedelta(0) <= moment - hour < timedelta(hours=1)
    assert (in_london(hour).minute, in_london(hour).second) == (0, 0)
    wall, first = in_london(moment), in_london(month)
    assert (first.year, first.month, first.day, first.hour) == (wall.year, wall.month, 1, 0)


def test_the_page_shows_what_is_left_and_a_manager_lets_it_cost_more(
    limit: Limit, signed_in: Callable[..., FlaskClient], author: Actor, people: None
) -> None:
    now = datetime.now(UTC)
    alert_id = submit(author, at=now, expires_at=now + timedelta(days=1))
    place, officer = f"/alerts/{alert_id}", signed_in()
    assert "No limit is set on what texts and calls of alerts may cost." in officer.get(place).text
    limit("0.50", "80")
    page = officer.get(place).text
    assert "What may still be spent on texts and calls" in page
    assert "£80.00" in page
    assert "Its texts and calls cost £1.00, but only £0.50 of the £0.50 for the hour is left." in page
    assert "Let it cost more" not in page
    refused = officer.post(f"{place}/approve", data={"digest": digest_on(page)})
    assert refused.status_code == 422
    assert "ask a manager to let it cost more" in refused.text
    manager = signed_in(RoleName.MANAGER, name="Mo Manager")
    form = {"digest": digest_on(manager.get(place).text), "reason": WHY}
    assert manager.post(f"{place}/spending-leave", data=form | {"reason": ""}).status_code == 422
    assert "This alert may cost more" in manager.post(f"{place}/spending-leave", data=form, follow_redirects=True).text
    page = officer.get(place).text
    assert "Mo Manager gave leave" in page
    officer.post(f"{place}/approve", data={"digest": digest_on(page)})
    assert "£1.00" in officer.get(place).text


def test_one_that_is_scheduled_is_held_against_the_hour_in_which_it_goes_out(
    session: Session, limit: Limit, author: Actor, approver: Actor, people: None
) -> None:
    limit("1")
    approve(submit(author), approver)
    alert_id = submit(author, headline="Another")
    alert = queries.get_alert(session, alert_id)
    pulled, reach = proof.pull_proof(alert), {"sms": 1}
    assert find_budget(session, alert, pulled, reach, now=NOW).too_dear is not None
    scheduling.schedule(alert_id, pulled.digest, NOW + timedelta(hours=2), actor=approver, now=NOW)
    assert find_budget(session, alert, pulled, reach, now=NOW).too_dear is None


def test_what_it_costs_by_api(
    client: FlaskClient, limit: Limit, bearer: Callable[..., dict[str, str]], author: Actor, people: None
) -> None:
    now, officer, manager = datetime.now(UTC), bearer(), bearer(RoleName.MANAGER)
    alert_id = submit(author, at=now, expires_at=now + timedelta(days=1))
    limit("0.50")
    place = f"/api/v1/alerts/{alert_id}"
    told = client.get(f"{place}/spending", headers=officer).json
    assert told is not None
    assert (Decimal(told["cost"]), told["may_cost_more"]) == (Decimal(1), False)
    assert told["purses"] == [
        {"span": "hour", "limit": "0.50", "left": "0.50"},
        {"span": "month", "limit": None, "left": None},
    ]
    leave = {"digest": shown(alert_id), "reason": WHY}
    assert client.post(f"{place}/spending-leave", json=leave, headers=officer).status_code == 403
    assert client.post(f"{place}/spending-leave", json={"reason": WHY}, headers=manager).status_code == 422
    told = client.post(f"{place}/spending-leave", json=leave, headers=manager).json
    assert told is not None
    assert told["may_cost_more"]


def test_costs_are_those_that_the_page_shows(session: Session, limit: Limit, pending: int) -> None:
    limit(price="2.4")
    pulled = proof.pull_proof(queries.get_alert(session, pending))
    assert in_pounds(spending.cost_of(pulled, {"email": 5, "sms": 1000})) == pulled.sms_size.segments * Decimal(24)
