"""Which further figures are hidden, so that none of the hidden ones can be worked out from what is shown. Pure.

A figure is safe when somebody who knows everything that is shown, and that no hidden figure is nought, must think
other values possible. For each hidden figure such another report is found: other numbers in a few cells under which
every total still holds. What the two reports do not share is hidden; of all ways the cheapest is taken. A count of few
may then be anything from 1 to 4, money a quarter more or less, any other hidden figure at least one thing else.
"""

from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import count

from msgspec import Struct, field

from tsalert.quarterly.disclosure.cells import Place
from tsalert.quarterly.disclosure.sensitive import FEW
from tsalert.quarterly.disclosure.system import System
from tsalert.quarterly.vocabulary import Unit

# For one figure, and for a whole report: what takes longer is protected by hiding all that it is tied to.
_MOST_STEPS, _MOST_IN_ALL = 400, 6_000
# How much dearer a way may be that is found sooner: less than a fifth of a cell.
_FOR_A_STEP = 1_500
Changes = dict[Place, int]


class _Hiding(Struct):
    """What is hidden so far, and how far each hidden figure is known to be able to lie."""

    system: System
    hidden: set[Place] = field(default_factory=set)
    low: dict[Place, int] = field(default_factory=dict)
    high: dict[Place, int] = field(default_factory=dict)
    pending: deque[Place] = field(default_factory=deque)
    steps: int = 0
    given_up: set[Place] = field(default_factory=set)

    def hide(self, places: Iterable[Place]) -> None:
        """Hide figures, and with each what tells of it."""
        for place in places:
            if place not in self.hidden:
                self.hidden.add(place)
                self.pending.append(place)
                self.hide(each for each in self.system.companions.get(place, ()) if each in self.system.cost)

    def learn(self, changes: Changes) -> None:
        """Note another report that looks the same."""
        self.hide(changes)
        for place, by in changes.items():
            value = self.system.amount[place]
            self.low[place] = min(self.low.get(place, value), value + by)
            self.high[place] = max(self.high.get(place, value), value + by)


def hide(system: System, sensitive: Iterable[Place], others: Iterable[Place] = ()) -> set[Place]:
    """Return the unknowns to hide: the sensitive ones, others that must be, and what protects them.

    What cannot be protected by any way that was found takes with it everything that it is tied to.
    """
    few = set(sensitive)
    state = _Hiding(system)
    state.hide([*sorted(few), *sorted(set(others) - few)])
    while state.pending:
        place = state.pending.popleft()
        if place in system.cost and place not in state.given_up:
            _protect(state, place, is_sensitive=place in few)
    return state.hidden


def _protect(state: _Hiding, place: Place, *, is_sensitive: bool) -> None:
    value = state.system.amount[place]
    if not is_sensitive:
        if state.low.get(place, value) == state.high.get(place, value):
            state.learn(_another(state, place, 1) or _another(state, place, -1) or _tied(state, place))
        return
    lowest, highest = _span(state.system, place)
    if state.low.get(place, value) > lowest:
        state.learn(_another(state, place, lowest - value) or _tied(state, place))
    if state.high.get(place, value) < highest:
        state.learn(_another(state, place, highest - value) or _tied(state, place))


def _span(system: System, place: Place) -> tuple[int, int]:
    """Return between which amounts a sensitive one must be able to lie.

    A total of hidden figures is at least as many as they are, whatever is hidden.
    """
    value = system.amount[place]
    if system.unit[place] is Unit.COUNT:
        least = max(FEW.start, system.floor.get(place, 0))
        return (min(value, least), max(value, FEW.stop - 1)) if value > 0 else (value - 1, value + 1)
    quarter = abs(value) // 4 + 1
    return (max(value - quarter, 1) if value > 0 else value - quarter), value + quarter


def _tied(state: _Hiding, place: Place) -> Changes:
    """Return everything that is tied to an unknown and may be hidden, unchanged; for none of it more can be done."""
    system, sums = state.system, set[int]()
    found, pending = {place}, [place]
    while pending:
        for number in set(system.of_unknown.get(pending.pop(), ())) - sums:
            sums.add(number)
            fresh = {each for each in system.sums[number] if each in system.cost} - found
            found |= fresh
            pending.extend(fresh)
    state.given_up |= found
    return dict.fromkeys(found, 0)


def _another(state: _Hiding, place: Place, by: int) -> Changes | None:
    """Return the cheapest change of some figures, this one by so much, under which every total holds."""
    order = count()
    heap: list[tuple[int, int, int, Changes, dict[int, int]]] = []
    heappush(heap, (0, next(order), 0, {place: by}, _imbalance(state.system, {}, place, by)))
    seen: set[frozenset[tuple[Place, int]]] = set()
    for _ in range(min(_MOST_STEPS, _MOST_IN_ALL - state.steps)):
        if not heap:
            return None
        state.steps += 1
        _, _, cost, changes, open_sums = heappop(heap)
        if not open_sums:
            return changes
        for other, change in _answers(state.system, changes, open_sums):
            made = changes | {other: change}
            if (key := frozenset(made.items())) not in seen:
                seen.add(key)
                left = _imbalance(state.system, open_sums, other, change)
                lost = cost + (0 if other in state.hidden else state.system.cost[other])
                heappush(heap, (lost + _FOR_A_STEP * (len(made) + 2 * len(left)), next(order), lost, made, left))
    return None


def _imbalance(system: System, open_sums: dict[int, int], place: Place, by: int) -> dict[int, int]:
    """Return by how much sums fail to hold once an unknown has changed."""
    found = dict(open_sums)
    for number in system.of_unknown.get(place, ()):
        found[number] = found.get(number, 0) + system.sums[number][place] * by
    return {number: missing for number, missing in found.items() if missing}


def _answers(system: System, changes: Changes, open_sums: dict[int, int]) -> Iterable[tuple[Place, int]]:
    """Return what can change to let the first failing sum hold, or come nearer; no hidden figure may become nought."""
    number, missing = next(iter(sorted(open_sums.items())))
    for place, times in system.sums[number].items():
        if place in changes or place not in system.cost or abs(times) != 1:
            continue
        value, by = system.amount[place], -missing * times
        change = max(by, 1 - value) if value > 0 else min(by, -1 - value)
        if change:
            yield place, change
