"""What stands in the places of a template, read from the case and from what the letter is about."""

from datetime import datetime
from decimal import Decimal

from flask import current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.vocabulary import MoneyKind
from tsalert.config import Settings
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.core.errors import NotFound
from tsalert.core.money import format_pounds
from tsalert.enforcement import queries as enforcement
from tsalert.enforcement.vocabulary import Record
from tsalert.letters.rules import kind_in_words
from tsalert.letters.vocabulary import LetterKind
from tsalert.referrals import queries as referrals
from tsalert.response.vocabulary import Category
from tsalert.safeguarding import queries as safeguarding
from tsalert.safeguarding.vocabulary import Answer, Consent
from tsalert.web.filters import day

Values = dict[str, str]


class Choice(Struct, frozen=True):
    """One letter that can be written in a case; ``of`` is the contract, concern or referral that it is about."""

    kind: LetterKind
    label: str
    of: int | None = None


def choices(session: Session, case_id: int, *, actor: Actor, now: datetime) -> list[Choice]:
    """Return the letters that this person can write in a case."""
    general = [Choice(kind, kind.label) for kind in LetterKind if kind not in _OF_SOMETHING]
    found = enforcement.recorded(session, case_id)
    contracts = [
        Choice(LetterKind.CANCELLATION, f"Notice of cancellation: contract of {day(row.made_on)}", row.id)
        for row in found.cancellations
        if found.why_taken_back(Record.CANCELLATION, row.id) is None
    ]
    concerns = [
        Choice(LetterKind.SAFEGUARDING, f"Safeguarding referral: concern of {day(each.row.raised_at)}", each.row.id)
        for each in safeguarding.concerns_of(session, actor=actor, now=now, case_id=case_id)
    ]
    passed_on = [
        Choice(LetterKind.REFERRAL, f"Referral to {each.row.body}", each.row.id)
        for each in referrals.referrals_of(session, case_id=case_id)
    ]
    return [*general, *contracts, *concerns, *passed_on]


def values(
    session: Session, case: CaseFile, choice: tuple[LetterKind, int | None], *, actor: Actor, now: datetime
) -> Values:
    """Return what is known for the placeholders of a letter; what is not known is left out.

    :raises NotFound: the case has no such contract, concern or referral.
    """
    kind, of = choice
    known = {**of_service(actor, now), **_of_case(session, case)}
    if kind is LetterKind.CANCELLATION and of is not None:
        known |= _of_contract(session, case.id, of)
    elif kind is LetterKind.SAFEGUARDING and of is not None:
        known |= _of_concern(session, case.id, of, actor, now)
    elif kind is LetterKind.REFERRAL and of is not None:
        known |= _of_referral(session, case.id, of)
    return {name: said for name, said in known.items() if said}


def of_service(actor: Actor, now: datetime) -> Values:
    """Return what a letter says of its writer."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return {
        "today": day(london_date(now)),
        "officer": actor.name,
        "authority": settings.authority_name,
        "telephone": settings.rapid_response_number,
    }


def _of_case(session: Session, case: CaseFile) -> Values:
    totals = cases.ledger(session, case.id).totals
    return {
        "reference": case.reference,
        "kind_of_case": kind_in_words(Category.of(case.category), case.kind),
        "opened_on": day(case.opened_at),
        "victim": case.victim_name or "",
        "victim_address": ", ".join(filter(None, (case.address, case.postcode))),
        "paid": _sum(totals.detriment),
        "prevented": _sum(totals.of(MoneyKind.PREVENTED)),
    }


def _sum(amount: Decimal) -> str:
    """Return a sum as a letter says it; that nothing is recorded does not mean that nothing was paid."""
    return format_pounds(amount) if amount else ""


def _of_contract(session: Session, case_id: int, of: int) -> Values:
    row = next((each for each in enforcement.recorded(session, case_id).cancellations if each.id == of), None)
    if row is None:
        raise NotFound("The case has no such contract.")
    period = enforcement.period_of(row)
    last = day(period.last_day) if period.last_day else ""
    return {"contract": row.what, "made_on": day(row.made_on), "last_day": last, "cancellation_reason": period.reason}


def _of_concern(session: Session, case_id: int, of: int, actor: Actor, now: datetime) -> Values:
    row = safeguarding.get_concern(session, of, actor=actor, now=now).row
    if row.case_id != case_id:
        raise NotFound("The case has no such concern.")
    limbs = {"needs": row.needs_words, "harm": row.harm_words, "unable": row.unable_words}
    answers = {name: f"{Answer.of(getattr(row, name)).label}. {words or ''}".strip() for name, words in limbs.items()}
    consent = f"{Consent.of(row.consent).label}. {row.consent_words or ''}".strip()
    return {"person": row.person, **answers, "wishes": row.wishes or "", "consent": consent}


def _of_referral(session: Session, case_id: int, of: int) -> Values:
    found = referrals.referrals_of(session, case_id=case_id)
    row = next((each.row for each in found if each.row.id == of), None)
    if row is None:
        raise NotFound("The case has no such referral.")
    return {"body": row.body, "message": row.message}


_OF_SOMETHING = frozenset({LetterKind.CANCELLATION, LetterKind.SAFEGUARDING, LetterKind.REFERRAL})
