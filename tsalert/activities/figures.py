"""What was done in a period, in numbers: sessions, people trained, zones, reach, thanks. For reports and files."""

from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tsalert.activities.models import Activity, ActivityChannel, ColdCallingZone, ZoneEvent
from tsalert.activities.recognition_queries import count_presented
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, RecognitionKind, State, ZoneAct
from tsalert.core.periods import Period

_SUMS = ("present", "trained", "refreshers", "champions", "leaflets")


class KindTotals(Struct, frozen=True):
    """What was held of one kind, and what was planned for the period or cancelled."""

    held: int = 0
    planned: int = 0
    cancelled: int = 0
    present: int = 0
    trained: int = 0
    refreshers: int = 0
    champions: int = 0
    leaflets: int = 0


class ZoneTotals(Struct, frozen=True):
    """Zones of a period; those in force, with their homes, are those of its last day."""

    in_force: int
    homes: int
    set_up: int
    renewed: int
    ended: int


class ActivityTotals(Struct, frozen=True):
    """A period's activities in numbers. One of several days belongs to the period of its last day.

    :param trained_by_audience: practitioners who were trained, by whom they work for.
    :param reach: estimates by channel. They are never added up to people, since many are reached twice.
    """

    period: Period
    kinds: dict[ActivityKind, KindTotals]
    trained_by_audience: dict[Audience, int]
    reach: dict[Channel, int]
    zones: ZoneTotals
    recognitions: dict[RecognitionKind, int]

    @property
    def sessions(self) -> int:
        """How many talks, sessions and trainings were held."""
        return sum(self.kinds[kind].held for kind in _SESSIONS)

    @property
    def friends_trained(self) -> int:
        """People who became Friends Against Scams: each counts once, when first trained."""
        return self.kinds[ActivityKind.FRIENDS_SESSION].trained

    @property
    def practitioners_trained(self) -> int:
        """Practitioners who were trained."""
        return self.kinds[ActivityKind.TRAINING].trained


_SESSIONS = (ActivityKind.TALK, ActivityKind.FRIENDS_SESSION, ActivityKind.TRAINING)


def activity_totals(session: Session, period: Period) -> ActivityTotals:
    """Return the activities of a period in numbers."""
    return ActivityTotals(
        period,
        _kinds(session, period),
        _audiences(session, period),
        _reach(session, period),
        _zones(session, period),
        count_presented(session, period),
    )


def total_rows(totals: ActivityTotals) -> list[tuple[str, str, int]]:
    """Return (group, what, number) of every total, as pages and files list them."""
    rows = [
        (kind.label, words, getattr(found, name))
        for kind, found in totals.kinds.items()
        for name, words in _words(kind)
    ]
    rows += [
        ("Practitioners trained", audience.label, people) for audience, people in totals.trained_by_audience.items()
    ]
    rows += [("Estimated reach", channel.label, people) for channel, people in totals.reach.items()]
    zones = totals.zones
    rows += [
        ("No-cold-calling zones", "In force on the last day", zones.in_force),
        ("No-cold-calling zones", "Homes in them", zones.homes),
        ("No-cold-calling zones", "Set up", zones.set_up),
        ("No-cold-calling zones", "Renewed", zones.renewed),
        ("No-cold-calling zones", "Ended", zones.ended),
    ]
    return rows + [("Callers thanked", kind.label, number) for kind, number in totals.recognitions.items()]


def _words(kind: ActivityKind) -> list[tuple[str, str]]:
    held = [("held", "Held"), ("planned", "Planned"), ("cancelled", "Cancelled")]
    words = {
        "present": "People present",
        "trained": "People trained for the first time" if "refreshers" in kind.shape.numbers else "People trained",
        "refreshers": "People trained again",
        "champions": "SCAMchampions",
    }
    return [*held, *((name, words[name]) for name in kind.shape.numbers), ("leaflets", "Leaflets")]


def _in(period: Period) -> ColumnElement[bool]:
    return Activity.last_day.between(period.first_day, period.last_day)


def _kinds(session: Session, period: Period) -> dict[ActivityKind, KindTotals]:
    states = [func.count().filter(Activity.state == state) for state in (State.HELD, State.PLANNED, State.CANCELLED)]
    held = [func.coalesce(_sum(getattr(Activity, name)), 0) for name in _SUMS]
    query = select(Activity.kind, *states, *held).where(_in(period)).group_by(Activity.kind)
    found = {kind: KindTotals(*(int(number) for number in numbers)) for kind, *numbers in session.execute(query)}
    return {kind: found.get(kind, KindTotals()) for kind in ActivityKind}


def _sum(column: Any) -> ColumnElement[int]:
    return func.sum(column).filter(Activity.state == State.HELD)


def _audiences(session: Session, period: Period) -> dict[Audience, int]:
    trainings = (Activity.kind == ActivityKind.TRAINING, Activity.state == State.HELD, _in(period))
    query = select(Activity.audience, func.sum(Activity.trained)).where(*trainings).group_by(Activity.audience)
    found = {audience: int(people or 0) for audience, people in session.execute(query)}
    return {audience: found[audience] for audience in Audience if audience in found}


def _reach(session: Session, period: Period) -> dict[Channel, int]:
    query = select(ActivityChannel.channel, func.sum(ActivityChannel.reach))
    query = query.join(Activity, Activity.id == ActivityChannel.activity_id)
    query = query.where(Activity.state == State.HELD, _in(period), ActivityChannel.reach.is_not(None))
    found = {channel: int(people or 0) for channel, people in session.execute(query.group_by(ActivityChannel.channel))}
    return {channel: found[channel] for channel in Channel if channel in found}


def _zones(session: Session, period: Period) -> ZoneTotals:
    on_last_day = or_(ColdCallingZone.ended_on.is_(None), ColdCallingZone.ended_on > period.last_day)
    in_force = (ColdCallingZone.set_up_on <= period.last_day, on_last_day)
    query = select(func.count(), func.coalesce(func.sum(ColdCallingZone.homes), 0)).where(*in_force)
    number, homes = session.execute(query.select_from(ColdCallingZone)).one()
    acts = select(ZoneEvent.act, func.count()).where(ZoneEvent.on_date.between(period.first_day, period.last_day))
    done = dict(session.execute(acts.group_by(ZoneEvent.act)).all())
    counts = (done.get(act, 0) for act in (ZoneAct.SET_UP, ZoneAct.RENEWED, ZoneAct.ENDED))
    return ZoneTotals(number, int(homes), *counts)
