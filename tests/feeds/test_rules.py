"""Which alerts a feed holds, and what it says of a withdrawn one."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tsalert.alerts.rules import Kind, Urgency
from tsalert.feeds import rules
from tsalert.feeds.rules import Earlier, Item, Narrowing, Publisher, State
from tsalert.subscribers.rules import EVERY_TOPIC

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def item(state: State, because: str = "") -> Item:
    return Item(
        *("A-1", next(iter(Kind)), None, Urgency.URGENT, "doorstep", "Doorstep", (), "h", "b", "a"),
        *(NOW, NOW, NOW, state, because),
    )


def test_a_withdrawn_alert_says_so_before_all_else() -> None:
    assert item(State.WITHDRAWN, "It was a film crew.").withdrawal == (
        "We have withdrawn this alert. It was a film crew."
    )
    assert item(State.WITHDRAWN).withdrawal == "We have withdrawn this alert."
    assert item(State.ENDED, "It was a film crew.").withdrawal == ""


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.UPDATE, ("This is an update to our alert TS-2026-001.",)),
        (Kind.ALL_CLEAR, ("All clear: what our alert TS-2026-001 warned of is over.",)),
        (Kind.CANCEL, ("We have withdrawn our alert TS-2026-001.",)),
        (Kind.ALERT, ()),
    ],
)
def test_what_continues_an_alert_says_so_first(kind: Kind, said: tuple[str, ...]) -> None:
    continued = replace(item(State.CURRENT), kind=kind, replies_to=Earlier("TS-2026-001", NOW))
    assert continued.first_words == said
    what = "all-clear" if kind is Kind.ALL_CLEAR else "alert"
    assert replace(continued, state=State.WITHDRAWN).first_words == (f"We have withdrawn this {what}.", *said)
    assert item(State.CURRENT).first_words == ()


def test_what_takes_an_all_clear_back_does_not_take_the_warning_back() -> None:
    of_all_clear = Earlier("TS-2026-002", NOW, Kind.ALL_CLEAR)
    taken_back = replace(item(State.CURRENT), kind=Kind.CANCEL, replies_to=of_all_clear)
    assert taken_back.first_words == ("We have withdrawn our all-clear TS-2026-002.",)


def test_anybody_can_check_an_alert_at_its_page() -> None:
    publisher = Publisher("Testshire", "https://ours.example", "a@ours.example", "0300", "E09", is_demo=False)
    assert publisher.page_of("A-1") == "https://ours.example/check/A-1"


@pytest.mark.parametrize(
    ("topic", "wards", "wanted", "fits"),
    [
        ("doorstep", (), Narrowing(), True),
        ("doorstep", (), Narrowing(topic="doorstep"), True),
        ("doorstep", (), Narrowing(topic="online"), False),
        (EVERY_TOPIC, (), Narrowing(topic="online"), True),
        ("doorstep", ("E05",), Narrowing(ward="e05"), True),
        ("doorstep", ("e05",), Narrowing(ward="E05"), True),
        ("doorstep", ("E05",), Narrowing(ward="E06"), False),
        ("doorstep", (), Narrowing(ward="E06"), True),
        ("doorstep", ("E05",), Narrowing(topic="online", ward="E05"), False),
    ],
)
def test_an_alert_fits_whoever_would_have_been_sent_it(
    topic: str, wards: tuple[str, ...], wanted: Narrowing, *, fits: bool
) -> None:
    assert rules.fits(topic, wards, wanted) is fits


@given(st.text())
def test_every_text_can_stand_in_xml(text: str) -> None:
    written = rules.xml_text(text)
    assert len(written) == len(text)
    ET.fromstring(f"<a>{written.replace('&', '&amp;').replace('<', '&lt;')}</a>")


def test_only_what_xml_cannot_hold_is_marked() -> None:
    assert rules.xml_text("a\0b\ud800\ufffe\t\n é 😀") == "a\ufffdb\ufffd\ufffd\t\n é 😀"
