"""Partners' figures as they stand: tables of a period beside the same days a year before, the change worked out."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from tsalert.by_id import get_by_id
from tsalert.core.periods import Period
from tsalert.reports.change import Change, describe_change
from tsalert.reports.comparing import months_in, named_days, year_before
from tsalert.reports.models import PartnerFigure
from tsalert.reports.partner_files import NewFigure


class FigureView(Struct, frozen=True):
    """One figure of a partner's as it was entered; officers by id."""

    id: int
    partner: str
    category: str
    period: Period
    number: int
    printed_percent: int | None
    source: str | None
    supersedes_id: int | None
    reason: str | None
    entered_by: int | None
    entered_at: datetime


class PartnerRow(Struct, frozen=True):
    """One category in a period and a year before; what was printed is shown beside what the counts make."""

    category: str
    before: FigureView | None
    current: FigureView
    change: Change

    @property
    def printed(self) -> str:
        """The change as the partner printed it; empty where none was entered."""
        percent = self.current.printed_percent
        return "" if percent is None else f"{percent:+}%" if percent else "0%"

    @property
    def is_misprinted(self) -> bool:
        """True where the printed change is another than the counts make."""
        printed, made = self.current.printed_percent, self.change.percent
        return printed is not None and made is not None and printed != made


class PartnerTable(Struct, frozen=True):
    """A partner's figures of one period."""

    partner: str
    period: Period
    before: Period
    rows: tuple[PartnerRow, ...]


def partner_tables(
    session: Session, period: Period | None = None, *, until: date | None = None
) -> tuple[PartnerTable, ...]:
    """Return each partner's table of a period, or of its latest year, quarter and month, the longest first.

    Categories stand in the order in which they were entered.

    :param until: leave out what is of a period that ends after this day.
    """
    found = [_view(row) for row in session.scalars(_standing().order_by(PartnerFigure.partner, PartnerFigure.id))]
    if until is not None:
        found = [each for each in found if each.period.last_day <= until]
    order = _first_entered(session)
    tables = []
    for partner in dict.fromkeys(each.partner for each in found):
        own = [each for each in found if each.partner == partner]
        for wanted in [period] if period else _latest(each.period for each in own):
            rows = sorted(_rows(own, wanted), key=lambda row: order[partner, row.category])
            if rows:
                tables.append(PartnerTable(partner, wanted, year_before(wanted), tuple(rows)))
    return tuple(tables)


def _latest(periods: Iterable[Period]) -> list[Period]:
    """Return the latest of the periods of each length: a month takes no place of a rolling year."""
    found: dict[int, Period] = {}
    for each in sorted(set(periods), key=lambda period: (period.last_day, period.first_day)):
        found[months_in(each)] = each
    return [found[length] for length in sorted(found, reverse=True)]


def partner_periods(session: Session) -> list[Period]:
    """Return every period that a partner gave figures of, the latest first."""
    days = select(PartnerFigure.first_day, PartnerFigure.last_day).distinct()
    newest = days.order_by(PartnerFigure.last_day.desc(), PartnerFigure.first_day.desc())
    return [named_days(first, last) for first, last in session.execute(newest)]


def periods_by_partner(session: Session) -> dict[str, list[Period]]:
    """Return every period of which each partner gave figures."""
    columns = (PartnerFigure.partner, PartnerFigure.first_day, PartnerFigure.last_day)
    found: dict[str, list[Period]] = {}
    for partner, first, last in session.execute(select(*columns).distinct()):
        found.setdefault(partner, []).append(named_days(first, last))
    return found


def get_figure(session: Session, figure_id: int) -> FigureView:
    """Return one figure.

    :raises NotFound: there is none.
    """
    row = get_by_id(session, PartnerFigure, figure_id, "There is no such figure.")
    return _view(row)


def find_standing(session: Session, partner: str, category: str, period: Period) -> FigureView | None:
    """Return the figure that stands for a category and period, or None."""
    same = (PartnerFigure.partner == partner, PartnerFigure.category == category)
    days = (PartnerFigure.first_day == period.first_day, PartnerFigure.last_day == period.last_day)
    row = session.scalar(_standing().where(*same, *days))
    return _view(row) if row else None


class FirstWritten:
    """How partners and categories were written when they were first told of: capitals alone make no other one.

    Where capitals have told two apart in earlier figures, each stays what it is.
    """

    def __init__(self, session: Session) -> None:
        pairs = [*_first_entered(session)]
        self._standing: set[tuple[str, ...]] = {*pairs, *((partner,) for partner, _ in pairs)}
        self._known: dict[tuple[str, ...], str] = {}
        for partner, category in pairs:
            self._names(partner, category)

    def same(self, new: NewFigure) -> NewFigure:
        """Return a figure under the names by which its partner and its category are known, or from now on will be."""
        partner, category = self._names(new.partner, new.category)
        return replace(new, partner=partner, category=category)

    def _names(self, partner: str, category: str) -> tuple[str, str]:
        of_partner = self._name((), partner)
        return of_partner, self._name((of_partner,), category)

    def _name(self, within: tuple[str, ...], written: str) -> str:
        first = self._known.setdefault((*within, written.casefold()), written)
        return written if (*within, written) in self._standing else first


def versions_of(session: Session, figure: FigureView) -> list[FigureView]:
    """Return everything that was entered for a figure's category and period, the newest first."""
    same = (PartnerFigure.partner == figure.partner, PartnerFigure.category == figure.category)
    days = (PartnerFigure.first_day == figure.period.first_day, PartnerFigure.last_day == figure.period.last_day)
    query = select(PartnerFigure).where(*same, *days).order_by(PartnerFigure.id.desc())
    return [_view(row) for row in session.scalars(query)]


def _standing() -> Select[PartnerFigure]:
    """Return the query of the figures whose place no later one took."""
    later = aliased(PartnerFigure)
    return select(PartnerFigure).where(~select(later.id).where(later.supersedes_id == PartnerFigure.id).exists())


def _first_entered(session: Session) -> dict[tuple[str, str], int]:
    """Return the number of the first figure of each partner and category, the earliest first."""
    first, names = func.min(PartnerFigure.id), (PartnerFigure.partner, PartnerFigure.category)
    query = select(*names, first).group_by(*names).order_by(first)
    return {(partner, category): number for partner, category, number in session.execute(query)}


def _rows(figures: Iterable[FigureView], period: Period) -> list[PartnerRow]:
    known = {(each.category, each.period): each for each in figures}
    rows = []
    for (category, days), current in known.items():
        if days == period:
            before = known.get((category, year_before(period)))
            change = describe_change(before.number if before else None, current.number)
            rows.append(PartnerRow(category, before, current, change))
    return rows


def _view(row: PartnerFigure) -> FigureView:
    return FigureView(
        row.id,
        row.partner,
        row.category,
        named_days(row.first_day, row.last_day),
        row.number,
        row.printed_percent,
        row.source,
        row.supersedes_id,
        row.reason,
        row.entered_by,
        row.entered_at,
    )
