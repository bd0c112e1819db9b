"""Why two runs come to different totals: record by record, summing exactly to the difference. Pure."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from tsalert.runs.lines import Worked
from tsalert.runs.sealing import record_line, result_line
from tsalert.runs.tally import Place, Tally

_FIELDS = {
    "type": "kind of work",
    "on_date": "date",
    "units": "number",
    "refreshers": "refreshers",
    "prevented": "money prevented",
    "recovered": "money recovered",
    "future": "future loss avoided",
    "memo": "money for information",
    "share": "our share",
    "is_bank_loss": "a loss that a bank must reimburse",
    "counted_units": "number that counts",
    "overlaps": "earlier record of the same victim",
    "ended": "units that ended",
}


class Kind(StrEnum):
    """What became of a record between two runs."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


class Difference(Struct, frozen=True):
    """One record that two runs see differently.

    :param causes: the fields and rates that differ, in words; none where the record is in one run alone.
    :param effects: what it does to each total; one that it leaves alone is left out.
    """

    reference: str
    kind: Kind
    before: Worked | None
    after: Worked | None
    causes: tuple[str, ...]
    effects: dict[Place, Decimal]


class Explained(Struct):
    """The effects of many differences added up, and how many there were of each kind."""

    tally: Tally = field(default_factory=Tally)
    counts: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))

    def add(self, found: Difference) -> None:
        """Take one difference."""
        self.counts[found.kind] += 1
        for place, amount in found.effects.items():
            self.tally.add_amount((place,), amount)

    @property
    def effects(self) -> dict[Place, Decimal]:
        """By how much each total moved; those that did not are left out."""
        return self.tally.moved


def differences(first: Iterable[Worked], second: Iterable[Worked]) -> Iterator[Difference]:
    """Walk along two runs, both ordered by reference, and yield each record that they see differently."""
    for before, after in _pairs(iter(first), iter(second)):
        found = _difference(before, after)
        if found:
            yield found


def _pairs(first: Iterator[Worked], second: Iterator[Worked]) -> Iterator[tuple[Worked | None, Worked | None]]:
    before, after = next(first, None), next(second, None)
    while before or after:
        if after is None or (before and before.stood.reference < after.stood.reference):
            yield before, None
            before = next(first, None)
        elif before is None or after.stood.reference < before.stood.reference:
            yield None, after
            after = next(second, None)
        else:
            yield before, after
            before, after = next(first, None), next(second, None)


def _difference(before: Worked | None, after: Worked | None) -> Difference | None:
    known = before or after
    if known is None:
        return None
    effects, reference = _effects(before, after), known.stood.reference
    if before is None or after is None:
        return Difference(reference, Kind.GONE if before else Kind.ADDED, before, after, (), effects)
    causes = tuple(_causes(before, after))
    return Difference(reference, Kind.CHANGED, before, after, causes, effects) if causes or effects else None


def _effects(before: Worked | None, after: Worked | None) -> dict[Place, Decimal]:
    tally = Tally()
    for worked, sign in ((before, -1), (after, 1)):
        if worked is not None:
            for line in worked.lines:
                tally.add(line, is_bank_loss=worked.stood.is_bank_loss, sign=sign)
    return tally.moved


def _causes(before: Worked, after: Worked) -> Iterator[str]:
    """Name what differs; a version that says nothing new is no cause."""
    old, new = record_line(before), record_line(after)
    for name, label in _FIELDS.items():
        if old[name] != new[name]:
            yield f"{label}: {_said(old[name])}, then {_said(new[name])}"
    yield from _rates(before, after)
    if _cells(before) != _cells(after):
        yield f"place in the table: {_said(_cells(before))}, then {_said(_cells(after))}"


def _rates(before: Worked, after: Worked) -> Iterator[str]:
    old, new = _rates_by_class(before), _rates_by_class(after)
    for component in dict.fromkeys([*old, *new]):
        if old.get(component) != new.get(component):
            yield f"rate, {component}: {old.get(component, 'none')}, then {new.get(component, 'none')}"


def _rates_by_class(worked: Worked) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for line in worked.lines:
        rate = result_line(worked, line)["rate"]
        if rate:
            found.setdefault(line.part.value_class.label, []).append(f"{rate[4]} of {rate[0]}")
    return {component: " and ".join(rates) for component, rates in found.items()}


def _cells(worked: Worked) -> list[str]:
    return sorted({_place(line.row, line.column) if line.row and line.column else "none" for line in worked.lines})


def _place(row: str, column: str) -> str:
    return f"{row} in {column}".replace("_", " ")


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value) or "none"
    return "none" if value is None else str(value)
