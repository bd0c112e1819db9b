"""What partners pass to us."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED
from tsalert.cases import partners, queries
from tsalert.cases.partners import Counted, NewReferral, PartnerFilter
from tsalert.cases.vocabulary import PartnerBody, Source
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.db import transaction
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

DAY = date(2026, 6, 9)
QUARTER = parse_period("2026/27 Q1")
BANK = NewReferral(PartnerBody.BANK, DAY, "High Street branch", "BP-77", is_banking_protocol=True)
Headers = dict[str, str]
OpenCase = Callable[..., int]


def counted(session: Session, actor: Actor) -> list[Counted]:
    return partners.count_referrals(session, QUARTER, actor=actor, now=OPENED)


def listed(session: Session, actor: Actor, **wanted: Any) -> list[int]:
    found = partners.list_referrals(session, PartnerFilter(**wanted), actor=actor, now=OPENED)
    return [each.row.id for each in found.items]


def test_referrals_are_counted_by_quarter_and_by_partner(session: Session, open_case: OpenCase, actor: Actor) -> None:
    case_id = open_case()
    bank = partners.record_referral(case_id, BANK, actor=actor, now=OPENED)
    care = NewReferral(PartnerBody.ADULT_SOCIAL_CARE, date(2026, 5, 1))
    last = partners.record_referral(open_case(), care, actor=actor, now=OPENED)
    earlier = NewReferral(PartnerBody.BANK, date(2026, 3, 31))
    before = partners.record_referral(open_case(), earlier, actor=actor, now=OPENED)
    assert counted(session, actor) == [
        Counted(PartnerBody.ADULT_SOCIAL_CARE, 1, 0),
        Counted(PartnerBody.BANK, 1, 1),
    ]
    assert listed(session, actor) == [bank, last, before]
    assert listed(session, actor, body=PartnerBody.BANK) == [bank, before]
    assert listed(session, actor, is_banking_protocol=False) == [last, before]
    assert listed(session, actor, period=QUARTER) == [bank, last]


def test_a_wrong_record_is_taken_back_once_and_stays(session: Session, open_case: OpenCase, actor: Actor) -> None:
    case_id = open_case()
    number = partners.record_referral(case_id, BANK, actor=actor, now=OPENED)
    partners.take_back_referral(case_id, number, "Another customer", actor=actor, now=OPENED)
    assert (counted(session, actor), listed(session, actor)) == ([], [])
    assert [row.take_back_reason for row in partners.referrals_of(session, case_id)] == ["Another customer"]
    with pytest.raises(Conflict, match="already"):
        partners.take_back_referral(case_id, number, "Again", actor=actor, now=OPENED)


def test_only_banks_post_offices_and_the_police_use_the_protocol(
    session: Session, open_case: OpenCase, actor: Actor
) -> None:
    case_id = open_case()
    charity = NewReferral(PartnerBody.CHARITY, DAY, is_banking_protocol=True)
    with pytest.raises(RuleViolation) as refused:
        partners.record_referral(case_id, charity, actor=actor, now=OPENED)
    assert refused.value.field == "is_banking_protocol"
    ahead = NewReferral(PartnerBody.BANK, date(2999, 1, 1))
    with pytest.raises(RuleViolation):
        partners.record_referral(case_id, ahead, actor=actor, now=OPENED)


def test_a_case_of_our_own_says_so(session: Session, open_case: OpenCase) -> None:
    assert queries.get_case(session, open_case(source=Source.OWN_INITIATIVE)).source == "own_initiative"


def test_the_referral_of_a_restricted_case_stays_hidden(session: Session, open_case: OpenCase, actor: Actor) -> None:
    case_id = open_case()
    partners.record_referral(case_id, BANK, actor=actor, now=OPENED)
    with transaction() as step:
        root = (Subject.CASE, case_id)
        tiers.restrict(step, *root, root, "An informant is named", actor=SERVICE, now=OPENED)
    assert (counted(session, actor), listed(session, actor)) == ([], [])


def test_pages_and_api_record_list_and_take_back(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], bearer: Callable[..., Headers], open_case: OpenCase
) -> None:
    desk, token, case_id = signed_in(RoleName.CASE_OFFICER), bearer(RoleName.CASE_OFFICER), open_case()
    form = {"body": "bank", "received_on": "2026-06-09", "their_reference": "BP-77", "is_banking_protocol": "yes"}
    assert desk.get(f"/cases/{case_id}/referrals").status_code == 200
    assert desk.post(f"/cases/{case_id}/referrals", data=form).status_code == 303
    assert desk.post(f"/cases/{case_id}/referrals", data=form | {"body": "moon"}).status_code == 422
    assert "BP-77" in desk.get(f"/cases/{case_id}").text
    assert "Referral from bank" in desk.get(f"/cases/{case_id}/timeline").text
    assert "BP-77" in desk.get("/from-partners?body=bank&is_banking_protocol=yes").text
    found: Any = client.get("/api/v1/from-partners?body=bank", headers=token).json
    assert [(each["case_id"], each["their_reference"]) for each in found["items"]] == [(case_id, "BP-77")]
    quarters: Any = client.get("/api/v1/from-partners/quarters", headers=token).json
    assert len(quarters["items"]) > 8
    made: Any = client.post(
        f"/api/v1/cases/{case_id}/referrals", json={"body": "police", "received_on": "2026-06-09"}, headers=token
    ).json
    back = f"/cases/{case_id}/referrals/{made['id']}"
    assert "Police" in desk.get(back).text
    assert desk.post(back, data={"reason": ""}).status_code == 422
    assert desk.post(back, data={"reason": "Another case"}).status_code == 303
    kept: Any = client.get(f"/api/v1/cases/{case_id}/referrals", headers=token).json
    assert [each["take_back_reason"] for each in kept["items"]] == [None, "Another case"]
