"""Wall displays."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class WallDisplay(Base):
    """One screen that may see the live board; only the SHA-256 of its token is kept."""

    __tablename__ = "wall_display"
    __table_args__ = (CheckConstraint("expires_at > made_at", name="expires_after_made"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    token_digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    last_seen_at: Mapped[datetime | None]
