"""Enforcement, for information: what was begun, decided, ordered and paid. No pound of it is a saving."""

from collections.abc import Iterator

from tsalert.enforcement.figures import NO_MONEY, EnforcementFigures, MoneySum
from tsalert.enforcement.vocabulary import ActionKind, DecisionKind, Result
from tsalert.quarterly.content import Column, Row, Section, Table
from tsalert.quarterly.figures.figuring import Behind, count, pounds_and_pence
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import About, SectionKey, Unit

_NUMBER = (Column("number", "Number", Unit.COUNT),)
_SUMS = (
    Column("orders", "Orders or payments", Unit.COUNT, About.PEOPLE),
    Column("amount", "Pounds", Unit.MONEY, About.PEOPLE),
)
_MEMO = "For information (class M), never a saving: of all this only compensation that was paid counts, in class B."
_ALWAYS = (ActionKind.WARNING, ActionKind.UNDERTAKING, ActionKind.CAUTION)


def enforcement_section(material: Material) -> Section:
    """Lay out a quarter's enforcement."""
    found = material.enforcement
    return Section(SectionKey.ENFORCEMENT, (_steps(found), _courts(found), _money(found)))


def _steps(found: EnforcementFigures) -> Table:
    kinds = [kind for kind in ActionKind if kind in _ALWAYS or kind in found.actions]
    rows = (
        Row("prosecutions", "Prosecutions begun", (count(found.prosecutions),)),
        *(Row(kind.value, kind.label, (count(found.actions.get(kind, 0)),)) for kind in kinds),
        Row("cancelled", "Contracts that consumers cancelled", (count(found.contracts_cancelled),), about=About.PEOPLE),
    )
    return Table("enforcement_steps", "What was done", "Step", _NUMBER, rows)


def _courts(found: EnforcementFigures) -> Table:
    rows = tuple(Row(result.value, result.label, (count(number),)) for result, number in _results(found))
    notes = ("Each plea, verdict and sentence of each defendant, as told in open court, by its day.",)
    return Table("enforcement_courts", "What was said and decided in court", "Outcome", _NUMBER, rows, notes)


def _results(found: EnforcementFigures) -> Iterator[tuple[Result, int]]:
    """Return the outcomes that there were; without any, the one that a board asks for first."""
    yield from found.results.items() or ((Result.CONVICTED, 0),)


def _money(found: EnforcementFigures) -> Table:
    none = {DecisionKind.COMPENSATION: NO_MONEY}
    ordered = none | dict(found.ordered)
    rows = (
        *(_sum_row(kind.value, kind.label, money) for kind, money in ordered.items()),
        _sum_row("compensation_paid", "Compensation that reached victims", found.compensation_paid),
    )
    return Table("enforcement_money", "What courts ordered and what was paid", "What", _SUMS, rows, (_MEMO,))


def _sum_row(key: str, title: str, money: MoneySum) -> Row:
    behind = Behind(money.number, money.largest)
    return Row(key, title, (count(money.number), pounds_and_pence(money.total, behind)))
