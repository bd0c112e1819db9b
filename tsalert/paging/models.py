"""Policies, runs of pages, every attempt to reach somebody, codes, and who is watched over on scene."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId

_OPEN = text("ended_at IS NULL")
_IN_USE = text("retired_at IS NULL")


class PagingPolicy(Base):
    """One version of the policy, in force from its date until the next; never changed, never deleted."""

    __tablename__ = "paging_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    effective_from: Mapped[datetime] = mapped_column(index=True)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    repeat_after_seconds: Mapped[int]
    repage_after_seconds: Mapped[int]
    welfare_after_seconds: Mapped[int]
    welfare_answer_seconds: Mapped[int]
    welfare_misses: Mapped[int]
    welfare_chain: Mapped[list[str]] = mapped_column(JSON, server_default='["manager", "backup", "manager"]')
    down_after_seconds: Mapped[int]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[datetime]


class PageRun(Base):
    """The pages for one incident, from its grade until somebody sets out or nobody needs to.

    ``next_due_at`` is when something is to be done next. ``touched_at`` is when something was done last: a clock that
    shows less has been put back. While ``acknowledged_at`` is set, nobody is paged.
    """

    __tablename__ = "page_run"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_by_somebody"),
        Index("uq_page_run_open", "incident_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_page_run_due", "next_due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_page_run_incident_id", "incident_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("paging_policy.id"))
    reference: Mapped[str]
    grade: Mapped[str]
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    round: Mapped[int]
    anchor_at: Mapped[datetime]
    ahead_seconds: Mapped[float]
    next_step: Mapped[int]
    next_due_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    acknowledged_at: Mapped[datetime | None]
    unreachable_at: Mapped[datetime | None]
    unanswered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class PageAttempt(Base):
    """One attempt to reach one officer one way; ``slot`` names its place, so that nobody makes it twice."""

    __tablename__ = "page_attempt"
    __table_args__ = (
        UniqueConstraint("delivery_id", name="uq_page_attempt_delivery_id"),
        UniqueConstraint("slot", "officer_id", "channel", name="uq_page_attempt_slot"),
        Index("ix_page_attempt_incident_id", "incident_id", "made_at"),
        Index(
            "ix_page_attempt_unsettled",
            "id",
            sqlite_where=text("is_settled = 0"),
            postgresql_where=text("NOT is_settled"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("page_run.id"))
    watch_id: Mapped[int | None] = mapped_column(ForeignKey("welfare_watch.id"))
    purpose: Mapped[str]
    slot: Mapped[str]
    round: Mapped[int | None]
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    duty: Mapped[str | None]
    channel: Mapped[str]
    made_at: Mapped[datetime]
    delivery_id: Mapped[int] = mapped_column(BigId, ForeignKey("delivery.id"))
    answered_at: Mapped[datetime | None]
    pressed: Mapped[str | None]
    answer: Mapped[str | None]
    is_settled: Mapped[bool]
    trouble_at: Mapped[datetime | None]


class PageEvent(Base):
    """Something that happened and was no attempt; append-only."""

    __tablename__ = "page_event"
    __table_args__ = (Index("ix_page_event_incident_id", "incident_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("page_run.id"))
    round: Mapped[int | None]
    what: Mapped[str]
    at: Mapped[datetime]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    duty: Mapped[str | None]
    note: Mapped[str | None]


class PageCode(Base):
    """The code by which one officer's texts name one incident; fresh with each run, good until it is retired."""

    __tablename__ = "page_code"
    __table_args__ = (
        Index("uq_page_code_in_use", "officer_id", "code", unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE),
        Index(
            "uq_page_code_incident",
            "incident_id",
            "officer_id",
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    reference: Mapped[str]
    code: Mapped[str]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class WrongCode(Base):
    """A text with a code that was none, so that guessing does not pay."""

    __tablename__ = "wrong_page_code"
    __table_args__ = (Index("ix_wrong_page_code_officer", "officer_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime]


class WelfareWatch(Base):
    """An officer alone on scene: when we last had a sign of them, and how many checks they missed since."""

    __tablename__ = "welfare_watch"
    __table_args__ = (
        Index(
            "uq_welfare_watch_open",
            "incident_id",
            "officer_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_welfare_watch_due", "next_due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("paging_policy.id"))
    reference: Mapped[str]
    began_at: Mapped[datetime]
    sign_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    checks: Mapped[int]
    misses: Mapped[int]
    alarm_taken_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    unanswered_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Outage(Base):
    """A time in which a provider did not take our pages."""

    __tablename__ = "provider_outage"
    __table_args__ = (
        Index("uq_provider_outage_open", "channel", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    began_at: Mapped[datetime]
    reason: Mapped[str]
    ended_at: Mapped[datetime | None]


def of_run(
    rows: type[PageAttempt] | type[PageEvent], run: PageRun | type[PageRun]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that rows are of a run: among those of its incident, which an index finds."""
    return rows.incident_id == run.incident_id, rows.run_id == run.id
