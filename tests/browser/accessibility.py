"""What axe finds wrong with a page, and whether it would find anything else in another."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_RUN = """
async () => {
  const {violations} = await axe.run({resultTypes: ["violations"]})
  return violations.map(({id, help, nodes}) => `${id}: ${help} (${nodes[0].target})`)
}
"""
_SHAPES = """
() => {
  const main = new Set(), around = new Set()
  let level = 0
  const number = text => [...text].reduce((sum, letter) => (sum * 33 ^ letter.codePointAt()) >>> 0, 5381)
  const walk = (element, above, found) => {
    const heading = element.tagName.match(/^H([1-6])$/)
    const said = [...element.attributes].map(({name, value}) =>
      ["class", "type", "role", "style"].includes(name) ? `${name}=${value}` : name)
    const words = element.textContent.trim() ? "words" : ""
    const shape = number([above, element.tagName, ...said.sort(), words, heading ? level : ""].join("|"))
    if (heading) level = heading[1]
    found.add(shape)
    for (const child of element.children) walk(child, shape, child.tagName === "MAIN" ? main : found)
  }
  walk(document.body, 0, around)
  return [[...main], [...around]]
}
"""


def faults_of(page: Page) -> list[str]:
    """Return what breaks a rule in a page as it is shown now, each with one place where it does."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_RUN)
    return found


def shapes_of(page: Page) -> tuple[set[int], set[int]]:
    """Return a number for each sort of element of a page: what it lies in, its classes, and the heading before one.

    A page all of whose shapes stood on a page that was looked at shows nothing else, only less of it or other words.

    :return: those in the main part, and those around it, which stand on every page of a reader.
    """
    main, around = page.evaluate(_SHAPES)
    return set(main), set(around)
