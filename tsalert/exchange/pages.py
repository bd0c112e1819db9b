"""Pages, doors and operations of what passes between authorities, in one list."""

from tsalert.exchange import api, door_views, views
from tsalert.linked import api as linked_api
from tsalert.linked import views as linked_views

blueprints = (views.bp, door_views.bp, linked_views.bp)
# Whoever hands something in there signs it.
without_form_token = (door_views.bp,)
operations = (*api.blueprints, *linked_api.blueprints)
