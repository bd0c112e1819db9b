"""Messages to other authorities, and handovers that they offer to us."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_WAITS, _OFFERED = text("state = 'waiting'"), text("state = 'offered'")


class OfferedPack(Base):
    """A handover that a linked authority offers to us, as it was signed.

    ``pack`` and ``signed`` are emptied once it is settled that we do not take it. ``too_late`` says what the giver
    answered where it no longer stood when our acceptance came.
    """

    __tablename__ = "offered_pack"
    __table_args__ = (
        UniqueConstraint("authority_id", "key"),
        CheckConstraint("(state = 'accepted') = (case_id IS NOT NULL)", name="accepted_with_case"),
        Index("ix_offered_pack_open", "answer_by", sqlite_where=_OFFERED, postgresql_where=_OFFERED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("linked_authority.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("linked_key.id"))
    key: Mapped[str]
    digest: Mapped[str]
    reference: Mapped[str]
    pack: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    signed: Mapped[str | None]
    offered_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    received_at: Mapped[datetime]
    brought_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    state: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    reason: Mapped[str | None]
    too_late: Mapped[str | None]


class ExchangeMessage(Base):
    """A message to a linked authority; while it is tried, ``due_at`` is when the next worker may try instead.

    Of an offer, ``answer_key`` is the number of the answer that was taken.
    """

    __tablename__ = "exchange_message"
    __table_args__ = (
        UniqueConstraint("handover_id", "kind"),
        UniqueConstraint("pack_id", "kind"),
        CheckConstraint("(handover_id IS NULL) <> (pack_id IS NULL)", name="of_one_thing"),
        CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state_known"),
        Index("ix_exchange_message_due", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("linked_authority.id"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"))
    pack_id: Mapped[int | None] = mapped_column(ForeignKey("offered_pack.id"))
    kind: Mapped[str]
    payload: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    state: Mapped[str]
    tries: Mapped[int]
    due_at: Mapped[datetime]
    status: Mapped[int | None]
    fault: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    answer_key: Mapped[str | None]
