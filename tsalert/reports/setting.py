"""Setting what a board decides of an indicator, from a period on; earlier periods keep what held in them."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import quarter_of
from tsalert.db import transaction
from tsalert.reports.indicators import Indicator, get_indicator
from tsalert.reports.models import IndicatorVersion
from tsalert.reports.rag import Rating, check_rating
from tsalert.reports.vocabulary import Audience


class NewVersion(Struct, frozen=True):
    """What an indicator is from a day on; no day means from the quarter that runs."""

    label: str
    definition: str
    rating: Rating
    audience: Audience
    reason: str
    holds_from: date | None = None


def set_indicator(name: str, new: NewVersion, *, actor: Actor, now: datetime) -> int:
    """Give an indicator a further version, for periods that end on its day or later; returns its id.

    :raises NotFound: there is no such indicator.
    :raises RuleViolation: its rule could rate nothing, it begins in a quarter that is over, or it changes nothing.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    holds_from = first_day_of(new.holds_from, now=now)
    with transaction() as session:
        before = get_indicator(session, name, holds_from)
        check_rating(new.rating, before.measure.unit)
        _refuse_what_changes_nothing(before, new)
        row = _add(session, name, new, holds_from, actor=actor, now=now)
        audit.record(session, actor, "set", "indicator", row.id, now=now, **_told(before, new, holds_from))
        return row.id


def first_day_of(holds_from: date | None, *, now: datetime) -> date:
    """Return the day from which a version holds.

    :raises RuleViolation: it lies in a quarter that is over, whose figures were read by what held then.
    """
    earliest = quarter_of(london_date(now)).first_day
    if holds_from is not None and holds_from < earliest:
        raise RuleViolation("A quarter that is over keeps what applied in it. Give a later day.", field="holds_from")
    return holds_from or earliest


def _refuse_what_changes_nothing(before: Indicator, new: NewVersion) -> None:
    held = (before.label, before.definition, before.rating, before.audience)
    if held == (new.label, new.definition, new.rating, new.audience):
        raise RuleViolation("That is already in force then.")


def _add(
    session: Session, name: str, new: NewVersion, holds_from: date, *, actor: Actor, now: datetime
) -> IndicatorVersion:
    row = IndicatorVersion(
        name=name,
        label=new.label,
        definition=new.definition,
        polarity=new.rating.polarity,
        rule=new.rating.rule,
        target=new.rating.target,
        tolerance=new.rating.tolerance,
        audience=new.audience,
        holds_from=holds_from,
        reason=new.reason,
        set_by=actor.officer_id,
        set_at=as_utc(now),
    )
    session.add(row)
    session.flush()
    return row


def _told(before: Indicator, new: NewVersion, holds_from: date) -> dict[str, Detail]:
    return {
        "name": before.name,
        "holds_from": str(holds_from),
        "rule": new.rating.rule.value,
        "rule_before": before.rating.rule.value,
        "target": _plain(new.rating.target),
        "target_before": _plain(before.rating.target),
    }


def _plain(target: Decimal | None) -> str | None:
    return None if target is None else f"{target.normalize():f}"
