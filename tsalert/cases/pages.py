"""The pages and operations of cases, gathered for the doors."""

from tsalert.cases import api, merge_api, merge_views, partner_api, partner_views, views

# Merges and partners' referrals stand on the blueprint of the cases themselves.
assert merge_views.bp is partner_views.bp is views.bp
blueprints = (views.bp,)
operations = (*api.blueprints, merge_api.blp, *partner_api.blueprints)
