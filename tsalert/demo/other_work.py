"""Work of every other type, some months old: equipment, a zone, banks, courts, and what was done with partners.

It is old enough to leave the present quarter to whoever tries the service out.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import Channel, MoneyKind, Source
from tsalert.cases.vocabulary import Evidence as CaseEvidence
from tsalert.core.clock import london_date
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.response.vocabulary import Category
from tsalert.savings import service as savings
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention, PartnerShare

_POLICE = PartnerShare("A police force (invented)", Decimal("0.4"))


def load_other_work(team: Crew, now: datetime) -> None:
    """Load one record of each type that the published series does not know, and one case with all its money."""
    team.tell("Equipment, banks and courts")
    _record(
        team, now - timedelta(days=130), InterventionType.DOOR_CAMERA, units=2, note="On loan for a year. Invented."
    )
    _record(team, now - timedelta(days=129), InterventionType.NO_COLD_CALLING_ZONE, units=1, note="84 homes. Invented.")
    saved = {"prevented": Decimal(3200), "evidence": Evidence.BANK, "is_rapid_response": True}
    _record(team, now - timedelta(days=122), InterventionType.BANKING_PROTOCOL, **saved)
    joint = {"prevented": Decimal(4800), "evidence": Evidence.PAPER, "share": Decimal("0.6"), "partners": (_POLICE,)}
    _record(team, now - timedelta(days=120), InterventionType.DOORSTEP_CRIME, **joint)
    _load_court_case(team, now)


def _load_court_case(team: Crew, now: datetime) -> None:
    """Load a case whose money was paid, refunded by a bank, ordered and paid; one line was corrected since."""
    at = now - timedelta(days=118)
    case_id = _open(team, at)
    _line(team, case_id, MoneyKind.PAID, 7400, at)
    stopped = _line(team, case_id, MoneyKind.PREVENTED, 1900, at)
    refunded = _line(team, case_id, MoneyKind.REFUNDED_BY_BANK, 2500, at)
    ordered = _line(team, case_id, MoneyKind.COMPENSATION_ORDERED, 3000, at)
    paid = _line(team, case_id, MoneyKind.COMPENSATION_PAID, 1000, at)
    for kind, line in (
        (InterventionType.SCAM_VICTIM, stopped),
        (InterventionType.SCAM_VICTIM, refunded),
        (InterventionType.ENFORCEMENT_OUTCOME, ordered),
        (InterventionType.ENFORCEMENT_OUTCOME, paid),
    ):
        _record(team, at + timedelta(days=1), kind, money_line_id=line)
    right = NewMoneyLine(MoneyKind.PREVENTED, Decimal(1750), CaseEvidence.BANK, supersedes=stopped)
    cases.record_money(case_id, right, actor=team.officer, now=at + timedelta(days=2))


def _open(team: Crew, at: datetime) -> int:
    home = household(next(team.households))
    new = NewCase(
        summary="Paid for lottery prizes that never came; the sender was convicted. Invented.",
        category=Category.SCAM,
        channel=Channel.POSTAL,
        source=Source.BANK,
        victim_name=home.name,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
    )
    return cases.open_case(new, actor=team.officer, now=at)


def _line(team: Crew, case_id: int, kind: MoneyKind, pounds: int, at: datetime) -> int:
    line = NewMoneyLine(kind, Decimal(pounds), CaseEvidence.BANK, on_date=london_date(at))
    return cases.record_money(case_id, line, actor=team.officer, now=at)


def _record(team: Crew, at: datetime, kind: InterventionType, **details: Any) -> None:
    new = NewIntervention(type=kind, on_date=london_date(at), **details)
    savings.record_intervention(new, actor=team.officer, now=at)
