"""April and May 2021, told from records alone as the boards were told them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.cases.figures import helpline_figures
from tsalert.cases.models import CaseFile
from tsalert.cases.vocabulary import Source
from tsalert.core.actors import Actor
from tsalert.core.periods import Period
from tsalert.demo import helpline, past
from tsalert.demo.people import demo_wards
from tsalert.demo.published import BROMLEY, read_published
from tsalert.places import service as places
from tsalert.staff.rules import RoleName

FIRST_DAY = datetime(2021, 4, 1, tzinfo=UTC)
TWO_MONTHS = Period("April and May 2021", date(2021, 4, 1), date(2021, 5, 31))


def test_what_the_helpline_sent_and_what_advice_saved(
    session: Session, officer: Callable[..., Actor], signed_in: Callable[..., FlaskClient]
) -> None:
    """676 complaints, 139 passed to us, 43 of them scams or doorstep crime; £46,928 and £1,696 lost; £15,610 saved."""
    actor, manager = officer(), officer(RoleName.MANAGER)
    team = past.crew(actor, actor, manager, lambda _: None)
    places.add_wards(demo_wards(), now=FIRST_DAY)
    helpline.load_helpline(team, read_published(BROMLEY.read_text(encoding="utf-8")).helpline)
    figures = helpline_figures(session, TWO_MONTHS)
    assert (figures.complaints, figures.transferred, figures.scam_or_doorstep) == (676, 139, 43)
    assert figures.investment_share == Decimal("0.36")
    means = [loss.mean.quantize(Decimal(1), ROUND_HALF_UP) for loss in figures.mean_losses]
    assert sorted(means) == [Decimal(1_696), Decimal(46_928)]
    of_the_helpline = select(func.count()).where(CaseFile.source == Source.CITIZENS_ADVICE_REFERRAL)
    assert session.scalar(of_the_helpline) == 139
    page = signed_in(RoleName.MANAGER).get("/savings?period=2021-04-01+to+2021-05-31&profile=classes").text
    assert "£15,610" in page
