"""Pages of what partners pass to us; they stand among the pages of cases."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import partners, queries, vocabulary
from tsalert.cases.partner_schemas import NewReferralSchema, PartnerListSchema, ReferralTakenBackSchema
from tsalert.cases.views import bp
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import recent_periods
from tsalert.db import db
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, read_form, redisplays

__all__ = ["bp"]
_QUARTERS = 8
_NARROWING = ("body", "period", "is_banking_protocol")


@bp.get("/from-partners")
@requires(Permission.READ_CASE)
def list_referrals() -> ResponseReturnValue:
    """List what partners passed to us, and how much of it came in each quarter."""
    wanted, after = read_form(PartnerListSchema(), request.args)
    session, actor, now = db.session(), current_actor(), utc_now()
    found = partners.list_referrals(session, wanted, actor=actor, now=now, after=after)
    quarters = [each for each in recent_periods(london_date(now)) if "Q" in each.label][:_QUARTERS]
    return render_template(
        "cases/from_partners.html",
        found=found.items,
        wanted=wanted,
        after=after,
        older=found.next,
        narrowing={name: request.args[name] for name in _NARROWING if request.args.get(name)},
        quarters=[(each, partners.count_referrals(session, each, actor=actor, now=now)) for each in quarters],
        periods=recent_periods(london_date(now)),
        words=vocabulary,
    )


@bp.get("/cases/<int:case_id>/referrals")
@requires(Permission.WORK_CASE)
def new_referral(case_id: int) -> ResponseReturnValue:
    """Show the form for what a partner passed to us."""
    case = queries.get_case(db.session(), case_id)
    return render_template("cases/referral.html", case=case, referral=None, words=vocabulary)


@bp.post("/cases/<int:case_id>/referrals")
@requires(Permission.WORK_CASE)
@redisplays(new_referral)
def record_referral(case_id: int) -> ResponseReturnValue:
    """Record what a partner passed to us."""
    partners.record_referral(case_id, load_form(NewReferralSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_case", case_id=case_id, _anchor="partners"), 303)


@bp.get("/cases/<int:case_id>/referrals/<int:referral_id>")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def show_referral(case_id: int, referral_id: int) -> ResponseReturnValue:
    """Show the form that takes a referral back."""
    case = queries.get_case(db.session(), case_id)
    found = partners.get_referral(db.session(), case_id, referral_id)
    return render_template("cases/referral.html", case=case, referral=found, words=vocabulary)


@bp.post("/cases/<int:case_id>/referrals/<int:referral_id>")
@requires(Permission.WORK_CASE)
@redisplays(show_referral)
def take_back_referral(case_id: int, referral_id: int) -> ResponseReturnValue:
    """Take a referral back."""
    reason = load_form(ReferralTakenBackSchema())["reason"]
    partners.take_back_referral(case_id, referral_id, reason, actor=current_actor(), now=utc_now())
    flash("Taken back. It stays in the file and is not counted.", "success")
    return redirect(url_for(".show_case", case_id=case_id, _anchor="partners"), 303)
