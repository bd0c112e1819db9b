"""Every page and operation on a case's work beyond its file: enforcement, courts, the timeline of all of it."""

from tsalert.chronology import api, views
from tsalert.enforcement import court_api, court_views
from tsalert.enforcement import views as enforcement_views

blueprints = (enforcement_views.bp, court_views.bp, views.bp)
operations = (*court_api.blueprints, *api.blueprints)
