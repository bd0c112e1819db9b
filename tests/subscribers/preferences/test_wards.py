"""Who looks after somebody elsewhere hears about that ward too, and no alert comes twice for it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, digest_audience
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.places.models import Ward
from tsalert.staff.rules import RoleName
from tsalert.subscribers import queries
from tsalert.subscribers.models import ConsentEvent, Subscriber, SubscriberWard
from tsalert.subscribers.preferences import forgetting, service
from tsalert.subscribers.preferences.acting import by_officer
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.merging import make_one
from tsalert.subscribers.rules import Frequency

WARDS = {"E05000001": "Bickley", "E05000002": "Chislehurst", "E05000003": "Darwin"}
BICKLEY, CHISLEHURST, DARWIN = WARDS
BOTH = Choices(("scams",), "immediate", ward=BICKLEY, further_wards=(CHISLEHURST, BICKLEY))


@pytest.fixture(autouse=True)
def wards(session: Session) -> None:
    session.add_all(Ward(code=code, name=name) for code, name in WARDS.items())
    session.commit()


def reached(session: Session, *wards: str, urgent: bool = False) -> int:
    return queries.audience_size(session, wards=wards, topic="scams", channels=("email",), urgent=urgent)["email"]


def kept(session: Session) -> list[str]:
    return list(session.scalars(select(SubscriberWard.ward)))


def test_alerts_for_either_ward_come_and_once_where_an_alert_names_both(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    service.choose(opened("pat@example.org", now=NOW), BOTH, now=NOW)
    assert kept(session) == [CHISLEHURST]
    assert [reached(session, ward) for ward in (BICKLEY, CHISLEHURST, DARWIN)] == [1, 1, 0]
    assert reached(session, BICKLEY, CHISLEHURST) == 1
    told = queries.audience(wards=[BICKLEY, CHISLEHURST], topic="scams", channels=["email"], urgent=False)
    assert len(session.execute(told).all()) == 1
    among = queries.audience(
        wards=[CHISLEHURST], topic="scams", channels=["email"], urgent=False, among=select(told.subquery().c.id)
    )
    assert len(session.execute(among).all()) == 1
    said = session.scalars(select(ConsentEvent.wording).order_by(ConsentEvent.id.desc())).first()
    assert said is not None
    assert said.endswith("at once; Bickley, Chislehurst.")
    assert queries.wards(session) == [BICKLEY, CHISLEHURST]


def test_a_pause_and_a_slower_pace_count_for_the_other_ward_too(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    passed = opened("pat@example.org", now=NOW)
    weekly = Choices(("scams",), "weekly", ward=BICKLEY, further_wards=(CHISLEHURST,))
    service.choose(passed, weekly, now=NOW)
    assert (reached(session, CHISLEHURST), reached(session, CHISLEHURST, urgent=True)) == (0, 1)
    digest = digest_audience(Frequency.WEEKLY, wards=[CHISLEHURST], topic="scams", channels=["email"], joined_by=NOW)
    assert len(session.execute(digest).all()) == 1
    session.get_one(Subscriber, pat).paused_until = NOW
    session.commit()
    assert reached(session, CHISLEHURST, urgent=True) == 0


def test_who_hears_of_every_ward_has_no_further_ones_and_who_chooses_none_loses_them(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    passed = opened("pat@example.org", now=NOW)
    for later in (Choices(("scams",), "immediate", ward="every", further_wards=(DARWIN,)),
                  Choices(("scams",), "immediate", ward=BICKLEY)):  # fmt: skip
        service.choose(passed, BOTH, now=NOW)
        service.choose(passed, later, now=NOW)
        assert kept(session) == []


def test_a_ward_that_does_not_exist_is_refused(session: Session, pat: int, opened: Callable[..., str]) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.choose(
            opened("pat@example.org", now=NOW), Choices(("scams",), "immediate", further_wards=("X",)), now=NOW
        )
    assert refused.value.field == "further_wards"


def test_several_wards_are_chosen_on_the_page_and_shown(
    client: FlaskClient, pat: int, opened: Callable[..., str]
) -> None:
    mine = f"/preferences/my/{opened('pat@example.org')}"
    assert "Alerts for other wards too?" in client.get(f"{mine}/choices").text
    chosen = {"topics": ["scams"], "frequency": "immediate", "ward": BICKLEY, "further_wards": [CHISLEHURST, DARWIN]}
    assert client.post(f"{mine}/choices", data=chosen).status_code == 303
    assert "Bickley, Chislehurst, Darwin" in client.get(mine).text
    assert f'value="{DARWIN}" checked' in client.get(f"{mine}/choices").text


def test_officers_choose_several_wards_for_one_who_rings_and_the_interface_too(
    session: Session,
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    pat: int,
) -> None:
    head, end = bearer(RoleName.CASE_OFFICER), session.scalars(select(ConsentEvent.endpoint_id)).one()
    place = f"/api/v1/subscribers/{pat}/addresses/{end}"
    wanted = {"topics": ["scams"], "frequency": "daily", "ward": BICKLEY, "further_wards": [DARWIN], "agreed": "yes"}
    assert client.put(place, json=wanted, headers=head).status_code == 204
    assert client.get(place, headers=head).get_json()["further_wards"] == [DARWIN]
    desk = signed_in(RoleName.MANAGER)
    assert "Alerts for other wards too?" in desk.get(f"/subscribers/{pat}/addresses/{end}").text
    assert "Bickley, Darwin" in desk.get(f"/subscribers/{pat}").text


def test_the_wards_of_two_who_are_made_one_are_all_kept_and_an_erased_one_keeps_none(
    session: Session, run_import: Import, officer: Callable[..., Actor]
) -> None:
    known = f"Pat,pat@example.org,,,Bickley,,,scams,immediate,{CONSENT}"
    run_import(known, known.replace("example.org", "example.com").replace("Bickley", "Darwin"))
    first, second = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
    manager = officer(RoleName.MANAGER)
    with transaction() as work:
        make_one(work, first, second, actor=manager, now=NOW)
    assert session.get_one(Subscriber, first).ward == BICKLEY
    assert kept(session) == [DARWIN]
    with transaction() as work:
        forgetting.erase(work, first, by=by_officer(manager, NOW))
    assert kept(session) == []
