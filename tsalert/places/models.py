"""Wards, known by the code that the Office for National Statistics gave them for good."""

from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class Ward(Base):
    """One ward of the authority."""

    __tablename__ = "ward"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
