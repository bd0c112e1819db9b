"""What an activity may say while it is planned and once it was held, and what may be done with it. Pure."""

from datetime import date, timedelta

from msgspec import Struct

from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, State
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.words import counted

# No record of such work is older, and nobody plans further ahead; what lies outside is a slip of the keyboard.
EARLIEST_DAY = date(2000, 1, 1)
FARTHEST_AHEAD = timedelta(days=3 * 366)
MOST_PRESENT, MOST_TRAINED, MOST_LEAFLETS, MOST_REACHED = 100_000, 10_000, 1_000_000, 20_000_000
MOST_OFFICERS = 30
_NUMBERS = {
    "present": ("people present", MOST_PRESENT),
    "trained": ("people trained", MOST_TRAINED),
    "refreshers": ("people trained again", MOST_TRAINED),
    "champions": ("SCAMchampions", MOST_TRAINED),
    "leaflets": ("leaflets", MOST_LEAFLETS),
}


class Plan(Struct, frozen=True, kw_only=True):
    """What is known of an activity before it takes place.

    :param last_day: the first day too where it lasts one day.
    :param ward_codes: none where it is for everybody in the area.
    :param given_by: who gave it, where that was not, or not only, an officer of ours.
    """

    kind: ActivityKind
    title: str
    first_day: date
    last_day: date
    ward_codes: tuple[str, ...] = ()
    officer_ids: tuple[int, ...] = ()
    channels: tuple[Channel, ...] = ()
    place: str | None = None
    audience: Audience | None = None
    host: str | None = None
    topic: str | None = None
    given_by: str | None = None
    partners: str | None = None
    materials: str | None = None
    note: str | None = None


class Reach(Struct, frozen=True):
    """How many people a channel reached, and how that was estimated."""

    channel: Channel
    people: int
    how: str


class Result(Struct, frozen=True, kw_only=True):
    """What came of an activity that was held; None where its kind has no such number.

    :param trained: for the first time; those who were trained before are ``refreshers``.
    """

    present: int | None = None
    trained: int | None = None
    refreshers: int | None = None
    champions: int | None = None
    leaflets: int | None = None
    reach: tuple[Reach, ...] = ()
    outcome: str | None = None


def check_plan(plan: Plan, *, today: date) -> None:
    """Refuse what cannot take place, or does not belong to its kind.

    :raises RuleViolation: naming the field at fault.
    """
    _check_days(plan, today)
    shape = plan.kind.shape
    if plan.channels and not shape.has_channels:
        raise RuleViolation(f"{plan.kind.label}: it reaches people in the room, by no channels.", field="channels")
    if plan.kind is ActivityKind.TRAINING:
        _check_training(plan)
    if len(plan.officer_ids) > MOST_OFFICERS:
        raise RuleViolation(f"Name at most {MOST_OFFICERS} officers.", field="officer_ids")


def check_result(plan: Plan, result: Result, *, today: date) -> None:
    """Refuse numbers that cannot be, or do not belong to the kind.

    :raises RuleViolation: naming the field at fault.
    """
    if plan.last_day > today:
        raise RuleViolation("It is not over yet. Put the day right first, or wait until it is.", field="last_day")
    wanted = plan.kind.shape.numbers
    for name, (words, most) in _NUMBERS.items():
        number = getattr(result, name)
        if name in wanted and number is None:
            raise RuleViolation(f"Enter the number of {words}; 0 where there were none.", field=name)
        if name not in (*wanted, "leaflets") and number is not None:
            raise RuleViolation(f"{plan.kind.label}: no number of {words} belongs here.", field=name)
        if number is not None and not 0 <= number <= most:
            raise RuleViolation(f"Enter a number of {words} from 0 to {most:,}.", field=name)
    _check_sums(result)
    _check_reach(plan, result)


def require_state(state: State, wanted: State) -> None:
    """Refuse a step that its state does not allow.

    :raises Conflict: saying what may be done instead.
    """
    if state is not wanted:
        raise Conflict(f"This activity is {state.label.lower()}.", legal=_LEGAL[state])


_LEGAL = {
    State.PLANNED: ("change the plan", "say that it was held", "cancel it"),
    State.HELD: ("correct it",),
    State.CANCELLED: ("plan it anew",),
}


def _check_days(plan: Plan, today: date) -> None:
    if plan.first_day < EARLIEST_DAY:
        raise RuleViolation("The date is too long ago. Check the year.", field="first_day")
    if plan.first_day > today + FARTHEST_AHEAD:
        raise RuleViolation("The date is more than three years ahead. Check the year.", field="first_day")
    if plan.last_day < plan.first_day:
        raise RuleViolation("The last day cannot be before the first.", field="last_day")
    most = plan.kind.shape.most_days
    if (plan.last_day - plan.first_day).days >= most:
        raise RuleViolation(f"{plan.kind.label}: one lasts at most {most} days. Check the last day.", field="last_day")


def _check_training(plan: Plan) -> None:
    if plan.audience is None or not plan.audience.are_practitioners:
        raise RuleViolation("Say which practitioners are trained.", field="audience")
    if not plan.topic:
        raise RuleViolation("Say what the training is about.", field="topic")
    if not (plan.given_by or plan.officer_ids):
        raise RuleViolation(
            "Say who gives the training: an officer, or somebody else by name or body.", field="given_by"
        )


def _check_sums(result: Result) -> None:
    present, both = result.present or 0, (result.trained or 0) + (result.refreshers or 0)
    if both > present:
        raise RuleViolation(
            f"{counted(both, 'person', 'people')} cannot have been trained where "
            f"{counted(present, 'was', 'were')} present.",
            field="trained",
        )
    if (result.champions or 0) > both:
        raise RuleViolation("A SCAMchampion is one of those who were trained.", field="champions")


def _check_reach(plan: Plan, result: Result) -> None:
    known = [each.channel for each in result.reach]
    if len(set(known)) < len(known):
        raise RuleViolation("Give each channel once.", field="reach")
    for each in result.reach:
        if each.channel not in plan.channels:
            raise RuleViolation(f"{each.channel.label} is none of its channels.", field=f"reach_{each.channel}")
        if not 0 <= each.people <= MOST_REACHED:
            raise RuleViolation(f"Enter a number from 0 to {MOST_REACHED:,}.", field=f"reach_{each.channel}")
        if not each.how:
            raise RuleViolation("Say how this was estimated.", field=f"how_{each.channel}")
