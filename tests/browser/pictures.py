"""Pictures of the demonstration for the documents; ``make pictures`` takes them, and no other run of the tests does.

What stands on the pages is of the moment at which they are taken: the clocks of the service are the database's own.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from msgspec import Struct
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, opened, sign_in
from tests.guides import drawing
from tests.guides.blocks import ROOT

FOLDER = ROOT / "docs" / "pictures"
LARGEST = 150_000
_COLOURS = 96  # pages have few, and the edges of letters some shades of each


class Shot(Struct, frozen=True):
    """A page as one reader sees it; ``height`` of the window is where the picture is cut off."""

    name: str
    path: str
    reader: str | None = "officer@example.org"
    width: int = 1280
    height: int = 900
    prepare: Callable[[Page], None] | None = None

    @property
    def file(self) -> Path:
        """Where the picture lies."""
        return FOLDER / f"{self.name}.png"


def _begin_at(page: Page, heading: str) -> None:
    """Move a heading to the top of the window."""
    page.locator("main").get_by_text(heading, exact=True).first.evaluate("each => each.scrollIntoView()")


def _tell_a_call(page: Page) -> None:
    page.get_by_label("Telephone number").fill("020 7946 0123")
    page.get_by_label("Who is calling").fill("A neighbour (invented)")
    page.get_by_label("Address where it is happening").fill("4 Example Lane")
    page.get_by_label("What is happening now").fill("Two men are on the roof and want £4,000 in cash today.")
    page.get_by_label("The trader is there now").check()
    page.get_by_label("Money", exact=True).select_option("asked")
    page.get_by_label("The resident is vulnerable").check()
    page.get_by_label("What it is", exact=True).select_option("doorstep_crime")
    page.get_by_label("The trader", exact=True).press_sequentially("white van ZZ99 ZZZ")
    expect(page.locator("#matches")).to_contain_text("same vehicle")
    _begin_at(page, "Log a call")


def _go_to_who_is_there(page: Page) -> None:
    """Open the incident of the board that has an officer on the scene."""
    page.get_by_role("listitem").filter(has_text="on scene since").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="All that happened")).to_be_visible()


SHOTS = (
    Shot("board", "/board"),
    Shot("call-form", "/calls/new", prepare=_tell_a_call),
    Shot("incident-phone", "/board", width=375, height=760, prepare=_go_to_who_is_there),
    Shot("case", "/cases/648"),
    Shot("alert-preview", "/alerts/4/preview"),
    Shot("outbox", "/dev/outbox", height=700, prepare=lambda page: _begin_at(page, "Messages")),
    Shot("residents", "/welcome", reader=None),
    Shot("rota", "/rota", reader="manager@example.org"),
    Shot(
        "dashboard",
        "/dashboard?period=2022/23+Q1",
        reader="manager@example.org",
        height=1000,
        prepare=lambda page: _begin_at(page, "Performance at a glance"),
    ),
    Shot("explanation", "/savings/explain?period=2022/23+Q1&row=call_blockers&column=financial"),
    Shot("report", "/board-reports/2022-23Q2", reader="manager@example.org", height=1000),
    Shot("staff", "/staff", reader="administrator@example.org", height=700),
    Shot("service", "/status", reader="administrator@example.org", height=1000),
    Shot("manual", "/api/v1/", reader=None),
)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_is_taken_for_the_documents(shot: Shot, chromium: Browser, site: str) -> None:
    with opened(chromium, site, width=shot.width) as page:
        page.set_viewport_size({"width": shot.width, "height": shot.height})
        if shot.reader:
            sign_in(page, shot.reader)
        page.goto(shot.path)
        if shot.prepare:
            shot.prepare(page)
        page.wait_for_load_state("networkidle", timeout=PATIENCE * 1000)
        taken = page.screenshot(animations="disabled", caret="hide")
    FOLDER.mkdir(parents=True, exist_ok=True)
    shot.file.write_bytes(_reduced(taken))
    assert shot.file.stat().st_size <= LARGEST


def test_the_architecture_is_drawn_for_the_documents() -> None:
    drawing.write()


def _reduced(taken: bytes) -> bytes:
    """Return a picture with few colours, so that it stays small."""
    kept = BytesIO()
    with Image.open(BytesIO(taken)) as picture:
        flat = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        flat.save(kept, "PNG", optimize=True)
    return kept.getvalue()
