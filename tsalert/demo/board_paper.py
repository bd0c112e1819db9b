"""What a board adds to the records: the crime figures that its partners published, and a target of its own."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from tsalert.core.clock import london_date
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.reports.entering import import_figures
from tsalert.reports.indicators import get_indicator
from tsalert.reports.setting import NewVersion, set_indicator
from tsalert.reports.vocabulary import Polarity, RagRule

_CRIME = Path(__file__).parent / "figures" / "partner_crime.csv"


def load_partners(team: Crew, now: datetime) -> None:
    """Import the rolling years of crime as they were published, wrong percentages and all."""
    import_figures(_CRIME.read_text(encoding="utf-8"), reason=None, actor=team.manager, now=now)


def set_targets(team: Crew, now: datetime) -> None:
    """Give one indicator an invented target from the quarter that runs."""
    held = get_indicator(db.session(), "blockers_installed", london_date(now))
    rating = replace(held.rating, rule=RagRule.TARGET, polarity=Polarity.HIGHER, target=Decimal(3))
    new = NewVersion(held.label, held.definition, rating, held.audience, "Invented for the demonstration")
    set_indicator("blockers_installed", new, actor=team.manager, now=now)
