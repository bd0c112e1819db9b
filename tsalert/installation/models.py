"""Facts about this database as a whole."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


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
