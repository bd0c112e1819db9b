"""Operations on what partners pass to us."""

from typing import Any

from marshmallow import RAISE

from tsalert.cases import partners, queries
from tsalert.cases.partner_schemas import (
    CaseReferralListSchema,
    NewReferralSchema,
    PartnerListSchema,
    PartnerQuartersSchema,
    PartnerRowSchema,
    ReferralTakenBackSchema,
)
from tsalert.cases.partners import Listed, NewReferral, PartnerFilter
from tsalert.cases.schemas import MadeSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import recent_periods
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace

of_cases = api_blueprint("case_referrals", "cases", "What partners passed to us of a case.")
listed = api_blueprint("partners", "from-partners", "What partners pass to us, across cases.")
blueprints = (of_cases, listed)


@of_cases.route("/<int:case_id>/referrals")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@of_cases.response(200, CaseReferralListSchema)
def list_of_case(case_id: int) -> dict[str, Any]:
    """List what partners passed to us of a case, what was taken back too."""
    return {"items": partners.referrals_of(db.session(), queries.get_case(db.session(), case_id).id)}


@of_cases.route("/<int:case_id>/referrals", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewReferralSchema)
@of_cases.response(201, MadeSchema)
def record_referral(new: NewReferral, case_id: int) -> dict[str, Any]:
    """Record what a partner passed to us."""
    return {"id": partners.record_referral(case_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route("/<int:case_id>/referrals/<int:referral_id>/take-back", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(ReferralTakenBackSchema)
@of_cases.response(200, CaseReferralListSchema)
def take_back_referral(told: dict[str, str], case_id: int, referral_id: int) -> dict[str, Any]:
    """Take a wrong record back; it stays and is not counted."""
    partners.take_back_referral(case_id, referral_id, told["reason"], actor=current_actor(), now=utc_now())
    return {"items": partners.referrals_of(db.session(), case_id)}


@listed.route("")
@requires(Permission.READ_CASE)
@listed.arguments(PartnerListSchema, location="query", unknown=RAISE)
@listed.response(200, page_of(PartnerRowSchema, ListPlace))
def list_referrals(asked: tuple[PartnerFilter, str | None]) -> Page[Listed]:
    """List standing referrals, the latest first."""
    wanted, after = asked
    return partners.list_referrals(db.session(), wanted, actor=current_actor(), now=utc_now(), after=after)


@listed.route("/quarters")
@requires(Permission.READ_CASE)
@listed.response(200, PartnerQuartersSchema)
def count_quarters() -> dict[str, Any]:
    """Count the referrals of the quarters of the last six years, body by body."""
    actor, now = current_actor(), utc_now()
    quarters = [each for each in recent_periods(london_date(now)) if "Q" in each.label]
    counted = [(each, partners.count_referrals(db.session(), each, actor=actor, now=now)) for each in quarters]
    return {"items": [{"period": period, "counts": counts} for period, counts in counted]}
