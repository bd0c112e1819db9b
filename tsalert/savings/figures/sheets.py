"""Savings as tables to keep: for CSV the first of them, for a workbook each on a sheet of its own."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from tsalert.core.periods import Period, provisional
from tsalert.savings.figures.behind import ValuedRecord
from tsalert.savings.figures.cells import SavingsRow
from tsalert.savings.figures.comparing_tables import compare_rows
from tsalert.savings.figures.explaining import MOMENTS, Explanation
from tsalert.savings.figures.overview import Overview
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.figures.what_if import Trial
from tsalert.savings.rates.rate_sets import RateSetView
from tsalert.savings.valuing.methods import Method
from tsalert.web.exports import Cell
from tsalert.web.workbooks import Sheet

_NOT_IN_A_NAME = re.compile(r"[^\w -]", re.ASCII)
NOT_AUDITED = (
    "These are estimates of losses avoided by residents and of wider benefits. They are not savings to the Council's "
    "budget and have not been audited."
)


def filed(period: Period, *parts: str | None, method: Method) -> str:
    """Return the name of a file: the period, what else it holds, and how that was worked out if not as published."""
    said = [part for part in (*parts, *method.asked.values()) if part]
    return _NOT_IN_A_NAME.sub("-", " ".join(["savings", period.label, *said]))


def of_overview(shown: Overview, *, today: date) -> list[Sheet]:
    """Return a table of savings with all bases, what stands apart, the rates and the notes."""
    table = shown.table
    return [
        of_table("Savings", table),
        _bases(shown),
        Sheet("Not in the table", ("Work", "Records", "Amount", "Why"), _apart(table)),
        Sheet("Rates", _RATE_HEAD, [row for each in shown.sets for row in _rates(each)]),
        notes(table, today),
    ]


def of_trial(trial: Trial, *, today: date) -> list[Sheet]:
    """Return what a draft would change, row by row."""
    rows = [
        (row.standing.title, *_money(row.standing, "total"), *_money(row.tried, "total"),
         row.difference.exact, row.difference.shown)
        for row in compare_rows(trial.standing, trial.tried)
    ]  # fmt: skip
    head = (
        "Work", "As it is now", "As it is now, exactly", "With the rates tried", "With the rates tried, exactly",
        "Difference, exactly", "Difference",
    )  # fmt: skip
    return [
        Sheet("What if", head, rows),
        of_table("As it is now", trial.standing),
        of_table("With the rates tried", trial.tried),
        Sheet("Rates tried", _RATE_HEAD, _rates(trial.rate_set)),
        notes(trial.tried, today),
    ]


def of_explanation(told: Explanation, *, today: date) -> list[Sheet]:
    """Return the formulas behind a figure and its records."""
    formulas = [
        (line.row, MOMENTS[line.moment], line.contribution.value_class.letter, line.records, line.contribution.formula,
         line.contribution.exact, line.contribution.shown, line.price,
         line.contribution.rate.evidence_grade if line.contribution.rate else None,
         line.rate_set.title if line.rate_set else "Evidence of the records",
         line.rate_set.source if line.rate_set else None)
        for line in told.lines
    ]  # fmt: skip
    head = (
        "Work", "When", "Class", "Records", "Formula", "Exactly", "Shown", "How the price came about", "Evidence grade",
        "Rate set", "Source",
    )  # fmt: skip
    records = [
        (record.version.reference, str(record.version.content.on_date), record.version.content.type.label, *part)
        for record in told.records
        for part in _adds(record)
    ]
    if told.next:
        rest = f"More records follow: ask for the same with after={told.next}"
        records.append((rest, *[None] * 5))
    return [
        Sheet("Formulas", head, formulas),
        Sheet("Records", ("Reference", "Date", "Kind", "Class", "Formula", "Exactly"), records),
        Sheet("Notes", ("About", "Note"), [("Figure", f"{told.title}: {told.sum}"), *_about(told.table, today)]),
    ]


def _adds(record: ValuedRecord) -> Iterable[tuple[Cell, ...]]:
    """Return class, formula and pounds of all that a record adds, or why it adds nothing."""
    found = [(part.value_class.letter, part.formula, part.exact) for part in record.contributions]
    return found or [(None, record.why_nothing, None)]


def of_table(title: str, table: SavingsTable) -> Sheet:
    """Return a table with every figure as shown and exactly."""
    head = ["Row", "Number"]
    for words in table.columns.values():
        head += [words, f"{words}, exactly"]
    rows = [
        (row.title, row.number, *(cell for name in table.columns for cell in _money(row, name))) for row in table.lines
    ]
    return Sheet(title, head, rows)


def notes(table: SavingsTable, today: date) -> Sheet:
    """Return everything that must be said of a table."""
    return Sheet("Notes", ("About", "Note"), _about(table, today))


def _about(table: SavingsTable, today: date) -> list[tuple[str, str]]:
    running = provisional(table.period, today)
    return [
        ("Period", f"{table.period.label}: {table.period.prose}"),
        *([("Period", running)] if running else []),
        *_method(table.method),
        *(("Note", note) for note in table.notes),
        *(("Reconciliation", line.text) for line in table.reconciliation),
        ("Standing", NOT_AUDITED),
    ]


def _method(method: Method) -> Iterable[tuple[str, str]]:
    yield "Table", method.profile.title
    yield "Basis", method.basis.label
    yield "Recognition", method.recognition.label
    if method.trial:
        yield "Rates tried", method.trial


def _money(row: SavingsRow, column: str) -> tuple[Cell, Cell]:
    """Return a figure as shown and exactly; words where there is no figure."""
    cell = row.cell(column)
    if cell is None:
        return None, None
    if cell.is_counted_only or cell.has_no_value:
        return cell.text, None
    return cell.shown, cell.exact


def _bases(shown: Overview) -> Sheet:
    head = ["Row", *(basis.label for basis in shown.bases)]
    tables = list(shown.bases.values())
    rows = [(row.title, *(_money(table.row(row.slug), "total")[0] for table in tables)) for row in tables[0].lines]
    return Sheet("All bases", head, rows)


def _apart(table: SavingsTable) -> list[tuple[Cell, ...]]:
    return [(item.title, item.records, item.amount, item.reason) for item in table.apart]


_RATE_HEAD = ("Rate set", "Work", "Class", "Rate", "Unit", "Evidence grade", "Source", "What the evidence is")


def _rates(found: RateSetView) -> Sequence[Sequence[Cell]]:
    return [
        (found.title, rate.intervention_type, rate.component.letter, str(rate.value), rate.unit, rate.evidence_grade,
         found.source, found.evidence_note)
        for rate in found.rates
    ]  # fmt: skip
