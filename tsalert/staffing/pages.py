"""Every page and operation about who joins the staff and who leaves it."""

from tsalert.staffing import api, views

blueprints = (views.bp,)
operations = api.blueprints
