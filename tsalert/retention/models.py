"""Rules of keeping, legal holds, runs with what each was to do and who approved it, and what was erased."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId

_IN_FORCE = text("lifted_at IS NULL")
_TO_DO = text("state = 'due'")


class KeepingRule(Base):
    """How long records of one kind are kept, from a day on; the newest approved version in force is what holds."""

    __tablename__ = "retention_rule"
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        CheckConstraint("months > 0", name="months_above_nought"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_with_time"),
        CheckConstraint("approved_by <> written_by", name="approved_by_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    months: Mapped[int]
    effective_from: Mapped[date]
    reason: Mapped[str]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    written_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    approved_at: Mapped[datetime | None]


class LegalHold(Base):
    """That a record must be kept whatever its age, with all that hangs together with it; lifted, never deleted."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("subject IN ('call', 'incident', 'case', 'party')", name="of_a_record"),
        CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name="lifted_with_reason"),
        Index(
            "uq_legal_hold_in_force", "subject", "subject_id", unique=True, sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    subject_id: Mapped[int]
    reason: Mapped[str]
    placed_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    placed_at: Mapped[datetime]
    review_on: Mapped[date]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str | None]


class ErasureRun(Base):
    """One list of what was due, and what became of it.

    ``digest`` seals the list that is approved. ``tally`` adds up what was done, batch by batch; ``certificate`` says it
    once the run is done, and ``certificate_digest`` is its SHA-256.
    """

    __tablename__ = "retention_run"
    __table_args__ = (
        CheckConstraint("state IN ('listed', 'running', 'done', 'discarded')", name="state_known"),
        CheckConstraint("(state = 'done') = (certificate IS NOT NULL)", name="done_with_certificate"),
        CheckConstraint("(certificate IS NULL) = (certificate_digest IS NULL)", name="certificate_with_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    as_of: Mapped[datetime]
    digest: Mapped[str]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[datetime]
    started_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    started_at: Mapped[datetime | None]
    tally: Mapped[dict[str, Any]] = mapped_column(JSON)
    ended_at: Mapped[datetime | None]
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    certificate_digest: Mapped[str | None]


class ErasureItem(Base):
    """One record of a run's list: due, held back by ``hold_id``, erased, or left alone in the end and why."""

    __tablename__ = "retention_item"
    __table_args__ = (
        UniqueConstraint("run_id", "subject", "subject_id"),
        CheckConstraint("state IN ('due', 'held', 'erased', 'kept')", name="state_known"),
        Index("ix_retention_item_to_do", "run_id", "id", sqlite_where=_TO_DO, postgresql_where=_TO_DO),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("retention_run.id"))
    subject: Mapped[str]
    subject_id: Mapped[int]
    reference: Mapped[str]
    rule: Mapped[str]
    due_on: Mapped[date]
    state: Mapped[str]
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("legal_hold.id"))
    why: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class ErasureApproval(Base):
    """That somebody approved a run's list, sealed by its digest; never changed."""

    __tablename__ = "retention_approval"

    run_id: Mapped[int] = mapped_column(ForeignKey("retention_run.id"), primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True, autoincrement=False)
    is_protection_officer: Mapped[bool]
    digest: Mapped[str]
    approved_at: Mapped[datetime]


class ErasedRecord(Base):
    """That a record names nobody any more, since when and by which run; never changed."""

    __tablename__ = "erased_record"

    subject: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[int] = mapped_column(
        ForeignKey("retention_run.id"), primary_key=True, autoincrement=False, index=True
    )
    erased_at: Mapped[datetime]


class ErasureUnderWay(Base):
    """A single row that lives inside an erasing transaction alone; what guards history lets persons go while it stands.

    Its second column points at a row that cannot exist, which the database looks at when the transaction ends: one that
    was not deleted by then undoes everything.
    """

    __tablename__ = "erasure_under_way"
    __table_args__ = (
        CheckConstraint("id = 1", name="single_row"),
        CheckConstraint("never = 2", name="never_to_stay"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    never: Mapped[int] = mapped_column(ForeignKey("erasure_under_way.id", deferrable=True, initially="DEFERRED"))
    run_id: Mapped[int] = mapped_column(ForeignKey("retention_run.id"))


class AccessRequest(Base):
    """What somebody asked of us to see that is held on them, when it is due, and what became of it."""

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint("party_id IS NULL OR subscriber_id IS NULL", name="of_one_person"),
        CheckConstraint("(answered_at IS NULL) = (decision IS NULL)", name="answered_with_decision"),
        CheckConstraint("(extended_on IS NULL) = (extension_reason IS NULL)", name="extended_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    contact: Mapped[str | None]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    received_on: Mapped[date]
    due_on: Mapped[date]
    identity_checked_on: Mapped[date | None]
    extended_on: Mapped[date | None]
    extension_reason: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    decision_reason: Mapped[str | None]
    release_digest: Mapped[str | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    answered_at: Mapped[datetime | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class AccessReview(Base):
    """What was decided on one particular that may be somebody else's: given, or withheld for a reason."""

    __tablename__ = "access_review"
    __table_args__ = (CheckConstraint("NOT is_withheld OR reason IS NOT NULL", name="withheld_with_reason"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("access_request.id"), primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(primary_key=True)
    is_withheld: Mapped[bool]
    reason: Mapped[str | None]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    reviewed_at: Mapped[datetime]
