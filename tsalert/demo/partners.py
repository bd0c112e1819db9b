"""What partners referred, two cases that were one matter, and a filter that the team shares; all of it invented."""

from datetime import datetime, timedelta
from decimal import Decimal

from tsalert.cases import merging, partners, queries, saved_filters
from tsalert.cases import service as cases
from tsalert.cases.listing import CaseFilter
from tsalert.cases.merging import NewMerge
from tsalert.cases.partners import NewReferral
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.saved_filters import NewFilter
from tsalert.cases.vocabulary import Channel, DoorstepKind, MoneyKind, PartnerBody, Source, Status, WaitingFor
from tsalert.core.clock import london_date
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.response.vocabulary import Category


def load_partners(team: Crew, now: datetime) -> None:
    """Load a bank's referral under the Banking Protocol that two officers opened a case for, and one of social care."""
    home = household(next(team.households))
    told = NewCase(
        summary="Resin drive laid over mud; the bank stopped a second transfer. Invented.",
        category=Category.DOORSTEP_CRIME,
        kind=DoorstepKind.DRIVEWAY,
        channel=Channel.DOORSTEP,
        source=Source.BANK,
        victim_name=home.name,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
    )
    at = now - timedelta(days=112)
    earlier = cases.open_case(told, actor=team.second, now=at)
    later = cases.open_case(told, actor=team.officer, now=at + timedelta(hours=3))
    paid = [
        cases.record_money(each, NewMoneyLine(MoneyKind.PAID, Decimal(2400)), actor=team.officer, now=at)
        for each in (earlier, later)
    ]
    came = london_date(at)
    bank = NewReferral(
        PartnerBody.BANK, came, "A High Street branch (invented)", "BP-INVENTED-7", is_banking_protocol=True
    )
    partners.record_referral(later, bank, actor=team.officer, now=at + timedelta(hours=4))
    care = NewReferral(PartnerBody.ADULT_SOCIAL_CARE, came - timedelta(days=1), note="A carer saw the van. Invented.")
    partners.record_referral(later, care, actor=team.officer, now=at + timedelta(hours=5))
    reference = queries.get_case(db.session(), later).reference
    same = NewMerge(reference, "Two officers opened a file for one drive. Invented.", (paid[0],))
    merging.merge(earlier, same, actor=team.officer, now=at + timedelta(days=1))
    waiting = CaseFilter(status=Status.INVESTIGATING, waiting_for=WaitingFor.PARTNER)
    for wanted, name in ((waiting, "Waiting for a partner"), (CaseFilter(source=Source.BANK), "From banks")):
        saved_filters.save(NewFilter(name, wanted, is_shared=True), actor=team.manager, now=now - timedelta(days=5))
