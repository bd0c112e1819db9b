"""Every page, operation and command about who joins the staff and who leaves it."""

from tsalert.staffing import api, cli, views

blueprints = (views.bp,)
operations = api.blueprints
commands = cli.commands
