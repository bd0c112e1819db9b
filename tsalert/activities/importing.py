"""Past activities from a CSV file: read, checked row by row, the good ones kept in one transaction for each."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from msgspec import Struct

from tsalert.activities import queries, service
from tsalert.activities.rules import Plan, Result
from tsalert.activities.schemas import ImportedActivitySchema
from tsalert.activities.service import Seen
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.core.records import Record, read_records, require_text
from tsalert.core.spreadsheets import unguarded
from tsalert.core.words import counted
from tsalert.db import db, transaction
from tsalert.places.queries import ward_options
from tsalert.web.forms import errors_by_field

HEADER = (
    "kind", "title", "first_day", "last_day", "wards", "place", "audience", "host", "topic", "given_by", "partners",
    "materials", "present", "trained", "refreshers", "champions", "leaflets", "outcome", "note",
)  # fmt: skip


class ActivityImport(Struct):
    """What became of a file; ``known`` counts the rows that were there before and were let alone."""

    added: int = 0
    known: int = 0
    bad: int = 0


def import_activities(
    lines: Iterable[str], *, actor: Actor, now: datetime, on_fault: Callable[[int, str], object] = lambda *_: None
) -> ActivityImport:
    """Add the activities of a CSV file that were held; bad rows are told and spoil no other.

    Running it again adds nothing twice: a row of the kind, title and first day of an activity that is there is let
    alone. Campaigns' reach goes in on their pages.

    :param lines: the file's lines; bytes that are not UTF-8 come as surrogates (``surrogateescape``).
    :param on_fault: told the line and the reason of every row that is not kept.
    :raises RuleViolation: the first line is not the header expected.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    records = read_records(lines)
    _check_header(next(records, Record(1)))
    wards = _wards()
    report = ActivityImport()
    for record in records:
        try:
            _keep(_read(record, wards), report, actor, now)
        except RuleViolation as error:
            report.bad += 1
            on_fault(record.line, f"{error.field}: {error.message}" if error.field else error.message)
    return report


def _check_header(record: Record) -> None:
    require_text(record)
    if tuple(value.strip().lower() for value in record.values) != HEADER:
        raise RuleViolation(f"This is no file of activities. Its first line must be {','.join(HEADER)}.")


def _wards() -> dict[str, str]:
    known = ward_options(db.session())
    return {name.casefold(): code for code, name in known} | {code.casefold(): code for code, _ in known}


def _read(record: Record, wards: dict[str, str]) -> tuple[Plan, Result]:
    if record.fault or len(record.values) != len(HEADER):
        found = counted(len(record.values), "value")
        raise RuleViolation(record.fault or f"This row has {found}, and not {len(HEADER)}.")
    cells = (unguarded(value.strip()) for value in record.values)
    data: dict[str, Any] = {name: cell for name, cell in zip(HEADER, cells, strict=True) if cell}
    data["ward_codes"] = [_ward(name, wards) for name in data.pop("wards", "").split(";") if name.strip()]
    try:
        plan, result = ImportedActivitySchema().load(data)
    except ValidationError as error:
        field, problem = next(iter(errors_by_field(error).items()))
        raise RuleViolation(problem, field=field) from error
    return plan, result


def _ward(name: str, wards: dict[str, str]) -> str:
    code = wards.get(name.strip().casefold())
    if code is None:
        raise RuleViolation(f"There is no ward {name.strip()}.", field="wards")
    return code


def _keep(row: tuple[Plan, Result], report: ActivityImport, actor: Actor, now: datetime) -> None:
    plan, result = row
    with transaction() as session:
        if queries.find_same(session, plan) is not None:
            report.known += 1
            return
        made = service.add_plan(session, plan, actor=actor, now=now)
        service.hold(session, Seen(made.id, made.version), result, actor=actor, now=now)
        audit.record(session, actor, "imported", "activity", made.id, now=now)
    report.added += 1
