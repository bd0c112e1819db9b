"""Writing down what became of claimed deliveries, in one batch; the many that were accepted in one statement."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Text,
    Update,
    any_,
    bindparam,
    cast,
    column,
    func,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from tsalert.db import UTCDateTime
from tsalert.delivery.counting import Place, count_moves
from tsalert.delivery.endpoints import suppress
from tsalert.delivery.models import Delivery
from tsalert.delivery.receipts import raise_reported
from tsalert.delivery.retries import Outcome
from tsalert.delivery.rules import Channel, Status, SuppressionReason

_delivery = Delivery.__table__.c
_owner = bindparam("by_owner", type_=Text())
# Deliveries are found by their numbers, and whose they are is looked at then. The index of claims would serve as well,
# and PostgreSQL would take it; but until somebody tidies up it holds all that this owner ever claimed, to be passed
# again for each batch. So the conditions that it serves are hidden in functions.
_IS_MINE = (func.coalesce(_delivery.claimed_by, "") == _owner) & (func.coalesce(_delivery.status, "") == "claimed")
_RECORD_ONE = (
    update(Delivery)
    .where(_delivery.id == bindparam("number"), _IS_MINE)
    .values(
        status=bindparam("to_status"),
        attempts=_delivery.attempts + bindparam("tries"),
        doubts=bindparam("in_doubt"),
        error=bindparam("because"),
        settled_at=bindparam("at"),
        due_at=func.coalesce(bindparam("again_at", type_=UTCDateTime()), _delivery.due_at),
    )
    .returning(_delivery.mailing_id, _delivery.endpoint_id)
)


def record_outcomes(
    session: Session, channel: Channel, owner: str, outcomes: Mapping[int, Outcome], *, now: datetime
) -> None:
    """Write down what became of an owner's deliveries; those that are not its own any more stay as they are."""
    count_moves(session, write_outcomes(session, channel, owner, outcomes, now=now), now)


def write_outcomes(
    session: Session, channel: Channel, owner: str, outcomes: Mapping[int, Outcome], *, now: datetime
) -> Counter[Place]:
    """Write the same down, and return what is still to be added to the counters in this transaction."""
    batch = _Batch(session, channel, owner, now)
    accepted = {number: each.reference for number, each in outcomes.items() if each.status is Status.ACCEPTED}
    if accepted:
        batch.accept(accepted)
    for number, each in outcomes.items():
        if each.status is not Status.ACCEPTED:
            batch.settle(number, each)
    if accepted and channel is not Channel.EMAIL:
        # A receipt may have come before the reference it speaks of was stored. Whoever writes receipts changes the
        # counters last, too, so that neither waits for the other.
        batch.changes.update(raise_reported(session, [ref for ref in accepted.values() if ref], now=now))
    return batch.changes


class _Batch(Struct, frozen=True):
    """One owner's results on their way into the database, and what they change in the counters."""

    session: Session
    channel: Channel
    owner: str
    now: datetime
    changes: Counter[Place] = field(default_factory=Counter)

    def accept(self, references: Mapping[int, str | None]) -> None:
        """Record the accepted ones in one statement."""
        connection = self.session.connection()
        statement, values = _accepting(connection.dialect.name, references)
        done = connection.execute(statement, values | {"by_owner": self.owner, "at": self.now}).scalars().all()
        for mailing_id, count in Counter(done).items():
            self._count(mailing_id, Status.ACCEPTED, count)

    def settle(self, number: int, result: Outcome) -> None:
        """Record one that was not accepted."""
        is_over = result.status is not Status.PENDING
        values: dict[str, Any] = {
            "number": number,
            "by_owner": self.owner,
            "to_status": result.status.value,
            "tries": int(result.status is not Status.SUPPRESSED),
            "in_doubt": result.doubts,
            "because": result.error,
            "at": self.now if is_over else None,
            "again_at": result.due_at,
        }
        for mailing_id, endpoint_id in self.session.connection().execute(_RECORD_ONE, values).all():
            if is_over:
                self._count(mailing_id, result.status, 1)
            # A wish counts at once. Whether an address is dead is for the list to decide (hygiene/refusals.py): a
            # server that suddenly knows nobody must not end everybody.
            if result.suppress is SuppressionReason.OPTED_OUT:
                suppress(self.session, endpoint_id, result.suppress, self.now)

    def _count(self, mailing_id: int, status: Status, count: int) -> None:
        self.changes[mailing_id, self.channel, Status.PENDING] -= count
        self.changes[mailing_id, self.channel, status] += count


def _accepting(dialect: str, references: Mapping[int, str | None]) -> tuple[Update, dict[str, Any]]:
    """Return the statement for all that were accepted, and what it is told of them.

    Neither database may come to look at every reference for every claimed row: that takes a hundred times as long.
    """
    if dialect == "postgresql":
        return _ACCEPT_BY_NUMBER, {
            "numbers": ",".join(map(str, references)),
            "references": {str(n): ref for n, ref in references.items()},
        }
    return _ACCEPT_BY_PAIR, {"pairs": [list(pair) for pair in references.items()]}


def _accept(reference: ColumnElement[Any], is_named: ColumnElement[bool]) -> Update:
    return (
        update(Delivery)
        .where(is_named, _IS_MINE)
        .values(
            status=Status.ACCEPTED.value,
            provider_ref=reference,
            sent_at=bindparam("at"),
            attempts=_delivery.attempts + 1,
        )
        .returning(_delivery.mailing_id)
    )


# As one text: the driver would write a list number by number.
NUMBERS = cast(func.string_to_array(bindparam("numbers", type_=Text()), ","), ARRAY(BigInteger))
_references = bindparam("references", type_=JSONB)
_ACCEPT_BY_NUMBER = _accept(_references[cast(_delivery.id, Text)].astext, _delivery.id == any_(NUMBERS))
_pair = func.json_each(bindparam("pairs", type_=JSON)).table_valued(column("value", JSON), name="pair").c.value
_ACCEPT_BY_PAIR = _accept(_pair[1].as_string(), _delivery.id == cast(_pair[0].as_string(), BigInteger))
