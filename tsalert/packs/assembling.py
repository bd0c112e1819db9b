"""Putting a case pack together; each part is a list of what a document is made of."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases import vocabulary as words
from tsalert.cases.models import CaseFile
from tsalert.cases.papers import authority
from tsalert.cases.people import queries as people
from tsalert.cases.people.vocabulary import ACCUSED, Role
from tsalert.chronology.queries import whole_timeline
from tsalert.chronology.rules import Event
from tsalert.chronology.sources import decision_in_words
from tsalert.core.actors import Actor
from tsalert.core.money import format_pounds
from tsalert.documents.description import Block, Document, Facts, Heading, Paragraph, Table
from tsalert.enforcement import court_queries
from tsalert.enforcement import queries as enforcement
from tsalert.enforcement.law import OFFENCES
from tsalert.enforcement.vocabulary import ActionKind, DecisionKind, HearingKind, HearingResult, Record
from tsalert.evidence import queries as evidence
from tsalert.packs.rules import Asked, Part
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject
from tsalert.web.filters import day, moment

Blocks = list[Block]
_NOTHING = "Nothing is recorded."


class Scope(Struct, frozen=True):
    """Of which case a pack is, and for whom."""

    session: Session
    case: CaseFile
    actor: Actor
    now: datetime


def assemble(of: Scope, asked: Asked) -> Document:
    """Return a case as a document; its title and footer name nobody."""
    blocks: Blocks = []
    for part in asked.parts:
        blocks += [Heading(part.label), *(_PARTS[part](of) or [Paragraph(_NOTHING)])]
    footer = f"{of.case.reference} · Official, sensitive · as of {moment(of.now)}"
    return Document(f"Case {of.case.reference}", authority(), of.now, tuple(blocks), footer=footer)


def _facts(of: Scope) -> Blocks:
    officer = staff.officer_names(of.session).get(of.case.officer_id or 0, "Nobody")
    pairs = (
        ("Reference", of.case.reference),
        ("What", f"{words.category_label(of.case.category)}: {words.kind_label(of.case.kind).lower()}"),
        ("Reached by", words.Channel.of(of.case.channel).label),
        ("Came from", words.Source.of(of.case.source).label),
        ("Opened", moment(of.case.opened_at)),
        ("Status", words.Status.of(of.case.status).label),
        ("Outcome", words.Outcome.of(of.case.outcome).label if of.case.outcome else "None yet"),
        ("Officer", officer),
    )
    return [Facts(pairs), Paragraph(of.case.summary)]


def _victim(of: Scope) -> Blocks:
    chosen = "Yes" if of.case.chosen_for_vulnerability else "No"
    place = ", ".join(filter(None, (of.case.address, of.case.postcode)))
    pairs = (("Name", of.case.victim_name or "Not recorded"), ("Address", place or "Not recorded"))
    rows = _people(of, (Role.VICTIM, Role.WITNESS))
    known = Facts((*pairs, ("Chosen for age or vulnerability", chosen)))
    return [known, *_table("Victims and witnesses", ("Name", "Part"), rows)]


def _parties(of: Scope) -> Blocks:
    found = court_queries.read_prosecutions(of.session, of.case.id, reader=of.actor, now=of.now)
    defendants = [(each.name, "Defendant") for one in found for each in one.defendants]
    named = {name for name, _ in defendants}
    others = [row for row in _people(of, (*ACCUSED, Role.OTHER)) if row[0] not in named]
    return _table("Who they are", ("Name", "Part"), [*defendants, *others])


def _people(of: Scope, roles: tuple[Role, ...]) -> list[tuple[str, str]]:
    """Return who is part of the case in some roles; never an informant, nor anybody kept from the reader."""
    found = people.people_of(of.session, of.case.id)
    members = [number for each in found for number in each.members]
    kept = tiers.withheld(of.session, of.actor, Subject.PARTY, members, now=of.now)
    return [
        (each.name, ", ".join(role.label for role in each.standing if role in roles))
        for each in found
        if set(each.standing) & set(roles) and Role.INFORMANT not in each.standing and not kept & each.members
    ]


def _money(of: Scope) -> Blocks:
    ledger = cases.ledger(of.session, of.case.id)
    rows = [
        (
            words.MoneyKind.of(line.kind).label + (" (corrected later)" if line.id in ledger.superseded else ""),
            day(line.on_date) if line.on_date else "Not known",
            f"{words.Evidence.of(line.evidence).label}, {words.Certainty.of(line.certainty).label.lower()}",
            format_pounds(line.amount),
        )
        for line in ledger.lines
    ]
    totals = ledger.totals
    sums = Facts(
        (
            ("Gross detriment", format_pounds(totals.detriment)),
            ("Net, less what came back", format_pounds(totals.net_detriment)),
            ("Prevented", format_pounds(totals.of(words.MoneyKind.PREVENTED))),
        )
    )
    return [sums, *_table("Money lines", ("What", "Day", "Evidence", "Amount"), rows, numbers=(3,))] if rows else []


def _enforcement(of: Scope) -> Blocks:
    found = enforcement.recorded(of.session, of.case.id)

    def stands(record: Record, number: int) -> bool:
        return found.why_taken_back(record, number) is None

    offences = [
        ("Offence", f"{day(row.conduct_from)} to {day(row.conduct_to)}", OFFENCES[row.offence].label)
        for row in found.standing_offences
    ]
    actions = [
        (ActionKind.of(row.kind).label, day(row.on_date), row.what)
        for row in found.actions
        if stands(Record.ACTION, row.id)
    ]
    contracts = [
        ("Contract", day(row.made_on), f"{row.what}. {enforcement.period_of(row).reason}")
        for row in found.cancellations
        if stands(Record.CANCELLATION, row.id)
    ]
    head = ("What", "When", "Particulars")
    law = _table("Offences, actions and contracts", head, offences + actions + contracts)
    return law + _table("Courts", head, list(_courts(of)))


def _courts(of: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield proceedings, their hearings, what stands of what was decided, and what was paid of what was ordered."""
    for found in court_queries.read_prosecutions(of.session, of.case.id, reader=of.actor, now=of.now):
        court = ", ".join(filter(None, (found.row.court_name, found.row.court_reference)))
        yield "Prosecution", day(found.row.begun_on), court
        for hearing in found.hearings:
            result = HearingResult.of(hearing.result).label if hearing.result else "No outcome yet"
            yield HearingKind.of(hearing.kind).label, moment(hearing.at), f"{hearing.court_name}. {result}"
        for row in sorted(found.standing, key=lambda each: (each.on_date, each.id)):
            name = found.defendant(row.defendant_id).name
            yield f"{DecisionKind.of(row.kind).label}: {name}", day(row.on_date), decision_in_words(row)
        for order in found.orders:
            paid = f"{format_pounds(order.paid)} of {format_pounds(order.ordered)} ordered"
            yield f"Compensation paid: {found.defendant(order.defendant_id).name}", "To date", paid


def _timeline(of: Scope) -> Blocks:
    names = staff.officer_names(of.session)
    rows = [_event(event, names) for event in whole_timeline(of.session, of.case.id, reader=of.actor, now=of.now)]
    return _table("What happened, the earliest first", ("When", "What", "Particulars", "Recorded"), rows)


def _event(event: Event, names: dict[int, str]) -> tuple[str, str, str, str]:
    when = day(event.on) if event.on else moment(event.at)
    gone = f"\nNo longer stands: {event.gone}" if event.gone else ""
    recorded = f"{moment(event.recorded_at)}, {names.get(event.who or 0, 'the service')}"
    return when, event.what, event.text + gone, recorded


def _exhibits(of: Scope) -> Blocks:
    rows = [
        (f"{row.initials}/{row.number}", row.description, moment(row.found_at) if row.found_at else "", row.found_by)
        for row in evidence.exhibits(of.session, of.case.id)
    ]
    return _table("Exhibits", ("Exhibit", "Description", "Found", "By"), rows)


def _table(
    caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, numbers: tuple[int, ...] = ()
) -> Blocks:
    return [Table(caption, head, tuple(rows), numbers)] if rows else []


_PARTS: dict[Part, Callable[[Scope], Blocks]] = {
    Part.FACTS: _facts,
    Part.VICTIM: _victim,
    Part.PARTIES: _parties,
    Part.MONEY: _money,
    Part.ENFORCEMENT: _enforcement,
    Part.TIMELINE: _timeline,
    Part.EXHIBITS: _exhibits,
}
