"""Operations that give out a period's rapid-response figures and the incidents behind them."""

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.periods import Period
from tsalert.db import db
from tsalert.response import figure_lists, figure_telling
from tsalert.response.figure_lists import ListedPage, Wanted, cut_lines
from tsalert.response.figure_schemas import (
    ListedSchema,
    ResponseFiguresSchema,
    WantedFiguresSchema,
    WantedListSchema,
)
from tsalert.response.figure_telling import Told
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace

figures = api_blueprint("response_figures", "response-figures", "Rapid-response figures of any run of days.")
_PAGE = 200


@figures.route("")
@requires(Permission.READ_FIGURES)
@figures.arguments(WantedFiguresSchema, location="query", unknown=RAISE)
@figures.response(200, ResponseFiguresSchema)
def get_response_figures(wanted: dict[str, Period]) -> Told:
    """Return a period's figures: of 2022/23, 2022/23 Q1, May 2022, or 2022-05-03 to 2022-05-14."""
    return figure_telling.tell(db.session(), wanted["period"], now=utc_now())


@figures.route("/incidents")
@requires(Permission.READ_FIGURES)
@figures.arguments(WantedListSchema, location="query", unknown=RAISE)
@figures.response(200, page_of(ListedSchema, ListPlace))
def list_response_figure_incidents(wanted: Wanted) -> ListedPage:
    """List the incidents behind a figure, in the order of their first calls; ``after`` is the ``next`` before."""
    listed = figure_lists.list_lines(db.session(), wanted, reader=current_actor(), now=utc_now())
    return cut_lines(listed, after=wanted.after, size=_PAGE)
