"""Facts about this database as a whole."""

from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class InstallationFact(Base):
    """One fact, set once: that this is a demonstration, or what its address key must hash to."""

    __tablename__ = "installation_fact"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
