"""The pages and operations of the rota, gathered for the doors."""

from tsalert.rota import api, officer_api, own_views, views

blueprints = (views.bp, own_views.bp)
operations = (*api.blueprints, *officer_api.blueprints)
