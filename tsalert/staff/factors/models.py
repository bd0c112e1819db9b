"""What officers have besides their password; nothing here opens anything by itself if the database is copied."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class Authenticator(Base):
    """An officer's authenticator app. Its key is sealed under the service's own (sealing.py).

    ``last_count`` is the half-minute of the last code that was accepted, counted from 1970: none up to it is again.
    """

    __tablename__ = "authenticator"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    sealed_key: Mapped[str]
    confirmed_at: Mapped[datetime]
    last_count: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """One of ten codes that stand in for a lost device, each once; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    code_digest: Mapped[str]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key in an officer's telephone, computer or stick, of which we hold the public half.

    ``credential`` is its name in base64url, as browsers tell it. ``sign_count`` rises with each use, where it counts.
    """

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    name: Mapped[str]
    credential: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
