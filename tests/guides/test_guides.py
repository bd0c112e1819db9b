"""What a stranger follows holds: the pictures, the words to press, the ways on, and the code to copy."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path
from subprocess import run
from urllib.parse import unquote

import pytest
from flask import Flask
from PIL import Image

from tests.browser.pictures import FOLDER, LARGEST, SHOTS, Shot
from tests.guides import drawing
from tests.guides.blocks import GUIDES, ROOT, blocks, documents, pictures, pressed, prose, steps
from tests.test_config import GOOD
from tsalert.config import load_settings
from tsalert.navigation import ROOMS
from tsalert.webhooks import rules as webhooks


def test_every_picture_is_shown_and_every_picture_shown_is_one_that_is_taken() -> None:
    taken = {shot.file for shot in SHOTS}
    shown = [picture for path in documents() for picture in pictures(path)]
    assert {picture.path for picture in shown} == taken == set(FOLDER.glob("*"))
    assert [picture.path for picture in shown if len(picture.words) < 20] == []


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_is_small_and_its_page_is_still_there(shot: Shot, app: Flask) -> None:
    assert shot.file.stat().st_size <= LARGEST
    with Image.open(shot.file) as picture:
        assert picture.size == (shot.width, shot.height)
    app.url_map.bind("").match(shot.path.partition("?")[0])


def test_the_architecture_is_drawn_as_the_code_is() -> None:
    drawn = {path.name: path.read_text(encoding="utf-8") for path in drawing.FOLDER.glob("*")}
    assert drawn == drawing.drawn(), "run: make pictures, or python -m tests.guides.drawing"


@pytest.mark.parametrize("path", sorted(GUIDES.glob("*.md")), ids=lambda path: path.stem)
def test_what_a_guide_says_to_press_stands_on_a_page(path: Path) -> None:
    said = _said_on_pages()
    assert sorted(words for words in pressed(path) if words not in said) == []


def test_every_way_that_a_document_writes_with_arrows_begins_at_the_top_of_a_page() -> None:
    rooms, said = {room.label: {link.label for link in room.links} for room in ROOMS}, _said_on_pages()
    ways = {(path.name, *words.split(" → ")) for path in documents() for words in pressed(path) if " → " in words}
    assert len(ways) > 10
    wrong = [
        way for way in ways if way[2] not in rooms.get(way[1], set()) or any(words not in said for words in way[3:])
    ]
    assert sorted(wrong) == []


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_every_way_on_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, heading = target.partition("#")
        led_to = (path.parent / unquote(name)).resolve() if name else path
        assert led_to.exists(), target
        assert not heading or heading in _headings(led_to), target


def test_the_changelog_leads_to_each_of_its_subjects() -> None:
    newest = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    subjects, ways = re.findall(r"^### (.+)$", newest, re.MULTILINE), re.findall(r"\[([^]]+)]\(#", newest)
    assert [re.sub(r"\s", " ", way) for way in ways] == subjects


def test_every_make_target_that_a_document_names_is_there() -> None:
    for path in documents():
        for target in re.findall(r"^(?:[A-Z]+=\S+ )?make ([a-z]+)", "".join(blocks(path, "sh")), re.MULTILINE):
            assert run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False).returncode == 0, target


def test_what_is_typed_but_not_run_here_is_well_formed() -> None:
    for path in documents():
        for text in blocks(path, "sh"):
            assert run(["bash", "-n"], input=text, capture_output=True, text=True, check=False).stderr == "", text


def test_the_code_for_webhooks_believes_what_we_sign_and_nothing_else() -> None:
    is_ours, now = _from_the_guide(), datetime.now(UTC)
    key, body = webhooks.key_of("s" * 40, "salt"), b'{"type":"test"}'
    headers = webhooks.signed_headers(key, "msg_1", body, now=now)
    secret = webhooks.secret_of(key)
    assert is_ours(secret, headers, body)
    assert not is_ours(secret, headers, body + b" ")
    assert not is_ours(webhooks.secret_of(b"another"), headers, body)
    assert not is_ours(secret, headers | {"Webhook-Timestamp": str(int(now.timestamp()) - 301)}, body)


def test_what_a_document_shows_is_held_against_what_is_printed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ first \\\n>   go on\none …\nthree\n$ second\n```\n", encoding="utf-8")
    first, second = steps(page)
    assert (first.command, second.command) == ("first \\\n  go on", "second")
    assert first.is_answered_by("one two\nthree\n")
    assert not first.is_answered_by("one two\nfour\n")
    assert second.is_answered_by("")
    assert not second.is_answered_by("said something")


def test_every_sum_of_the_sizes_is_right_and_rests_on_the_prices_of_the_settings() -> None:
    text = prose(ROOT / "docs" / "sizing.md")
    sums = re.findall(r"((?:£?[\d.,]+p? [×÷+] )+£?[\d.,]+p?) = £?([\d,]+(?:\.\d+)?)", text)
    assert len(sums) > 20
    for left, right in sums:
        told, places = Decimal(right.replace(",", "")), len(right.partition(".")[2])
        assert round(_worked_out(left), places) == told, left
    prices = load_settings(GOOD)
    assert f"{prices.pence_per_segment}p (`TSALERT_PENCE_PER_SEGMENT`)" in text
    assert f"{prices.pence_per_minute}p (`TSALERT_PENCE_PER_MINUTE`)" in text


def _said_on_pages() -> str:
    written = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "tsalert").rglob("*.py")]
    return re.sub(r"\s+", " ", unescape(" ".join(page.read_text(encoding="utf-8") for page in written)))


def _worked_out(words: str) -> Decimal:
    """Work a sum out as it is written: products first, pence as pounds."""
    terms = [re.split(r" ([×÷]) ", term) for term in words.split(" + ")]
    total = Decimal()
    for first, *rest in terms:
        value = _number(first)
        for sign, word in zip(rest[::2], rest[1::2], strict=True):
            value = value * _number(word) if sign == "×" else value / _number(word)
        total += value
    return total


def _number(word: str) -> Decimal:
    digits = Decimal(word.strip("£p").replace(",", ""))
    return digits / 100 if word.endswith("p") else digits


def _from_the_guide() -> Callable[[str, dict[str, str], bytes], bool]:
    (code,) = blocks(GUIDES / "integrator.md", "python")
    names: dict[str, Callable[[str, dict[str, str], bytes], bool]] = {}
    exec(code, names)
    return names["is_ours"]


def _headings(path: Path) -> set[str]:
    """Return the anchors that GitHub makes of a document's headings."""
    found = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}
