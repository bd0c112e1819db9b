"""What was recorded and does not count, and why: of one record, and of a period."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.keysets import PAGE, Order, Page, every, read_page
from tsalert.savings import queries
from tsalert.savings.counting.household_counts import assess_households
from tsalert.savings.counting.uncounted import Reason, own_reasons
from tsalert.savings.figures.scopes import COUNTED, in_period
from tsalert.savings.models import Intervention
from tsalert.savings.queries import Version
from tsalert.savings.rules import WHOLE, Beneficiary, InterventionType

_BATCH = 500


class NotCounted(Struct, frozen=True):
    """A record of which something does not count, with every reason."""

    version: Version
    reasons: tuple[Reason, ...]


class NotCountedPage(Struct, frozen=True):
    """Some of a period's records of which something does not count.

    :param without_household: the period's records of call blockers that name no household, so that none could be held
        against others.
    :param next: the ``after`` of the page that follows, if one does.
    """

    period: Period
    items: Sequence[NotCounted]
    without_household: int
    next: str | None


def list_not_counted(session: Session, period: Period, *, after: str | None = None, size: int = PAGE) -> NotCountedPage:
    """Return a period's records of which something does not count, by date.

    :raises RuleViolation: ``after`` is no place of this list.
    """
    page = _page_of(session, period, after, size)
    return NotCountedPage(period, page.items, _without_household(session, period), page.next)


def all_not_counted(session: Session, period: Period) -> Iterator[NotCounted]:
    """Return every such record of a period, some at a time."""
    return every(lambda after: _page_of(session, period, after, _BATCH))


def _page_of(session: Session, period: Period, after: str | None, size: int) -> Page[NotCounted]:
    oldest_first = Order(Intervention.id, (Intervention.on_date,), is_rising=True)
    page = read_page(session, _uncounted(period), oldest_first, after=after, size=size)
    return page.all_told_by(lambda rows: _explained(session, queries.with_partners(session, rows)))


def reasons_of(session: Session, version: Version) -> tuple[Reason, ...]:
    """Return why some of a version that stands does not count; nothing where all of it does."""
    return _explained(session, [version])[0].reasons if version.is_current and not version.is_withdrawn else ()


def _explained(session: Session, versions: Sequence[Version]) -> list[NotCounted]:
    keys = {each.content.household_key for each in versions if each.not_counted_reason is not None}
    by_household = assess_households(session, {key for key in keys if key})
    found = []
    for version in versions:
        assessed = by_household.get(version.content.household_key or "", {}).get(version.reference)
        shared = assessed.reasons if assessed else ()
        found.append(NotCounted(version, (*shared, *own_reasons(version.content))))
    return found


def _uncounted(period: Period) -> Select[Intervention]:
    money = Intervention.prevented + Intervention.recovered + Intervention.future
    any_reason = or_(
        Intervention.not_counted_reason.is_not(None),
        Intervention.refreshers > 0,
        Intervention.share != WHOLE,
        Intervention.memo > Decimal(0),
        and_(Intervention.beneficiary == Beneficiary.BANK, money > 0),
    )
    return select(Intervention).where(*COUNTED, in_period(period), any_reason)


def _without_household(session: Session, period: Period) -> int:
    unknown = (Intervention.type == InterventionType.CALL_BLOCKER, Intervention.household_key.is_(None))
    query = select(func.count()).select_from(Intervention).where(*COUNTED, in_period(period), *unknown)
    return session.scalar(query) or 0
