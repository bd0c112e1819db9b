"""The page and the operation on daily and weekly mails."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.alerts.conftest import subscribe
from tests.digests.conftest import MORNING, Publish
from tsalert.core.clock import utc_now
from tsalert.digests import service

pytestmark = pytest.mark.db


def test_officers_see_which_mails_went_out(
    session: Session, publish: Publish, signed_in: Callable[..., FlaskClient]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    alert = publish()
    service.send_due(MORNING)
    page = signed_in().get("/alerts/digests").text
    assert alert.reference in page
    assert "Once a day" in page


def test_programs_see_what_the_next_mail_holds(
    session: Session, publish: Publish, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    subscribe(session, "ann@example.org", frequency="weekly")
    session.commit()
    now = utc_now()
    alert = publish(now, expires_at=now + timedelta(days=20))
    answer = client.get("/api/v1/digests", headers=bearer()).json
    assert answer is not None
    daily, weekly = answer["coming"]
    assert (daily["references"], daily["readers"]) == ([], 0)
    assert (weekly["references"], weekly["readers"]) == ([alert.reference], 1)
    assert answer["items"] == []
