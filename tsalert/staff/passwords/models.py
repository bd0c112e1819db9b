"""The link with which an officer sets a password without having one."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class PasswordLink(Base):
    """The one link of an officer that is still good; only its SHA-256 is kept, and it goes once it is used."""

    __tablename__ = "password_link"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
