"""The operation on how the list of subscribers grew."""

from marshmallow import Schema, fields

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.reports.growth import Growth, read_growth
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint
from tsalert.web.fields import Instant

list_growth = api_blueprint("list_growth", "list-growth", "How the list of subscribers grew, month by month.")


class GrowthMonthSchema(Schema):
    """One month of the list, up to now where it is not over."""

    month = fields.Date()
    joined = fields.Integer()
    left = fields.Integer()
    listed = fields.Integer()
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer())


class GrowthPartSchema(Schema):
    """How many of one ward or channel were on the list a year ago, and are now."""

    key = fields.String()
    name = fields.String()
    year_ago = fields.Integer(allow_none=True)
    now = fields.Integer()


class ListGrowthSchema(Schema):
    """How the list grew in the last thirteen months, the oldest first."""

    months = fields.List(fields.Nested(GrowthMonthSchema))
    channels = fields.List(fields.Nested(GrowthPartSchema))
    wards = fields.List(fields.Nested(GrowthPartSchema))
    counted_at = Instant(allow_none=True)


@list_growth.route("")
@requires(Permission.READ_SUBSCRIBERS)
@list_growth.response(200, ListGrowthSchema)
def show_growth() -> Growth:
    """Show how many joined and left, why, and where the list reaches."""
    return read_growth(db.session(), now=utc_now())
