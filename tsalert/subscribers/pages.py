"""The pages and operations of the list, gathered for the doors."""

from tsalert.subscribers import (
    csv_views,
    joining_api,
    joining_views,
    landline_views,
    link_views,
    list_api,
    paper_views,
    views,
)
from tsalert.subscribers.preferences import api as preferences_api
from tsalert.subscribers.preferences import officer_views as choices_views
from tsalert.subscribers.preferences import views as preferences_views

blueprints = (
    views.bp,
    joining_views.bp,
    landline_views.bp,
    paper_views.bp,
    csv_views.bp,
    link_views.bp,
    preferences_views.bp,
    choices_views.bp,
)
operations = (*list_api.blueprints, *preferences_api.blueprints, *joining_api.blueprints)
# Those who join, leave, or change what they get come by links of their own.
without_form_token = (link_views.bp, joining_views.bp, preferences_views.bp)
