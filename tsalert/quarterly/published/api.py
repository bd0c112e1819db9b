"""Operations that need no token: what is published of the board's reports."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify
from marshmallow import RAISE
from msgspec import Struct

from tsalert.core.periods import Period
from tsalert.db import db
from tsalert.quarterly import keeping
from tsalert.quarterly.published import queries
from tsalert.quarterly.published.queries import PublishedQuarter, Revision
from tsalert.quarterly.published.schemas import (
    PublishedQuartersSchema,
    PublishedReportSchema,
    WantedRevisionSchema,
)
from tsalert.quarterly.published.views import SECONDS, mark_of, mark_of_list, wanted
from tsalert.quarterly.writing.data import json_of
from tsalert.web.access import public
from tsalert.web.api import api_blueprint
from tsalert.web.caching import for_everybody

published = api_blueprint("published", "published-reports", "Published reports to the board, their public edition.")
blueprints = (published,)


class PublicReport(Struct, frozen=True):
    """A publication as the API gives it."""

    found: PublishedQuarter
    shown: Revision
    report: dict[str, Any]
    digest: str

    @property
    def quarter(self) -> Period:
        """The quarter that it tells of."""
        return self.found.quarter

    @property
    def slug(self) -> str:
        """How the quarter stands in an address."""
        return self.found.slug

    @property
    def revisions(self) -> Sequence[Revision]:
        """Every publication of the quarter."""
        return self.found.revisions

    @property
    def is_superseded(self) -> bool:
        """True where a later one holds."""
        return self.shown != self.found.newest


@published.route("")
@public
@published.doc(security=[])
@published.alt_response(200, schema=PublishedQuartersSchema)
def list_published() -> Response:
    """List the quarters of which a report is published; an answer with its ETag may be kept."""
    found = queries.published_quarters(db.session())
    return for_everybody(
        mark_of_list(found), lambda: jsonify(PublishedQuartersSchema().dump({"items": found})), seconds=SECONDS
    )


@published.route("/<quarter>")
@public
@published.doc(security=[])
@published.arguments(WantedRevisionSchema, location="query", unknown=RAISE)
@published.alt_response(200, schema=PublishedReportSchema)
def get_published(asked: dict[str, Any], quarter: str) -> Response:
    """Return the public edition of a quarter's report; an answer with its ETag may be kept."""
    found, shown = wanted(quarter, asked)

    def draw() -> Response:
        edition = queries.public_edition(db.session(), found.quarter, shown)
        told = PublicReport(found, shown, keeping.as_data(edition), keeping.digest(json_of(edition)))
        return jsonify(PublishedReportSchema().dump(told))

    return for_everybody(mark_of(found, shown), draw, seconds=SECONDS)
