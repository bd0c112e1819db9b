"""Finding no-cold-calling zones: by what is due, by postcode and day, and one with all that was done with it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from tsalert.activities.models import ColdCallingZone, ZoneEvent, ZonePostcode
from tsalert.activities.zone_rules import Street, is_due
from tsalert.by_id import get_by_id
from tsalert.core.clock import london_midnight
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.response.models import Incident


class ZoneShowing(Word):
    """Which zones a list shows."""

    IN_FORCE = "in_force", "In force"
    DUE = "due", "Due for review"
    ENDED = "ended", "Ended"
    ALL = "all", "All"


class ZoneView(Struct, frozen=True):
    """A zone with its streets."""

    row: ColdCallingZone
    streets: tuple[Street, ...]

    def is_due(self, today: date) -> bool:
        """Tell whether its review is due."""
        return is_due(self.row.review_due_on, self.row.ended_on, today=today)


class ZoneFilter(Struct, frozen=True):
    """Which zones a list shows; ``after`` is the last one of the page before."""

    showing: ZoneShowing = ZoneShowing.IN_FORCE
    ward: str | None = None
    after: int | None = None


def list_zones(session: Session, wanted: ZoneFilter, *, today: date, size: int | None = PAGE) -> Page[ZoneView]:
    """Return zones in the order in which they were written down; a ``size`` of None returns them all."""
    query = select(ColdCallingZone).where(_shown(wanted.showing, today))
    if wanted.ward is not None:
        query = query.where(ColdCallingZone.ward_code == wanted.ward)
    oldest_first = Order(ColdCallingZone.id, is_rising=True)
    page = read_page(session, query, oldest_first, after=wanted.after, size=size)
    return page.all_told_by(lambda rows: _views(session, rows))


def count_zones(session: Session, *, today: date) -> dict[ZoneShowing, int]:
    """Count the zones of each list."""
    counts = [func.count().filter(_shown(showing, today)) for showing in ZoneShowing]
    row = session.execute(select(*counts).select_from(ColdCallingZone))
    return dict(zip(ZoneShowing, row.one(), strict=True))


def get_zone(session: Session, zone_id: int) -> ZoneView:
    """Return one zone.

    :raises NotFound: there is none.
    """
    return _views(session, [get_zone_row(session, zone_id)])[0]


def get_zone_row(session: Session, zone_id: int, *, lock: bool = False) -> ColdCallingZone:
    """Return the row of a zone; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none.
    """
    return get_by_id(session, ColdCallingZone, zone_id, "There is no such zone.", lock=lock)


def zones_at(session: Session, postcode: str, *, on: date) -> list[ColdCallingZone]:
    """Return the zones in which a postcode lay on a day."""
    of_it = select(ColdCallingZone).join(ZonePostcode, ZonePostcode.zone_id == ColdCallingZone.id)
    at = (ZonePostcode.postcode == postcode, ColdCallingZone.set_up_on <= on, _not_ended(on))
    return list(session.scalars(of_it.where(*at).order_by(ColdCallingZone.set_up_on)))


def events_of(session: Session, zone_id: int) -> list[ZoneEvent]:
    """Return what was done with a zone, the latest first."""
    of_it = select(ZoneEvent).where(ZoneEvent.zone_id == zone_id)
    return list(session.scalars(of_it.order_by(ZoneEvent.on_date.desc(), ZoneEvent.id.desc())))


def zones_touched(session: Session, period: Period, ward: str | None) -> list[tuple[ColdCallingZone, ZoneEvent]]:
    """Return what was done with zones in a period, by day."""
    query = select(ColdCallingZone, ZoneEvent).join(ZoneEvent, ZoneEvent.zone_id == ColdCallingZone.id)
    query = query.where(ZoneEvent.on_date.between(period.first_day, period.last_day))
    if ward is not None:
        query = query.where(ColdCallingZone.ward_code == ward)
    return [(zone, event) for zone, event in session.execute(query.order_by(ZoneEvent.on_date.desc(), ZoneEvent.id))]


def incidents_in(session: Session, zone: ZoneView) -> int:
    """Count the incidents at the postcodes of a zone while it was in force."""
    codes = [street.postcode for street in zone.streets]
    began = Incident.opened_at >= london_midnight(zone.row.set_up_on)
    query = select(func.count()).select_from(Incident).where(Incident.postcode.in_(codes), began)
    if zone.row.ended_on is not None:
        query = query.where(Incident.opened_at < london_midnight(zone.row.ended_on))
    return session.scalar(query) or 0


def _not_ended(on: date) -> ColumnElement[bool]:
    return or_(ColdCallingZone.ended_on.is_(None), ColdCallingZone.ended_on > on)


def _shown(showing: ZoneShowing, today: date) -> ColumnElement[bool]:
    in_force = ColdCallingZone.ended_on.is_(None)
    return {
        ZoneShowing.IN_FORCE: in_force,
        ZoneShowing.DUE: and_(in_force, ColdCallingZone.review_due_on <= today),
        ZoneShowing.ENDED: ColdCallingZone.ended_on.is_not(None),
        ZoneShowing.ALL: true(),
    }[showing]


def _views(session: Session, rows: Sequence[ColdCallingZone]) -> list[ZoneView]:
    streets = _streets(session, [row.id for row in rows])
    return [ZoneView(row, tuple(streets[row.id])) for row in rows]


def _streets(session: Session, ids: Collection[int]) -> defaultdict[int, list[Street]]:
    found: defaultdict[int, list[Street]] = defaultdict(list)
    of_them = select(ZonePostcode).where(ZonePostcode.zone_id.in_(ids)).order_by(ZonePostcode.postcode)
    for each in session.scalars(of_them):
        found[each.zone_id].append(Street(each.postcode, each.street))
    return found
