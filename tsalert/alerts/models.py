"""Alerts, who wrote them, and the reviews of those that were sent alone."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tsalert.db import Base, ExactDecimal

_SENT_ALONE = text("override_reason IS NOT NULL")
_FIRST = text("round = 0")


class Alert(Base):
    """One warning to residents; what was approved and sent is also kept, as it went out, in its editions' mailings.

    ``status`` goes as far as approved; what comes after is told by the mailings. ``wards`` and ``channels``
    are lists; no wards means the whole area. ``partner_kinds``, ``but_wards``, ``named`` and ``left_out`` (both of
    subscribers) say for whom it is beside that. ``remark`` is what was said at the last return or rejection,
    ``withdrawn_because`` what everybody may read. Once it is sent, only holding it, letting it go on and
    withdrawing it move ``changed_at``.
    """

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'pending_approval', 'returned', 'rejected', 'approved')", name="status_known"
        ),
        CheckConstraint("(kind = 'alert') = (in_reply_to IS NULL)", name="reply_with_original"),
        CheckConstraint("(status = 'approved') = (approved_by IS NOT NULL)", name="approved_by_somebody"),
        CheckConstraint("(approved_by IS NULL) = (approved_digest IS NULL)", name="approved_with_digest"),
        CheckConstraint("published_at IS NULL OR status = 'approved'", name="published_when_approved"),
        CheckConstraint("override_reason IS NULL OR approved_by IS NOT NULL", name="override_when_approved"),
        Index("ix_alert_status", "status"),
        Index("ix_alert_published_at", "published_at"),
        Index("ix_alert_sent_alone", "approved_at", postgresql_where=_SENT_ALONE, sqlite_where=_SENT_ALONE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    in_reply_to: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    urgency: Mapped[str]
    topic: Mapped[str]
    wards: Mapped[list[str]] = mapped_column(JSON)
    channels: Mapped[list[str]] = mapped_column(JSON)
    headline: Mapped[str]
    body_markdown: Mapped[str]
    advice: Mapped[str]
    sms_text: Mapped[str]
    voice_text: Mapped[str] = mapped_column(server_default="")
    expires_at: Mapped[datetime]
    status: Mapped[str]
    remark: Mapped[str | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    approved_at: Mapped[datetime | None]
    approved_digest: Mapped[str | None]
    override_reason: Mapped[str | None]
    published_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    partner_kinds: Mapped[list[int]] = mapped_column(JSON, server_default="[]")
    but_wards: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    named: Mapped[list[int]] = mapped_column(JSON, server_default="[]")
    left_out: Mapped[list[int]] = mapped_column(JSON, server_default="[]")

    original: Mapped["Alert | None"] = relationship(remote_side="Alert.id", viewonly=True)


class AlertEdition(Base):
    """One form in which an alert went out, and the mailing that holds its words; written once.

    Round 0 is the alert as it was approved; later ones are for those whom it had not reached (``AlertResend``).
    """

    __tablename__ = "alert_edition"
    __table_args__ = (
        CheckConstraint("edition IN ('partner', 'large_print', 'ordinary')", name="edition_known"),
        Index(
            "uq_alert_edition_first",
            "alert_id",
            "edition",
            unique=True,
            sqlite_where=_FIRST,
            postgresql_where=_FIRST,
        ),
    )

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), primary_key=True, autoincrement=False)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    edition: Mapped[str]
    round: Mapped[int] = mapped_column(server_default="0")


class AlertResend(Base):
    """That an alert was sent again, to whom and which way: at the same address, or at another of the same person."""

    __tablename__ = "alert_resend"
    __table_args__ = (
        CheckConstraint("way IN ('same', 'other')", name="way_known"),
        CheckConstraint("round > 0", name="after_the_first"),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    way: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    size: Mapped[int]
    asked_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    asked_at: Mapped[datetime]


class AlertPrice(Base):
    """What one message of a round cost on a channel when it was sent: its units, each at so many pence before tax."""

    __tablename__ = "alert_price"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]
    unit: Mapped[str]
    pence_each: Mapped[Decimal] = mapped_column(ExactDecimal)


class AlertWardCount(Base):
    """How many of an alert's messages to a ward stood at one status when they were last counted.

    ``ward`` is empty where the reader's is not known. The counts stay when readers leave, move or are erased.
    """

    __tablename__ = "alert_ward_count"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    counted_at: Mapped[datetime]


class AlertCall(Base):
    """A call that quotes an alert: its words name it, or an officer says so (``linked_by``).

    One that does not, as an officer says (``unlinked_by``), is kept, lest its words bring it back.
    """

    __tablename__ = "alert_call"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True, autoincrement=False, index=True)
    linked_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    unlinked_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    noted_at: Mapped[datetime]


class AlertAnswer(Base):
    """Why something that may point to a person stays in an alert; ``mark`` is a digest and not the thing itself."""

    __tablename__ = "alert_answer"
    __table_args__ = (CheckConstraint("why IN ('public', 'nobody', 'needed')", name="why_known"),)

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    answered_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    answered_at: Mapped[datetime]


class AlertWriter(Base):
    """An officer who wrote some of an alert, and so may not approve it."""

    __tablename__ = "alert_writer"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True)


class AlertReview(Base):
    """A manager's look, the next day, at an alert that one officer sent alone."""

    __tablename__ = "alert_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), unique=True)
    reviewed_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    reviewed_at: Mapped[datetime]
    verdict: Mapped[str]
    note: Mapped[str]
