"""The doors through which officers compose alerts, beside those of the alerts themselves."""

from tsalert.alerts.previews import api as previews_api
from tsalert.alerts.previews import views as previews_views
from tsalert.alerts.templates import api as templates_api
from tsalert.alerts.templates import views as templates_views
from tsalert.alerts.trials import api as trials_api
from tsalert.alerts.unsaved import views as unsaved_views

pages = (templates_views.bp, unsaved_views.bp, previews_views.bp)
operations = (*templates_api.blueprints, *previews_api.blueprints, *trials_api.blueprints)
