"""What passes between two authorities about a case, with a name in every box."""

from datetime import datetime

from tsalert.db import db
from tsalert.exchange.models import ExchangeMessage, OfferedPack
from tsalert.linked.models import LinkedAuthority, LinkedKey


def exchange(name: str, case_id: int, handover_id: int, *, now: datetime) -> None:
    """Have sent a handover to a linked authority, and taken a case over from one."""
    other = LinkedAuthority(name="Otherborough", url="https://alerts.otherborough.example", made_at=now)
    db.session.add(other)
    db.session.flush()
    key = LinkedKey(authority_id=other.id, name="k", public="p", trusted_at=now)
    db.session.add(key)
    db.session.flush()
    pack = OfferedPack(authority_id=other.id, key_id=key.id, key="o", digest="d", reference="D1", state="accepted")
    pack.pack, pack.signed, pack.case_id = {"facts": name}, f"{name}, signed", case_id
    pack.offered_at = pack.received_at = pack.answer_by = now
    sent = ExchangeMessage(key="m", authority_id=other.id, handover_id=handover_id, kind="handover.offer")
    sent.payload, sent.state, sent.tries, sent.made_at, sent.due_at = f"{name} moved", "delivered", 1, now, now
    db.session.add_all([pack, sent])
    db.session.commit()
