"""A study as the records of its case begin it: nobody, no place, no day, and money as a study rounds it."""

from decimal import Decimal

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.rules import MoneyTotals
from tsalert.cases.vocabulary import OTHER_KIND, Channel, Impact, MoneyKind, Outcome, category_label, kind_label
from tsalert.core.clock import london_date
from tsalert.core.money import format_pounds
from tsalert.core.periods import quarter_of
from tsalert.enforcement import convictions
from tsalert.enforcement.vocabulary import ActionKind
from tsalert.quarterly.studies.vocabulary import AgeBand
from tsalert.response import rows
from tsalert.savings import queries as savings
from tsalert.savings.counting.case_studies import rounded
from tsalert.savings.queries import Filter
from tsalert.savings.rules import InterventionType

_CONTACT = {
    Channel.DOORSTEP: "at the door",
    Channel.TELEPHONE: "by telephone",
    Channel.POSTAL: "by post",
    Channel.ONLINE: "online",
    Channel.TEXT: "by text message",
    Channel.IN_PERSON: "in person",
}
_DID = {
    InterventionType.SCAM_VICTIM: "We helped them to deal with the fraud.",
    InterventionType.DOORSTEP_CRIME: "We stopped the work and the demands for money.",
    InterventionType.CALL_BLOCKER: "We fitted a call blocker.",
    InterventionType.DOOR_CAMERA: "We fitted a door camera.",
    InterventionType.ADVICE: "We gave advice.",
    InterventionType.BANKING_PROTOCOL: "We answered a call from the bank under the Banking Protocol.",
}
_DONE = {
    ActionKind.ADVICE: "We advised the trader.",
    ActionKind.WARNING: "We warned the trader in writing.",
    ActionKind.UNDERTAKING: "The trader gave an undertaking.",
    ActionKind.CAUTION: "The trader accepted a caution.",
    ActionKind.INJUNCTION: "We obtained an injunction or enforcement order.",
    ActionKind.SEIZURE: "We seized evidence.",
    ActionKind.REFERRAL: "We referred the trader to another enforcer.",
}
_LITTLE = "a small sum"


class Proposed(Struct, frozen=True):
    """The words that a study begins with."""

    title: str
    text: str


def propose(session: Session, case: CaseFile, age: AgeBand) -> Proposed:
    """Return a first draft from the records of a case, for the writer to go on from."""
    what = _what(case)
    parts = [_opening(case, age, what), _money(session, case), _service(session, case), _ending(case)]
    return Proposed(what[0].upper() + what[1:], "\n\n".join(part for part in parts if part))


def _what(case: CaseFile) -> str:
    category = category_label(case.category).lower()
    return category if case.kind == OTHER_KIND else f"{category}: {kind_label(case.kind).lower()}"


def _opening(case: CaseFile, age: AgeBand, what: str) -> str:
    """Say when and how the case came, by its own quarter: a later one's report may tell it."""
    who = "A resident" if age is AgeBand.NOT_SAID else f"A resident aged {age.label.lower()}"
    how = _CONTACT.get(Channel.of(case.channel))
    contact = f" The first contact was {how}." if how else ""
    came = quarter_of(london_date(case.opened_at))
    return f"{who} came to our notice in the quarter from {came.prose}, as a victim of {what}.{contact}"


def _money(session: Session, case: CaseFile) -> str:
    ledger = cases.ledger(session, case.id)
    totals = ledger.totals
    lines = [
        _charged(totals, ledger.visits),
        _line("{} was kept from being paid.", totals.of(MoneyKind.PREVENTED)),
        _line("{} came back to them.", totals.returned),
    ]
    return " ".join(line for line in lines if line)


def _charged(totals: MoneyTotals, visits: int) -> str:
    worth = totals.of(MoneyKind.VALUATION)
    over = f" over {visits} visits" if visits > 1 else ""
    if totals.detriment and worth:
        return f"They were charged {_pounds(totals.detriment)} for work worth {_pounds(worth)}{over}."
    return _line(f"They paid {{}}{over}.", totals.detriment)


def _line(words: str, amount: Decimal) -> str:
    said = words.format(_pounds(amount)) if amount else ""
    return said[:1].upper() + said[1:]


def _pounds(amount: Decimal) -> str:
    return format_pounds(rounded(amount)) if rounded(amount) else _LITTLE


def _service(session: Session, case: CaseFile) -> str:
    said = [*_visited(session, case.id), *_helped(session, case.id), *_enforced(session, case.id)]
    return "## What we did\n\n" + "\n".join(f"- {each}" for each in said) if said else ""


def _visited(session: Session, case_id: int) -> list[str]:
    incidents = cases.incident_ids(session, case_id)
    seen = [each.on_scene_at for incident in incidents for each in rows.attendances_of(session, incident)]
    return ["Our officers went to the home."] if any(seen) else []


def _helped(session: Session, case_id: int) -> list[str]:
    found = savings.list_interventions(session, Filter(case_id=case_id)).items
    return list(dict.fromkeys(_DID[each.content.type] for each in reversed(found) if each.content.type in _DID))


def _enforced(session: Session, case_id: int) -> list[str]:
    steps = [_DONE[ActionKind.of(each.kind)] for each in reversed(convictions.actions_in(session, [case_id]))]
    guilty = any(each.convicted_on for each in convictions.tried_in(session, case_id))
    return [*dict.fromkeys(steps), *(["We prosecuted, and there was a conviction."] if guilty else [])]


def _ending(case: CaseFile) -> str:
    said = []
    if case.outcome:
        said.append(f"Outcome: {_small(Outcome.of(case.outcome).label)}.")
    if case.impact and case.impact not in {Impact.UNKNOWN, Impact.NO_CHANGE}:
        said.append(f"For the resident: {_small(Impact.of(case.impact).label)}.")
    return "## What came of it\n\n" + " ".join(said) if said else ""


def _small(label: str) -> str:
    return label[0].lower() + label[1:]
