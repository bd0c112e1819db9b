"""The doors of watching: addresses for a watcher outside, a page and an operation for staff."""

from tsalert.watching import views
from tsalert.watching.metrics import views as metrics_views
from tsalert.watching.status import api as status_api
from tsalert.watching.status import views as status_views

blueprints = (views.bp, metrics_views.bp, status_views.bp)
operations = (status_api.status,)
