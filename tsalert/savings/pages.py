"""Every page of savings, for the composition root."""

from tsalert.savings import (
    counting_views,
    equipment_views,
    explaining_views,
    limit_views,
    overview_views,
    rate_views,
    views,
)

blueprints = (
    views.bp,
    equipment_views.bp,
    counting_views.bp,
    explaining_views.bp,
    overview_views.bp,
    rate_views.bp,
    limit_views.bp,
)
