"""Facts about this database as a whole."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class InstallationFact(Base):
    """One fact, set once: that this is a demonstration, or what its address key must hash to."""

    __tablename__ = "installation_fact"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class SignOfLife(Base):
    """When something that runs by itself was last heard of, or last wrote to somebody."""

    __tablename__ = "sign_of_life"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class WorkerSeen(Base):
    """One worker process: where and since when it runs, when it was last heard of, and how right its clock was then.

    ``clock_ahead_seconds`` is how far its machine's clock is ahead of the database's, less than nothing where behind.
    """

    __tablename__ = "worker_seen"

    name: Mapped[str] = mapped_column(primary_key=True)
    machine: Mapped[str]
    process: Mapped[int]
    version: Mapped[str]
    is_leading: Mapped[bool]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    clock_ahead_seconds: Mapped[int] = mapped_column(server_default=text("0"))


class JobRun(Base):
    """One entry of the timetable: how its last run went, and how many there were.

    ``fault`` is the kind of error of the last run, if it failed; ``failed_since`` the first failure since the last
    success. ``running_since`` is set while it runs for longer than it takes to write this.
    """

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    every_seconds: Mapped[int]
    started_at: Mapped[datetime | None]
    seconds: Mapped[float | None]
    fault: Mapped[str | None]
    failed_since: Mapped[datetime | None]
    running_since: Mapped[datetime | None]
    runs: Mapped[int] = mapped_column(BigId)
    failures: Mapped[int] = mapped_column(BigId)
