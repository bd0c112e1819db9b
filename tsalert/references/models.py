"""One counter for each kind and year."""

from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class ReferenceCounter(Base):
    """The last number given out; gaps are allowed, going back is not."""

    __tablename__ = "reference_counter"

    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]
