"""The way around the program."""

from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tsalert.navigation import ROOMS
from tsalert.staff.rules import RoleName
from tsalert.web.access import PUBLIC, access_of, is_for_walls


def test_every_page_of_the_staff_lies_in_one_room(app: Flask) -> None:
    rooms = Counter(
        name
        for room in ROOMS
        for name in {*room.blueprints, *(each for link in room.links for each in link.blueprints)}
        | {link.endpoint.partition(".")[0] for link in room.links}
    )
    assert {name: count for name, count in rooms.items() if count > 1} == {}
    staffed = {
        rule.endpoint.partition(".")[0]
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.rule.startswith(("/api/", "/static/", "/webhooks/"))
        if access_of(app, rule.endpoint) not in {PUBLIC, None} and not is_for_walls(app, rule.endpoint)
    }
    own = {"staff", "passwords", "own_second_step", "sign_ins", "single_sign_on", "desk"}
    assert staffed - set(rooms) == {"delivery", "finding", *own}  # what was sent, the search, and one's own account


@pytest.mark.parametrize("role", list(RoleName))
def test_every_link_of_the_navigation_opens_for_whoever_sees_it(
    app: Flask, signed_in: Callable[..., FlaskClient], role: RoleName
) -> None:
    browser = signed_in(role)
    with app.test_request_context():
        hrefs = [link.href for room in ROOMS for link in room.links]
    main = browser.get("/account").text.partition('aria-label="Main"')[2].partition("</nav>")[0]
    for href in hrefs:
        if f'href="{href}"' in main:
            page = browser.get(href)
            assert page.status_code == 200, href
            assert "aria-current=" in page.text, href


def test_a_room_shows_what_leads_on_within_it(signed_in: Callable[..., FlaskClient]) -> None:
    page = signed_in(RoleName.MANAGER).get("/deadlines").text
    within = page.partition('<nav class="ts-room" aria-label="Cases">')[2].partition("</nav>")[0]
    assert 'href="/cases/board"' in within
    assert within.count("aria-current") == 1
    assert 'aria-current="page">Deadlines' in " ".join(within.split())
