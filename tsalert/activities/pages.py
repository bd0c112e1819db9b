"""Every page of activities, for the composition root."""

from tsalert.activities import recognition_views, views, zone_views

blueprints = (views.bp, zone_views.bp, recognition_views.bp)
