"""What partners are, beside their names: the kinds there are, and what officers know of each."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class PartnerKind(Base):
    """One sort of organisation; officers keep the list."""

    __tablename__ = "partner_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    ended_at: Mapped[datetime | None]


class PartnerProfile(Base):
    """What officers know of a partner beside its name; one that came by import has none until somebody writes it."""

    __tablename__ = "partner_profile"

    partner_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("partner_kind.id"))
    note: Mapped[str | None]
    ended_at: Mapped[datetime | None]
