"""What axe finds wrong with a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_RUN = """
async () => {
  const {violations} = await axe.run({resultTypes: ["violations"]})
  return violations.map(({id, help, nodes}) => `${id}: ${help} (${nodes[0].target})`)
}
"""


def faults_of(page: Page) -> list[str]:
    """Return what breaks a rule in a page as it is shown now, each with one place where it does."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_RUN)
    return found
