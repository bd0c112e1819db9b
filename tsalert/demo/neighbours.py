"""The neighbour of the demonstration: an invented authority with a few alerts, and a case that it offers to us."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from tsalert.core.actors import Via
from tsalert.db import db, transaction
from tsalert.exchange.models import OfferedPack
from tsalert.exchange.rules import State
from tsalert.linked import own_keys, queries, service
from tsalert.linked.rules import NewAuthority, fingerprint_of
from tsalert.nearby.models import NearbyAlert
from tsalert.staff import queries as staff
from tsalert.webhooks.rules import stamp

_NAME, _URL = "Otherborough Trading Standards (invented)", "https://alerts.otherborough.example"
_DAY = timedelta(days=1)
# Headline, what is happening, what to do, how many days ago, and why it was taken back.
_ALERTS: tuple[tuple[str, str, str, int, str | None], ...] = (
    (
        "Men say that your roof tiles are loose",
        "Two men in a white van knock in Northham and say that they saw a loose tile. They ask for £800 in cash.",
        "Say no and close the door. Ring us if they come back.",
        2,
        None,
    ),
    (
        "Calls about a parcel that you never ordered",
        "A voice says that a parcel waits and asks for the number of your card. No parcel firm asks that.",
        "Hang up. Ring your bank if you told them the number.",
        9,
        None,
    ),
    (
        "Council tax rebate at the door",
        "Somebody with a lanyard offers a rebate of council tax and asks to come in.",
        "",
        12,
        "It was a colleague of the council.",
    ),
)
_REFERENCE = "D26-00017-C"
_FACTS = "Two men with a white van asked for £1,200 for a gutter. It was seen on your side of Border Road on Monday."


def load_neighbours(email: str, now: datetime) -> None:
    """Link an invented authority; nobody is asked or told anything, since no machine has its name.

    :param email: the administrator's.
    """
    actor = staff.actor_of(staff.get_officer(db.session(), email), Via.COMMAND)
    then = now - 30 * _DAY
    own_keys.make_key(actor=actor, now=then)
    public = urlsafe_b64encode(sha256(b"invented").digest()).decode().rstrip("=")
    new = NewAuthority(_NAME, _URL, fingerprint_of(public), public)
    authority_id = service.register(new, actor=actor, now=then)
    with transaction() as session:
        for number in range(len(_ALERTS)):
            _add_alert(session, authority_id, number, now)
        _add_pack(session, authority_id, now)


def _add_alert(session: Session, authority_id: int, number: int, now: datetime) -> None:
    headline, body, advice, days, because = _ALERTS[number]
    published_at, reference = now - days * _DAY, f"A26-0000{number + 1}-A"
    session.add(
        NearbyAlert(
            authority_id=authority_id,
            key=f"{_URL}/check/{reference}",
            url=f"{_URL}/check/{reference}",
            reference=reference,
            headline=headline,
            body=body,
            advice=advice,
            topic="doorstep-crime",
            urgency="routine",
            wards=["Northham"],
            is_withdrawn=because is not None,
            withdrawn_because=because,
            published_at=published_at,
            expires_at=published_at + 14 * _DAY,
            read_at=now,
        )
    )


def _add_pack(session: Session, authority_id: int, now: datetime) -> None:
    offered_at, answer_by = now - timedelta(hours=3), now + 2 * _DAY
    session.add(
        OfferedPack(
            authority_id=authority_id,
            key_id=queries.keys_of(session, authority_id)[0].id,
            key=sha256(b"an offer").hexdigest()[:32],
            digest=sha256(_FACTS.encode()).hexdigest(),
            reference=_REFERENCE,
            pack={
                "reference": _REFERENCE,
                "title": f"Handover of {_REFERENCE}",
                "facts": _FACTS,
                "answer_by": stamp(answer_by),
                "digest": sha256(_FACTS.encode()).hexdigest(),
                "matter": {"category": "doorstep_crime", "kind": "guttering", "channel": "doorstep"},
                "sections": [
                    {"heading": "From", "lines": [["Service", _NAME]]},
                    {"heading": "What it is about", "lines": [["Our reference", _REFERENCE], ["What", "Guttering"]]},
                    {"heading": "Facts", "lines": [["", _FACTS]]},
                ],
                "files": [{"exhibit": "RT/1", "kind": "jpeg", "size": 184_320, "sha256": "c4" * 32}],
            },
            signed=None,
            offered_at=offered_at,
            answer_by=answer_by,
            received_at=offered_at,
            state=State.OFFERED,
        )
    )
