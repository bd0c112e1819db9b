"""Activities that were planned and held in invented rooms, by the services that officers use."""

from collections.abc import Iterable
from datetime import date, datetime

from tsalert.activities import service
from tsalert.activities.rules import Plan, Result
from tsalert.activities.service import Seen
from tsalert.activities.vocabulary import ActivityKind, Audience
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.demo.people import ward_code
from tsalert.savings.recording import sessions
from tsalert.savings.recording.sessions import NEW, NONE, Told

HOSTS = ("A lunch club (invented)", "A library (invented)", "A church hall (invented)", "A tenants' group (invented)")


def plan_of(kind: ActivityKind, title: str, day: date, *, ward: int, host: str | None = None) -> Plan:
    """Return a plan for one day in one ward."""
    return Plan(
        kind=kind,
        title=title,
        first_day=day,
        last_day=day,
        ward_codes=(ward_code(ward),),
        audience=Audience.RESIDENTS,
        host=host,
        place="Community hall (invented)",
    )


def hold(actor: Actor, plan: Plan, result: Result, at: datetime, *, saving: str = NONE) -> Seen:
    """Plan and hold an activity; returns it as it is then."""
    made = service.plan_activity(plan, actor=actor, now=at)
    sessions.hold_activity(Seen(made, 1), Told(result, saving), actor=actor, now=at)
    return Seen(made, 2 if saving == NONE else 3)


def train_friends(actor: Actor, numbers: Iterable[tuple[int, datetime]]) -> None:
    """Hold Friends sessions, each with its saving, that trained so many people."""
    for place, (trained, at) in enumerate(numbers):
        if trained:
            host, day = HOSTS[place % len(HOSTS)], london_date(at)
            plan = plan_of(ActivityKind.FRIENDS_SESSION, f"Friends session: {host}", day, ward=place, host=host)
            result = Result(present=trained + 2, trained=trained, refreshers=0, champions=int(trained > 9))
            hold(actor, plan, result, at, saving=NEW)
