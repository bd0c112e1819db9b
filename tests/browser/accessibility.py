"""What axe finds wrong with a page, and whether it would find anything else in another."""

from axe_playwright_python.base import AXE_SCRIPT
from msgspec import Struct, field
from playwright.sync_api import Page

_WALK = """
  let level = 0
  const number = text => [...text].reduce((sum, letter) => (sum * 33 ^ letter.codePointAt()) >>> 0, 5381)
  const own = element => element.matches("script, style, [type=hidden]") ? "" : [...element.childNodes]
    .filter(({nodeType}) => nodeType === Node.TEXT_NODE).map(({data}) => data.trim())
    .concat(element.getAttribute("value") ?? "").join("|").replace(/\\d/g, "0")
  const shape = (element, above) => {
    const heading = element.tagName.match(/^H([1-6])$/)
    const said = [...element.attributes].map(({name, value}) =>
      ["class", "type", "role", "style"].includes(name) ? `${name}=${value}` : name)
    const words = element.textContent.trim() ? "words" : ""
    const made = number([above, element.tagName, ...said.sort(), words, heading ? level : ""].join("|"))
    if (heading) level = heading[1]
    return made
  }
"""
_PARTS = f"""
served => {{
  {_WALK}
  const main = {{shapes: new Set(), words: new Set()}}, around = {{shapes: new Set(), words: new Set()}}
  const walk = (element, above, found) => {{
    const made = shape(element, above)
    found.shapes.add(made)
    found.words.add(number(`${{made}}|${{own(element)}}`))
    for (const child of element.children) walk(child, made, child.tagName === "MAIN" ? main : found)
  }}
  walk(new DOMParser().parseFromString(served, "text/html").body, 0, around)
  return [main, around].map(({{shapes, words}}) => [[...shapes].join(" "), [...words].join(" ")])
}}
"""
_ASKED = """
  const looks = ["color-contrast", "link-in-text-block", "target-size"]
  const asked = {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}
  const tell = ({violations}) => violations.map(({id, help, nodes}) => `${id}: ${help} (${nodes[0].target})`)
"""
_RUN = f"""
async () => {{
  {_ASKED}
  return tell(await axe.run(asked))
}}
"""
_RUN_FOR_WHAT_IS_NEW = f"""
async ([seenBefore, turnedBefore]) => {{
  {_WALK}
  {_ASKED}
  const numbers = told => new Set(told.split(" ").map(Number)), seen = numbers(seenBefore)
  const shownBefore = window.shownBefore, shown = window.shownBefore = new Map()
  const added = new Map(), turned = new Set()
  const walk = (element, above) => {{
    const made = shape(element, above)
    const isRead = element.matches("input, select, textarea") || /[^|]/.test(own(element))
    const isShown = element.checkVisibility({{visibilityProperty: true}})
    shown.set(element, isShown)
    if (shownBefore?.get(element) !== isShown) turned.add(made)
    if (isRead && isShown && !seen.has(made)) added.set(made, element)
    for (const child of element.children) walk(child, made)
  }}
  walk(document.body, [...document.styleSheets].map(({{href}}) => href).join(" "))
  const wasTurned = numbers(turnedBefore), isNew = !shownBefore || [...turned].some(made => !wasTurned.has(made))
  const without = {{rules: Object.fromEntries(looks.map(rule => [rule, {{enabled: false}}]))}}
  const some = isNew ? without : {{rules: {{}}, runOnly: ["scrollable-region-focusable"]}}
  const found = tell(await axe.run({{...asked, ...some}}))
  if (added.size) found.push(...tell(await axe.run([...added.values()], {{...asked, runOnly: looks}})))
  return [found, [...added.keys()].join(" "), shownBefore ? [...turned].join(" ") : ""]
}}
"""


class Looked(Struct, frozen=True):
    """Which sorts of elements were looked at, each as a number.

    :param seen: those whose colours and size were: the same classes in the same place have the same ones.
    :param turned: those that a screen of another width shows or hides.
    """

    seen: set[int] = field(default_factory=set)
    turned: set[int] = field(default_factory=set)


def faults_of(page: Page) -> list[str]:
    """Return what breaks a rule in a page as it is shown now, each with one place where it does."""
    _bring_axe(page)
    found: list[str] = page.evaluate(_RUN)
    return found


def faults_beyond(page: Page, looked: Looked) -> list[str]:
    """Return the same, but look at colours and sizes of one element of each sort that is new: that takes longest.

    Of a page that was looked at before at another width, only what lies differently is looked at, unless a sort of
    element has come or gone with which that has not happened yet.

    :param looked: what was looked at on other pages as wide, to which this page's is added.
    """
    _bring_axe(page)
    known = [" ".join(map(str, kept)) for kept in (looked.seen, looked.turned)]
    found, added, turned = page.evaluate(_RUN_FOR_WHAT_IS_NEW, known)
    looked.seen.update(map(int, added.split()))
    looked.turned.update(map(int, turned.split()))
    return list(found)


def bring_axe_along(page: Page) -> None:
    """Let each page opened from now on, though not what it frames, have axe: quicker than to bring it each time."""
    page.add_init_script(f"if (window === window.top) {{{AXE_SCRIPT}}}")


def _bring_axe(page: Page) -> None:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)


class Part(Struct, frozen=True):
    """What a part of a page shows, each thing as a number.

    :param shapes: each sort of element: what it lies in, its classes, and the heading before one. A page all of whose
        shapes stood on a page that was looked at shows nothing else, only less of it or other words.
    :param words: each of them with its own words, all digits alike.
    """

    shapes: set[int] = field(default_factory=set)
    words: set[int] = field(default_factory=set)

    def learn(self, shown: "Part") -> tuple[bool, bool]:
        """Add what another shows; returns whether that has shapes, and words, which were not known."""
        is_new = (not shown.shapes <= self.shapes, not shown.words <= self.words)
        self.shapes.update(shown.shapes)
        self.words.update(shown.words)
        return is_new


def parts_of(page: Page, served: str) -> tuple[Part, Part]:
    """Return the main part of a page as it is served, and what is around it, which stands on every page of a reader.

    :param page: any open page, whose browser reads it.
    """
    main, around = (Part(*({*map(int, told.split())} for told in part)) for part in page.evaluate(_PARTS, served))
    return main, around
