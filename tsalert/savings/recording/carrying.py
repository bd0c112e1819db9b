"""What a held activity is as a saving, and what a saving that came from one must go on saying."""

from collections.abc import Sequence

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.activities.queries import ActivityView, behind_savings
from tsalert.activities.vocabulary import ActivityKind
from tsalert.core.errors import RuleViolation
from tsalert.savings.figures.scopes import COUNTED
from tsalert.savings.models import Intervention
from tsalert.savings.rules import InterventionType, NewIntervention

TYPES = {
    ActivityKind.FRIENDS_SESSION: InterventionType.FRIENDS_AGAINST_SCAMS,
    ActivityKind.TALK: InterventionType.TALK,
}


def is_carried(activity: ActivityView) -> bool:
    """Tell whether a saving can be recorded from a held activity."""
    if activity.result is None or activity.plan.kind not in TYPES:
        return False
    trains = activity.plan.kind is ActivityKind.FRIENDS_SESSION
    return not trains or bool((activity.result.trained or 0) + (activity.result.refreshers or 0))


def as_saving(activity: ActivityView) -> NewIntervention:
    """Return a held activity as the saving that is recorded from it: a talk is one, Friends are those trained.

    :raises RuleViolation: nothing of it can be in a figure of savings.
    """
    if not is_carried(activity):
        raise RuleViolation("Nothing of this activity can be in a figure of savings.", field="saving")
    assert activity.result is not None  # it is carried
    wards = activity.plan.ward_codes
    new = NewIntervention(
        type=TYPES[activity.plan.kind],
        on_date=activity.plan.last_day,
        ward_code=wards[0] if len(wards) == 1 else None,
        note=f"From {activity.reference}.",
    )
    if activity.plan.kind is ActivityKind.TALK:
        return new
    return replace(new, units=activity.result.trained or 0, refreshers=activity.result.refreshers or 0)


def unlinked_savings(session: Session, activity: ActivityView) -> Sequence[Intervention]:
    """Return the savings of an activity's kind and day that count and came from no activity: perhaps from this one."""
    kind = TYPES.get(activity.plan.kind)
    if kind is None:
        return ()
    of_day = (*COUNTED, Intervention.type == kind, Intervention.on_date == activity.plan.last_day)
    found = session.scalars(select(Intervention).where(*of_day).order_by(Intervention.id)).all()
    linked = behind_savings(session, [row.reference for row in found])
    return [row for row in found if row.reference not in linked]


def require_not_carried(session: Session, new: NewIntervention) -> None:
    """Refuse a record of Friends by itself where a session of that day with the same numbers has its saving already.

    :raises RuleViolation: naming the saving and the session.
    """
    if new.type is not InterventionType.FRIENDS_AGAINST_SCAMS:
        return
    same = (Intervention.units == new.units, Intervention.refreshers == new.refreshers)
    of_day = (*COUNTED, Intervention.type == new.type, Intervention.on_date == new.on_date, *same)
    found = session.scalars(select(Intervention.reference).where(*of_day)).all()
    for reference, source in behind_savings(session, found).items():
        raise RuleViolation(
            f"{reference} counts these people already: it comes from the session {source.reference}. Write another "
            "session down by itself, and record its saving there.",
            field="units",
        )


def require_source(session: Session, reference: str, corrected: NewIntervention) -> None:
    """Refuse a correction by which a saving would no longer say what the activity says that it came from.

    :raises RuleViolation: naming the activity, where the numbers are put right.
    """
    source = behind_savings(session, [reference]).get(reference)
    if source is None:
        return
    told = as_saving(source)
    for name in ("type", "on_date", "units", "refreshers"):
        if getattr(corrected, name) != getattr(told, name):
            raise RuleViolation(
                f"This comes from {source.reference}, {source.plan.title}. Correct it there, and this follows.",
                field=name,
            )
