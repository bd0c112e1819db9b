"""Somebody who reads all that is published and works out what is not: exact linear programming by hand."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

Name = tuple[str, str, str]
# Names with how often each stands in it, and what they make together.
Equation = tuple[Mapping[Name, int], int]
Row = list[Fraction]


def ranges(
    equations: Sequence[Equation], hidden: Sequence[Name], least: int = 1, only: Sequence[Name] = ()
) -> dict[Name, tuple[Fraction, Fraction | None]]:
    """Return between which values each hidden number must lie, no end where there is none.

    :param least: the least that a hidden number can be.
    """
    rows = []
    for parts, total in equations:
        row = [Fraction(parts.get(name, 0)) for name in hidden]
        if any(row):
            rows.append([*row, Fraction(total) - least * sum(row)])
    tableau, basis = _first(rows, len(hidden))
    found: dict[Name, tuple[Fraction, Fraction | None]] = {}
    for place, name in enumerate(hidden):
        if only and name not in only:
            continue
        low = _least(tableau, basis, place, 1)
        high = _least(tableau, basis, place, -1)
        assert low is not None
        found[name] = (low + least, None if high is None else least - high)
    return found


def _first(rows: list[Row], width: int) -> tuple[list[Row], list[int]]:
    """Return equations solved for some of their unknowns, at values none of which is below nought."""
    rows = [[-each for each in row] if row[-1] < 0 else row for row in rows]
    count = len(rows)
    tableau = [
        [*row[:-1], *(Fraction(int(other == number)) for other in range(count)), row[-1]]
        for number, row in enumerate(rows)
    ]
    basis = [width + number for number in range(count)]
    cost = [Fraction(0)] * width + [Fraction(1)] * count
    assert _minimise(tableau, basis, cost) == 0, "the published numbers contradict each other"
    for number in range(count):
        entering = next((place for place in range(width) if tableau[number][place]), None)
        if basis[number] >= width and entering is not None:
            _pivot(tableau, basis, number, entering)
    kept = [number for number in range(count) if basis[number] < width]
    return [[*tableau[number][:width], tableau[number][-1]] for number in kept], [basis[number] for number in kept]


def _least(tableau: list[Row], basis: list[int], place: int, sign: int) -> Fraction | None:
    width = len(tableau[0]) - 1 if tableau else place + 1
    cost = [Fraction(sign * int(each == place)) for each in range(width)]
    return _minimise([list(row) for row in tableau], list(basis), cost)


def _minimise(tableau: list[Row], basis: list[int], cost: Sequence[Fraction]) -> Fraction | None:
    """Make a cost least by Bland's rule, which never goes in circles; None where it has no end."""
    while True:
        entering = next((place for place in range(len(cost)) if _reduced(tableau, basis, cost, place) < 0), None)
        if entering is None:
            return sum((cost[basis[number]] * row[-1] for number, row in enumerate(tableau)), Fraction(0))
        leaving = [
            (row[-1] / row[entering], basis[number], number) for number, row in enumerate(tableau) if row[entering] > 0
        ]
        if not leaving:
            return None
        _pivot(tableau, basis, min(leaving)[2], entering)


def _reduced(tableau: list[Row], basis: list[int], cost: Sequence[Fraction], place: int) -> Fraction:
    return cost[place] - sum((cost[basis[number]] * row[place] for number, row in enumerate(tableau)), Fraction(0))


def _pivot(tableau: list[Row], basis: list[int], number: int, entering: int) -> None:
    by = tableau[number][entering]
    tableau[number] = [each / by for each in tableau[number]]
    for other, row in enumerate(tableau):
        if other != number and row[entering]:
            factor = row[entering]
            tableau[other] = [each - factor * mine for each, mine in zip(row, tableau[number], strict=True)]
    basis[number] = entering
