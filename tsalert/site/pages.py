"""The pages that residents see without an account, gathered for the doors."""

from tsalert.site import report_views, views

blueprints = (views.bp, report_views.bp)
# Anybody may report, whether or not their browser keeps cookies.
without_form_token = (report_views.bp,)
