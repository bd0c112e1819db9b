"""Pages on a phone: what is done at once is in reach, nothing is cut off, and nothing lies behind the bar."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened, sign_in


@pytest.fixture(params=[390, 320])
def phone(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Page]:
    with opened(chromium, site, width=request.param) as page:
        page.set_viewport_size({"width": request.param, "height": 700})
        sign_in(page, "manager@example.org")
        yield page


def is_in_sight(page: Page, selector: str) -> bool:
    box = page.locator(selector).first.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 700


def test_a_call_can_be_saved_from_anywhere_in_its_form(phone: Page) -> None:
    phone.goto("/calls/new")
    save = ".ts-call__save button"
    assert is_in_sight(phone, save)
    phone.get_by_label("The trader", exact=True).scroll_into_view_if_needed()
    assert is_in_sight(phone, save)
    phone.locator(save).click()
    expect(phone.get_by_role("alert").first).to_be_visible()


def test_no_field_that_is_reached_by_keys_lies_behind_the_bar(phone: Page) -> None:
    phone.goto("/calls/new")
    phone.get_by_label("Telephone number").focus()
    names: list[str] = []
    while "claimed_at" not in names:
        phone.keyboard.press("Tab")
        # Of a box of many lines the browser brings the line into view in which one types.
        name, bottom, bar = phone.evaluate(
            """(() => {
              const field = document.activeElement, box = field.getBoundingClientRect();
              const save = document.querySelector(".ts-call__save").getBoundingClientRect();
              return [field.name || "", field.matches("textarea") ? box.top + 44 : box.bottom, save.top];
            })()"""
        )
        is_save = phone.evaluate("document.activeElement.matches('.ts-call__save *')")
        assert is_save or bottom <= bar + 1, name
        names.append("save" if is_save else name)
        assert len(names) < 60
    assert names.index("is_safe_to_call_back") < names.index("save") < names.index("disposition")


def test_an_officers_own_duty_is_short_and_shows_whole_rows(phone: Page) -> None:
    phone.goto("/account/duty")
    rows = phone.locator("table:visible tbody tr")
    assert rows.count() <= 7
    for region in phone.locator(".ts-scroll:visible").all():
        assert region.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
    height = phone.evaluate("document.documentElement.scrollHeight")
    assert height < 2600
    phone.get_by_text("Change or remove it").click()
    expect(phone.get_by_role("button", name="Text me a code")).to_be_visible()
