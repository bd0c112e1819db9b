"""Every alert is a message of the Common Alerting Protocol: valid by its schema, and by what its text says besides."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle, shown
from tests.feeds.conftest import Publish
from tests.feeds.test_feeds import ATOM, CAP, atom, cap, items, reference, schema, told
from tsalert.alerts import editions, service
from tsalert.alerts.rules import Edition, FollowUp, Kind, Urgency, follow_up_of
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.feeds.cap import write_cap
from tsalert.feeds.rules import Earlier, Item, Publisher, State
from tsalert.staff.rules import RoleName

SENT = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
# In these the standard allows no space, comma, < or & (3.2.1), and UTC is written so and no otherwise (3.3.2).
_NAME, _UTC = re.compile(r"[^\s,<&]+"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00")
_WORDS = st.text(min_size=1, max_size=60)
_ITEMS = st.builds(
    Item,
    reference=st.just("TS-2026-014"),
    kind=st.sampled_from(Kind),
    replies_to=st.just(Earlier("TS-2026-013", SENT - timedelta(days=1))),
    urgency=st.sampled_from(Urgency),
    topic=st.sampled_from(["scams", "doorstep-crime", "financial-abuse"]),
    topic_title=_WORDS,
    wards=st.lists(st.tuples(_WORDS, _WORDS), max_size=3).map(tuple),
    headline=_WORDS,
    body=_WORDS,
    advice=st.one_of(st.just(""), _WORDS),
    published_at=st.just(SENT),
    changed_at=st.just(SENT + timedelta(hours=1)),
    expires_at=st.just(SENT + timedelta(days=7)),
    state=st.sampled_from(State),
)
_PUBLISHERS = st.builds(
    Publisher,
    authority=_WORDS,
    public_url=st.just("https://alerts.testshire.example"),
    sender=st.just("alerts@testshire.example"),
    telephone=st.sampled_from(["", "07700 900461"]),
    area_code=st.sampled_from(["", "E09000006"]),
    is_demo=st.booleans(),
)


@given(_ITEMS, _PUBLISHERS)
def test_whatever_it_says_it_is_valid(item: Item, publisher: Publisher) -> None:
    root = etree.fromstring(write_cap(item, publisher))
    schema("cap12.xsd").assertValid(root)
    for path in ("c:identifier", "c:sender"):
        assert _NAME.fullmatch(told(root, path))
    for path in ("c:sent", "//c:effective", "//c:expires"):
        assert _UTC.fullmatch(told(root, path))
    assert (told(root, "c:msgType") == "Alert") or told(root, "c:references")


@given(_ITEMS, _PUBLISHERS)
def test_its_headline_and_event_alone_mislead_nobody(item: Item, publisher: Publisher) -> None:
    root = etree.fromstring(write_cap(replace(item, topic="all", topic_title="All alerts"), publisher))
    assert told(root, "//c:event") == "Trading Standards alert"
    assert told(root, "//c:headline").startswith("Withdrawn: ") == item.is_withdrawn


def test_an_update_and_an_all_clear_refer_to_the_message_that_they_continue(
    client: FlaskClient, session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    original, writer, approver = publish(), officer(RoleName.CASE_OFFICER), officer(RoleName.MANAGER)
    settle(session, editions.mailings_of(session, original)[Edition.ORDINARY], "accepted")
    first = cap(client, original)
    name = ",".join(told(first, f"c:{part}") for part in ("sender", "identifier", "sent"))
    for kind in (Kind.UPDATE, Kind.ALL_CLEAR):
        now = utc_now()
        written = FollowUp(kind, "News of the roofers", "They were seen again.", expires_at=now + timedelta(days=2))
        alert_id = service.follow_up(original, written, actor=writer, now=now)
        service.submit(alert_id, actor=writer, now=now)
        service.approve(alert_id, shown(alert_id), actor=approver, now=now)
        root = cap(client, alert_id)
        assert (told(root, "c:msgType"), told(root, "c:references")) == ("Update", name)
        assert root.xpath("//c:responseType/text()", namespaces=CAP) == [
            "AllClear" if kind is Kind.ALL_CLEAR else "Avoid"
        ]
        said = follow_up_of(reference(original), kind)
        assert told(root, "//c:description").startswith(f"{said}\n\nThey were seen again.")
        newest = items(client)[0]
        assert newest["content_text"].startswith(f"{said}\n\nThey were seen again.")
        assert newest["content_html"].startswith(f"<p><strong>{said}</strong></p>")
        (content, *_) = atom(client).xpath("a:entry/a:content/text()", namespaces=ATOM)
        assert content == newest["content_html"]
