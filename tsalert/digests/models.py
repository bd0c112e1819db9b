"""The digests that went out, their mailings, and the alerts in each."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class DigestRun(Base):
    """One morning's digest of one frequency; the row is what makes it go out once."""

    __tablename__ = "digest_run"
    __table_args__ = (
        UniqueConstraint("frequency", "day"),
        CheckConstraint("frequency IN ('daily', 'weekly')", name="frequency_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    frequency: Mapped[str]
    day: Mapped[date]
    ends_at: Mapped[datetime]
    made_at: Mapped[datetime]


class DigestMailing(Base):
    """One mailing of a digest: everybody who has the same alerts to hear of gets the same one."""

    __tablename__ = "digest_mailing"

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), primary_key=True, autoincrement=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("digest_run.id"), index=True)


class DigestItem(Base):
    """One alert in a mailing of a digest, as new or as withdrawn."""

    __tablename__ = "digest_item"
    __table_args__ = (CheckConstraint("tells IN ('new', 'withdrawn')", name="tells_known"),)

    mailing_id: Mapped[int] = mapped_column(
        ForeignKey("digest_mailing.mailing_id"), primary_key=True, autoincrement=False
    )
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True, autoincrement=False, index=True)
    tells: Mapped[str] = mapped_column(primary_key=True)
