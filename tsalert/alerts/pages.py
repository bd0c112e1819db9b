"""The pages and operations of alerts, gathered for the doors."""

from tsalert.alerts import api, deciding_api, guard_api, guard_views, public_views, views
from tsalert.alerts.audience import api as audience_api
from tsalert.alerts.audience import views as audience_views
from tsalert.alerts.figures import api as figure_api
from tsalert.alerts.figures import views as figure_views
from tsalert.alerts.missing import api as missing_api
from tsalert.alerts.missing import views as missing_views
from tsalert.alerts.previews import api as previews_api
from tsalert.alerts.previews import views as previews_views
from tsalert.alerts.printed import api as printed_api
from tsalert.alerts.printed import views as printed_views
from tsalert.alerts.templates import api as templates_api
from tsalert.alerts.templates import views as templates_views
from tsalert.alerts.trials import api as trials_api
from tsalert.alerts.trials import views as trials_views
from tsalert.alerts.unsaved import views as unsaved_views
from tsalert.alerts.withdrawing import views as withdrawing_views

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
# What somebody pastes to check is looked at and kept nowhere.
without_form_token = (public_views.check_message,)
operations = (
    *api.blueprints,
    *deciding_api.blueprints,
    *guard_api.blueprints,
    *audience_api.blueprints,
    *printed_api.blueprints,
    *missing_api.blueprints,
    *templates_api.blueprints,
    *previews_api.blueprints,
    *trials_api.blueprints,
    *figure_api.blueprints,
)
