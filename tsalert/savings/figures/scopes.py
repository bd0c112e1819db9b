"""Which interventions a figure is made of, in the words of the database."""

from msgspec import Struct
from sqlalchemy import ColumnElement

from tsalert.core.periods import Period
from tsalert.savings.models import Intervention
from tsalert.savings.rules import InterventionType

NO_WARD = "none"
COUNTED = (Intervention.is_current, ~Intervention.is_withdrawn)


class Scope(Struct, frozen=True):
    """A narrower choice of records.

    :param types: only these.
    :param ward: only of this ward; ``NO_WARD`` for those of which none is known.
    :param by_ward: keep wards apart.
    """

    types: tuple[InterventionType, ...] | None = None
    ward: str | None = None
    by_ward: bool = False


EVERYTHING = Scope()


def in_period(period: Period) -> ColumnElement[bool]:
    """Tell whether a record's London day lies in a period."""
    return Intervention.on_date.between(period.first_day, period.last_day)


def conditions(scope: Scope) -> list[ColumnElement[bool]]:
    """Return what narrows records down to a scope."""
    found: list[ColumnElement[bool]] = []
    if scope.types is not None:
        found.append(Intervention.type.in_(scope.types))
    if scope.ward is not None:
        known = None if scope.ward == NO_WARD else scope.ward
        found.append(Intervention.ward_code == known if known else Intervention.ward_code.is_(None))
    return found
