"""The pages and operations of alerts, gathered for the doors."""

from tsalert.alerts import (
    api,
    audience_api,
    audience_views,
    figure_api,
    figure_views,
    guard_api,
    guard_views,
    missing_api,
    missing_views,
    printed_api,
    printed_views,
    public_views,
    views,
    withdrawing_views,
)
from tsalert.alerts.previews import api as previews_api
from tsalert.alerts.previews import views as previews_views
from tsalert.alerts.templates import api as templates_api
from tsalert.alerts.templates import views as templates_views
from tsalert.alerts.trials import api as trials_api
from tsalert.alerts.trials import views as trials_views
from tsalert.alerts.unsaved import views as unsaved_views

# All of these stand on one blueprint; naming them here is what opens their pages.
PARTS = (audience_views, guard_views, public_views, trials_views, withdrawing_views)
blueprints = (
    views.bp,
    printed_views.bp,
    missing_views.bp,
    figure_views.bp,
    templates_views.bp,
    unsaved_views.bp,
    previews_views.bp,
)
operations = (
    *api.blueprints,
    *guard_api.blueprints,
    *audience_api.blueprints,
    *printed_api.blueprints,
    *missing_api.blueprints,
    *templates_api.blueprints,
    *previews_api.blueprints,
    *trials_api.blueprints,
    *figure_api.blueprints,
)
