"""Finding activities: lists, one with what stood before it, and those behind savings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, exists, not_, select
from sqlalchemy.orm import Session

from tsalert.activities.models import Activity, ActivityChannel, ActivityCorrection, ActivityOfficer, ActivityWard
from tsalert.activities.rules import Plan, Reach, Result
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, State
from tsalert.by_id import get_by_id
from tsalert.core.periods import Period
from tsalert.keysets import PAGE, Order, Page, read_page

_PLANNED = set(Plan.__struct_fields__) - {"kind", "ward_codes", "officer_ids", "channels", "audience"}
_FOUND = set(Result.__struct_fields__) - {"reach"}


class ActivityView(Struct, frozen=True):
    """One activity as it stands; officers by id, and a result of None before it was held."""

    id: int
    reference: str
    version: int
    state: State
    plan: Plan
    result: Result | None
    cancelled_reason: str | None
    intervention_reference: str | None
    recorded_by: int | None
    recorded_at: datetime


class ActivityFilter(Struct, frozen=True):
    """Which activities a list shows; ``after`` is the ``next`` of the page before.

    :param without_saving: only those held that could be in a figure of savings and are in none.
    """

    kind: ActivityKind | None = None
    state: State | None = None
    ward: str | None = None
    period: Period | None = None
    without_saving: bool = False
    after: str | None = None


def list_activities(session: Session, wanted: ActivityFilter, *, size: int | None = PAGE) -> Page[ActivityView]:
    """Return activities, the latest first; a ``size`` of None returns them all.

    :raises RuleViolation: ``after`` is no place of this list.
    """
    query, latest_first = select(Activity).where(*_conditions(wanted)), Order(Activity.id, (Activity.first_day,))
    page = read_page(session, query, latest_first, after=wanted.after, size=size)
    return page.all_told_by(lambda rows: _views(session, rows))


def get_activity(session: Session, activity_id: int) -> ActivityView:
    """Return one activity.

    :raises NotFound: there is none.
    """
    return _views(session, [get_activity_row(session, activity_id)])[0]


def get_activity_row(session: Session, activity_id: int, *, lock: bool = False) -> Activity:
    """Return the row of an activity; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none.
    """
    return get_by_id(session, Activity, activity_id, "There is no such activity.", lock=lock)


def find_same(session: Session, plan: Plan) -> str | None:
    """Return the reference of an activity of the same kind, title and first day that was not cancelled."""
    same = (Activity.kind == plan.kind, Activity.title == plan.title, Activity.first_day == plan.first_day)
    return session.scalar(select(Activity.reference).where(*same, Activity.state != State.CANCELLED).limit(1))


def corrections_of(session: Session, activity_id: int) -> list[ActivityCorrection]:
    """Return what an activity said before each correction, the newest first."""
    of_it = select(ActivityCorrection).where(ActivityCorrection.activity_id == activity_id)
    return list(session.scalars(of_it.order_by(ActivityCorrection.version.desc())))


def behind_savings(session: Session, references: Collection[str]) -> dict[str, ActivityView]:
    """Return the activity from which each saving was recorded, by the saving's reference."""
    if not references:
        return {}
    behind = select(Activity).where(Activity.intervention_reference.in_(list(references)))
    return {each.intervention_reference or "": each for each in _views(session, session.scalars(behind).all())}


def _conditions(wanted: ActivityFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.kind is not None:
        yield Activity.kind == wanted.kind
    if wanted.state is not None:
        yield Activity.state == wanted.state
    if wanted.period is not None:
        yield and_(Activity.first_day <= wanted.period.last_day, Activity.last_day >= wanted.period.first_day)
    if wanted.ward is not None:
        wards = select(ActivityWard.ward_code).where(ActivityWard.activity_id == Activity.id)
        yield exists(wards.where(ActivityWard.ward_code == wanted.ward)) | not_(exists(wards))
    if wanted.without_saving:
        yield and_(Activity.state == State.HELD, Activity.intervention_reference.is_(None))
        yield and_(Activity.kind == ActivityKind.FRIENDS_SESSION, Activity.trained + Activity.refreshers > 0)


def _views(session: Session, rows: Sequence[Activity]) -> list[ActivityView]:
    ids = [row.id for row in rows]
    wards, officers, channels = _wards(session, ids), _officers(session, ids), _channels(session, ids)
    return [
        ActivityView(
            row.id,
            row.reference,
            row.version,
            State.of(row.state),
            _plan(row, wards[row.id], officers[row.id], channels[row.id]),
            _result(row, channels[row.id]) if row.state == State.HELD else None,
            row.cancelled_reason,
            row.intervention_reference,
            row.recorded_by,
            row.recorded_at,
        )
        for row in rows
    ]


def _plan(row: Activity, wards: Iterable[str], officers: Iterable[int], channels: Iterable[ActivityChannel]) -> Plan:
    kept: dict[str, Any] = {name: getattr(row, name) for name in _PLANNED}
    return Plan(
        kind=ActivityKind.of(row.kind),
        audience=Audience.of(row.audience) if row.audience else None,
        ward_codes=tuple(wards),
        officer_ids=tuple(officers),
        channels=tuple(Channel.of(each.channel) for each in channels),
        **kept,
    )


def _result(row: Activity, channels: Iterable[ActivityChannel]) -> Result:
    reach = (Reach(Channel.of(each.channel), each.reach, each.how or "") for each in channels if each.reach is not None)
    return Result(reach=tuple(reach), **{name: getattr(row, name) for name in _FOUND})


def _wards(session: Session, ids: Collection[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    of_them = select(ActivityWard).where(ActivityWard.activity_id.in_(ids)).order_by(ActivityWard.ward_code)
    for each in session.scalars(of_them):
        found[each.activity_id].append(each.ward_code)
    return found


def _officers(session: Session, ids: Collection[int]) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    of_them = select(ActivityOfficer).where(ActivityOfficer.activity_id.in_(ids)).order_by(ActivityOfficer.officer_id)
    for each in session.scalars(of_them):
        found[each.activity_id].append(each.officer_id)
    return found


def _channels(session: Session, ids: Collection[int]) -> defaultdict[int, list[ActivityChannel]]:
    found: defaultdict[int, list[ActivityChannel]] = defaultdict(list)
    of_them = select(ActivityChannel).where(ActivityChannel.activity_id.in_(ids)).order_by(ActivityChannel.channel)
    for each in session.scalars(of_them.execution_options(populate_existing=True)):
        found[each.activity_id].append(each)
    return found
