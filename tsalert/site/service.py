"""Taking in what residents report: it waits beside the calls until an officer writes it up."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Via
from tsalert.db import transaction
from tsalert.delivery.telephones import phone_as_e164
from tsalert.response.vocabulary import Line, MoneyState
from tsalert.response.waiting import Contact, Told, open_waiting
from tsalert.site import rules
from tsalert.site.rules import Report
from tsalert.visitors.limiting import spend
from tsalert.visitors.rules import network_of
from tsalert.visitors.tokens import signer

WEBSITE = Actor(None, "website", frozenset(), Via.PAGE)
_PURPOSE = "report"


def take_report(report: Report, *, network: str, number: str, now: datetime, is_demo: bool = False) -> str:
    """Take a report and return the token of its receipt.

    :param network: where it came from; a keyed digest of it is counted, and nothing of it kept with the report.
    :param number: whom to ring where it is one report too many.
    :raises RuleViolation: too many came in lately, from there or in all.
    """
    with transaction() as session:
        call_id = open_waiting(session, _contact(report, now, is_demo=is_demo), now=now)
        _require_allowance(session, network, number, now)
        return signer(_PURPOSE).sign(call_id)


def read_receipt(token: str) -> int | None:
    """Return the call that a receipt's token names; None for one that is not ours."""
    return signer(_PURPOSE).read(token)


def _contact(report: Report, now: datetime, *, is_demo: bool) -> Contact:
    phone = phone_as_e164(report.contact, is_demo=is_demo)
    told = Told(report.name, report.postcode, report.is_safe, report.is_now, report.money or MoneyState.NONE)
    story = rules.story_of(report, can_be_rung=phone is not None)
    return Contact(Line.WEB, report.contact if phone else None, phone, now, story, told, WEBSITE)


def _require_allowance(session: Session, network: str, number: str, now: datetime) -> None:
    """Spend last, since whoever else reports waits for this transaction from here on."""
    limits = ((network_of(network), rules.MOST_FROM_A_NETWORK), ("", rules.MOST_IN_ALL))
    for whose, most in limits:
        if not spend(session, _PURPOSE, whose, most=most, within=rules.SPAN, now=now):
            raise rules.refuse_more(number)
