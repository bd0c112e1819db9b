"""The board edition's figures of a quarter: read once, laid out section by section, with nothing left out."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.content import Section
from tsalert.quarterly.figures.data_quality import data_quality_section
from tsalert.quarterly.figures.demand import demand_section
from tsalert.quarterly.figures.enforcement import enforcement_section
from tsalert.quarterly.figures.glance import glance_section
from tsalert.quarterly.figures.glossary import glossary_section
from tsalert.quarterly.figures.headlines import headlines_section
from tsalert.quarterly.figures.method import method_section
from tsalert.quarterly.figures.partners import partners_section
from tsalert.quarterly.figures.prevention import prevention_section
from tsalert.quarterly.figures.reading import Material, read_material
from tsalert.quarterly.figures.rounding import with_rounding_notes
from tsalert.quarterly.figures.savings import savings_section
from tsalert.reports.memory import FiguresMemory

_LAID_OUT: tuple[Callable[[Material], Section], ...] = (
    headlines_section,
    glance_section,
    demand_section,
    prevention_section,
    savings_section,
    enforcement_section,
    partners_section,
    method_section,
    data_quality_section,
    glossary_section,
)


def assemble(session: Session, memory: FiguresMemory, quarter: Period, *, now: datetime) -> tuple[Section, ...]:
    """Return the sections of figures of a quarter's report, in their order.

    :raises RuleViolation: the quarter has not begun, or lies before any records.
    """
    material = read_material(session, memory, quarter, now=now)
    return tuple(with_rounding_notes(lay_out(material)) for lay_out in _LAID_OUT)
