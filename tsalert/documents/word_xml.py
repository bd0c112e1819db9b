"""What Word files hold that the library has no door for."""

from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement


def child(parent: Any, name: str) -> Any:
    """Return the element of a name beneath another, made where there is none."""
    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.append(found)
    return found


def mark(paragraph: Any, name: str, number: int) -> None:
    """Put a mark on a paragraph that a link can lead to."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for part in (start, end):
        part.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.append(start)  # noqa: SLF001 -- no other door
    paragraph._p.append(end)  # noqa: SLF001


def lead(run: Any, **attributes: str) -> None:
    """Make a run lead somewhere: ``id`` of a relationship, or ``anchor``, the name of a mark."""
    link = OxmlElement("w:hyperlink")
    for name, value in attributes.items():
        link.set(qn(f"{'r' if name == 'id' else 'w'}:{name}"), value)
    run._r.addprevious(link)  # noqa: SLF001 -- the library reads links and writes none
    link.append(run._r)  # noqa: SLF001
