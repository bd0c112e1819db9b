"""What somebody does who uses no mouse: press Tab until a thing has the focus, and see that it has."""

from typing import Literal

from playwright.sync_api import Locator, Page, expect

# On each focusable thing: where it stands in the document, and whether anything of it is drawn within the page.
FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const all = [...document.querySelectorAll('*')];
  return it === document.body ? null : {
    place: all.indexOf(it), name: it.innerText || it.labels?.[0]?.innerText || it.name || it.tagName,
    drawn: box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth,
    marked: getComputedStyle(it).outlineStyle !== 'none' || getComputedStyle(it).boxShadow !== 'none',
  };
}"""
_MOST = 80


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus; whatever has it on the way is seen to have it."""
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is not None:
            assert focused["drawn"], focused
            assert focused["marked"], focused
        if wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"keys do not lead to {wanted}")


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Go to a button or a link by keys, and press it."""
    tab_to(page, page.get_by_role(role, name=name).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def answer(page: Page, label: str, words: str) -> None:
    """Go to a field by keys, and type."""
    tab_to(page, page.get_by_label(label))
    page.keyboard.type(words)


def follow_the_problem(page: Page, words: str, label: str) -> None:
    """Find oneself at the summary of problems, and go from there to the field that is to be mended."""
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    tab_to(page, page.get_by_role("link", name=words))
    page.keyboard.press("Enter")
    expect(page.get_by_label(label)).to_be_focused()
