"""A manager is asked at the board: where does £146,333 come from?"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient
from msgspec import Struct
from sqlalchemy.orm import Session

from tests.savings.test_doors import WARD, quarter_one
from tests.savings.test_sums import NOW, store
from tsalert.core.actors import Actor
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.savings.rates import approving
from tsalert.savings.rules import Evidence, NewIntervention
from tsalert.savings.rules import InterventionType as Type
from tsalert.savings.service import record_intervention
from tsalert.staff.rules import RoleName

_LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_HIDDEN = re.compile(r'<span class="govuk-visually-hidden">.*?</span>', re.DOTALL)
_FIGURE = re.compile(r"-?£[\d,]+|no approved rate|counted, not valued")


class Reader(Struct):
    """Somebody at a desk who sees one page and goes on by its links alone; ``clicks`` counts them."""

    browser: FlaskClient
    page: str = ""
    clicks: int = 0

    def open(self, address: str) -> None:
        """Open the page that lies before the reader at first."""
        answer = self.browser.get(address)
        assert answer.status_code == 200, (address, answer.text)
        self.page = answer.text

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield the address of each link in the page's main part, and what is seen of its words."""
        for address, inner in _LINK.findall(self.page.partition("<main")[2]):
            yield unescape(address), " ".join(re.sub(r"<[^>]+>", " ", _HIDDEN.sub("", inner)).split())

    def click(self, words: str) -> None:
        """Follow the first link with some words."""
        address = next(address for address, text in self.links() if re.fullmatch(words, text))
        self.clicks += 1
        self.open(address)


@pytest.fixture
def manager(session: Session, signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]) -> Reader:
    """A manager, with the published quarter in the records: some typed by an officer, the rest as they are stored."""
    actor = officer(name="Robin Recorder")
    approving.approve_rate_set("prudent-2026", actor=officer(RoleName.MANAGER), now=NOW)
    places.add_wards([NamedWard(WARD, "Invented Ward")], now=NOW)
    scams, *others = quarter_one("prevented")
    new = NewIntervention(
        type=Type.SCAM_VICTIM, on_date=date(2022, 5, 3), prevented=Decimal(600), evidence=Evidence.BANK, ward_code=WARD
    )
    record_intervention(new, actor=actor, now=NOW)
    store(session, [(row | {"beneficiary": "resident"}, details) for row, details in others])
    session.commit()
    assert scams[0]["prevented"] == 600
    return Reader(signed_in(RoleName.MANAGER))


def test_from_the_board_s_figure_to_a_record_its_evidence_and_its_rate_in_at_most_four_clicks(manager: Reader) -> None:
    manager.open("/figures?period=2022/23+Q1")
    manager.click("£146,333")
    assert "How was this worked out?" in manager.page
    assert "3 × £16,540.50 = £49,621.50 → £49,622" in manager.page
    assert "£600.00 as evidenced → £600" in manager.page
    assert "E: inferred or unknown" in manager.page
    assert manager.clicks == 1
    manager.click(r"S\d\d-\d{5}-\w")
    assert "Bank record or message" in manager.page
    assert "Robin Recorder" in manager.page
    manager.click("Published series, as observed in 2021/22")
    assert "0.54" in manager.page
    assert manager.clicks <= 4


@pytest.mark.parametrize(
    "address",
    [
        "/figures?period=2022/23+Q1",
        "/savings?period=2022/23+Q1",
        "/savings?period=2022/23+Q1&profile=classes&basis=prudent-low",
        "/savings?period=2022/23&by=ward&profile=classes",
        "/savings?period=2022/23&by=class&basis=prudent-high",
        "/savings?period=2022/23&by=quarter",
        "/savings?since=2020-04-01&by=ward",
        "/savings?period=2024/25&recognition=yearly&basis=prudent-central",
        "/savings/what-if?trial=prudent-2026&period=2022/23+Q1&basis=prudent-high",
    ],
)
def test_every_figure_of_every_page_opens_into_how_it_was_worked_out(manager: Reader, address: str) -> None:
    manager.open(address)
    opened = 0
    for link, text in list(manager.links()):
        if not _FIGURE.fullmatch(text):
            continue
        manager.open(link)
        heading = re.sub(r"<[^>]+>", " ", manager.page.partition("<h1")[2].partition("</h1>")[0])
        assert text in heading or text == "counted, not valued", (link, text, heading)
        opened += 1
    assert opened >= 6
    shown = manager.page
    assert "have not been audited" in shown
