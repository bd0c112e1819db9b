"""The pages and operations of cases, gathered for the doors."""

from tsalert.cases import (
    api,
    filter_api,
    filter_views,
    merge_api,
    merge_views,
    narrowing,
    partner_api,
    partner_views,
    views,
)

# All of these stand on the blueprint of the cases themselves; naming them here is what opens their pages.
PARTS = (narrowing, filter_views, merge_views, partner_views)
blueprints = (views.bp,)
operations = (*api.blueprints, *filter_api.blueprints, merge_api.blp, *partner_api.blueprints)
