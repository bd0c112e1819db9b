"""The consumer helpline's file of complaints: read, checked row by row, kept batch by batch."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import queries
from tsalert.cases.models import HelplineContact
from tsalert.cases.rules import require_possible_day
from tsalert.cases.vocabulary import OTHER_KIND, HelplineKind, ScamKind
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation, blame
from tsalert.core.money import parse_pounds
from tsalert.core.records import Record, read_records, require_text
from tsalert.core.words import Word, counted
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.response.vocabulary import Category

HEADER = ("reference", "received_on", "kind", "category", "scam_type", "loss", "case")
_BATCH = 1000
_LONGEST = 100
W = TypeVar("W", bound=Word)
_SCAM_KINDS = {*(kind.value for kind in ScamKind), OTHER_KIND}


class Contact(Struct, frozen=True):
    """One complaint, under the helpline's own reference."""

    reference: str
    received_on: date
    kind: HelplineKind
    category: Category
    scam_kind: str | None
    loss: Decimal | None
    case_id: int | None


class HelplineReport(Struct):
    """What became of a file's rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0


def import_contacts(
    lines: Iterable[str],
    *,
    actor: Actor,
    now: datetime,
    on_fault: Callable[[int, str], object] = lambda _line, _reason: None,
) -> HelplineReport:
    """Keep the complaints of a CSV file; good rows are kept, whatever the others hold.

    A complaint is known by the helpline's reference: again in a later file it is brought up to
    date, twice in one file it is a fault. Each thousand rows are a transaction of their own.

    :param lines: the file's lines; bytes that are not UTF-8 come as surrogates (``surrogateescape``).
    :param on_fault: told the line of every row that is not kept, and why.
    :raises RuleViolation: the first line is not the header expected.
    """
    actor.require(Permission.WORK_CASE)
    records = read_records(lines)
    _check_header(next(records, Record(1)))
    report, seen = HelplineReport(), dict[str, int]()
    while batch := list(islice(records, _BATCH)):
        with transaction() as session:
            contacts: list[Contact] = []
            for record in batch:
                try:
                    contacts.append(_read(session, record, seen, now))
                except RuleViolation as error:
                    report.bad += 1
                    on_fault(record.line, f"{error.field}: {error.message}" if error.field else error.message)
            _keep(session, contacts, report, now)
            audit.record(session, actor, "imported", "helpline contact", None, now=now, rows=len(contacts))
    return report


def _check_header(record: Record) -> None:
    require_text(record)
    if tuple(value.strip().lower() for value in record.values) != HEADER:
        raise RuleViolation(f"The first line must be: {','.join(HEADER)}")


def _read(session: Session, record: Record, seen: dict[str, int], now: datetime) -> Contact:
    """Return the complaint of one record.

    :raises RuleViolation: naming the column at fault.
    """
    if record.fault:
        raise RuleViolation(record.fault)
    if len(record.values) != len(HEADER):
        raise RuleViolation(f"This row has {counted(len(record.values), 'value')}; {len(HEADER)} are expected.")
    cells = dict(zip(HEADER, (_clean(value) for value in record.values), strict=True))
    contact = Contact(
        reference=_reference(cells["reference"], seen),
        received_on=_day(cells["received_on"], now),
        kind=_word(HelplineKind, cells["kind"], "kind"),
        category=_word(Category, cells["category"], "category"),
        scam_kind=_scam_kind(cells["scam_type"], cells["category"]),
        loss=_loss(cells["loss"]),
        case_id=_case_id(session, cells["case"]),
    )
    seen[contact.reference] = record.line
    return contact


def _clean(text: str) -> str:
    if not text.isprintable():
        raise RuleViolation("This row holds characters that cannot be seen or are not UTF-8.")
    return text.strip()


def _reference(text: str, seen: dict[str, int]) -> str:
    if not text or len(text) > _LONGEST:
        raise RuleViolation(f"Give the helpline's reference, of at most {_LONGEST} characters.", field="reference")
    if text in seen:
        raise RuleViolation(f"The same reference is on line {seen[text]}.", field="reference")
    return text


def _day(text: str, now: datetime) -> date:
    """Read a day as people in Britain or computers write it."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        require_possible_day(day, now, field="received_on")
        return day
    raise RuleViolation("Give a day like 2026-11-22 or 22/11/2026.", field="received_on")


def _word(words: type[W], text: str, field: str) -> W:
    try:
        return words.of(text.lower())
    except ValueError:
        raise RuleViolation(f"Give one of: {', '.join(words)}.", field=field) from None


def _scam_kind(text: str, category: str) -> str | None:
    kind = text.lower() or None
    if kind and category.lower() != Category.SCAM:
        raise RuleViolation("Only a scam has a type here.", field="scam_type")
    if kind and kind not in _SCAM_KINDS:
        raise RuleViolation(f"Give one of: {', '.join(sorted(_SCAM_KINDS))}.", field="scam_type")
    return kind


def _loss(text: str) -> Decimal | None:
    with blame("loss"):
        return parse_pounds(text) if text else None


def _case_id(session: Session, text: str) -> int | None:
    case_id = queries.find_case_id(session, text) if text else None
    if text and case_id is None:
        raise RuleViolation("There is no case with that reference.", field="case")
    return case_id


def _keep(session: Session, contacts: list[Contact], report: HelplineReport, now: datetime) -> None:
    """Add the complaints that are new and bring the others up to date."""
    references = [contact.reference for contact in contacts]
    known = {row.reference: row for row in _known(session, references)}
    new = [asdict(contact) | {"imported_at": now} for contact in contacts if contact.reference not in known]
    if new:
        session.execute(insert_ignoring_conflicts(session, HelplineContact), new)
    for contact in contacts:
        row = known.get(contact.reference)
        if row is not None:
            changed = _update(row, contact)
            report.changed, report.unchanged = report.changed + changed, report.unchanged + (not changed)
    report.added += len(new)


def _known(session: Session, references: list[str]) -> Iterator[HelplineContact]:
    yield from session.scalars(select(HelplineContact).where(HelplineContact.reference.in_(references)))


def _update(row: HelplineContact, contact: Contact) -> bool:
    """Bring a row up to date; tell whether anything in it was different."""
    values = {name: value for name, value in asdict(contact).items() if getattr(row, name) != value}
    for name, value in values.items():
        setattr(row, name, value)
    return bool(values)
