"""Who would get an alert if it were approved now, and why everybody else would not: counted, and in words."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.alerts import editions, queries
from tsalert.alerts.audience.choosing import choice_of
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Kind, Urgency
from tsalert.core.errors import Conflict
from tsalert.delivery.recipients import count_taken
from tsalert.places.queries import ward_names
from tsalert.subscribers.accounting import OTHER_PARTNER, Fate, Group, Meant, account_for
from tsalert.subscribers.kinds import kind_names
from tsalert.subscribers.wording import CHANNELS

# In the order in which a page lists them: first those for whom an officer can do something.
FATE_WORDS = {
    Fate.DIGEST: "Get it with their next daily or weekly mail",
    Fate.OTHER_CHANNEL: "Reached by a channel that is not chosen",
    Fate.LEFT_OUT: "Left out by name",
    Fate.WARD_LEFT_OUT: "Live in a ward that is left out",
    Fate.OTHER_KIND: "Not partners of the kinds chosen",
    Fate.OTHER_WARD: "Hear of other wards",
    Fate.OTHER_TOPIC: "Asked for other topics",
    Fate.PAUSED: "Pause their alerts",
    Fate.UNCONFIRMED: "Have not confirmed their address",
    Fate.BROKEN: "Messages to them came back",
    Fate.STOPPED: "Asked us to stop",
    Fate.ENDED: "Get nothing at this address any more",
}
_Alike = TypeVar("_Alike", bound=Hashable)


class Counted(Struct, frozen=True):
    """How many addresses are alike in something."""

    label: str
    count: int


class Account(Struct, frozen=True):
    """Every address of the list, counted once: ``gets``, by channel, ward and kind, and those left out by reason."""

    gets: int
    channels: list[Counted]
    wards: list[Counted]
    kinds: list[Counted]
    left_out: list[Counted]


def account_of(session: Session, alert: Alert) -> Account:
    """Count who would get an alert if it were approved now, and who would not, and why.

    What continues an alert is for those who got that: of them, those are left out who cannot be reached any more.

    :raises Conflict: it has been sent.
    """
    if alert.published_at is not None:
        raise Conflict("This alert has been sent: its page says who got it.", legal=["read it again"])
    if alert.in_reply_to is not None:
        return _account_of_follow_up(session, alert, alert.in_reply_to)
    is_urgent = alert.urgency == Urgency.URGENT
    meant = Meant(alert.wards, alert.topic, alert.channels, is_urgent, choice_of(alert))
    groups = account_for(session, meant)
    got = [group for group in groups if group.fate is Fate.GETS]
    wards, kinds = ward_names(session), kind_names(session)
    left_out = _count(groups, lambda group: group.fate)
    return Account(
        gets=sum(group.count for group in got),
        channels=_channels(alert, _count(got, lambda group: group.channel)),
        wards=_most_first(got, lambda group: wards.get(group.ward or "", group.ward or "Ward not known")),
        kinds=_most_first(got, lambda group: _kind(group, kinds)),
        left_out=[Counted(words, left_out[fate]) for fate, words in FATE_WORDS.items() if left_out[fate]],
    )


def _account_of_follow_up(session: Session, alert: Alert, original_id: int) -> Account:
    reach = queries.reach(session, alert)
    gets, mailings = sum(reach.values()), editions.all_mailings_of(session, original_id)
    told = count_taken(session, mailings, has_left=alert.kind == Kind.ALL_CLEAR)
    left_out = (
        Counted("Got the alert before, and cannot be reached any more", told - gets),
        Counted("Have not got the alert yet, and will not", count_taken(session, mailings) - told),
    )
    return Account(gets, _channels(alert, reach), [], [], [each for each in left_out if each.count > 0])


def _channels(alert: Alert, counts: Mapping[str, int]) -> list[Counted]:
    return [Counted(words, counts.get(name, 0)) for name, words in CHANNELS.items() if name in alert.channels]


def _kind(group: Group, kinds: dict[int, str]) -> str:
    if group.kind is None:
        return "Residents"
    return "Partners of no kind" if group.kind == OTHER_PARTNER else f"Partners: {kinds.get(group.kind, 'of a kind')}"


def _count(groups: Iterable[Group], by: Callable[[Group], _Alike]) -> Counter[_Alike]:
    counts: Counter[_Alike] = Counter()
    for group in groups:
        counts[by(group)] += group.count
    return counts


def _most_first(groups: Iterable[Group], by: Callable[[Group], str]) -> list[Counted]:
    counts = _count(groups, by)
    return sorted((Counted(label, n) for label, n in counts.items()), key=lambda each: (-each.count, each.label))
