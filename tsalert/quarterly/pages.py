"""Every page and operation of the board's report, for the composition root."""

from tsalert.quarterly import api, file_api, file_views, text_api, text_views, views
from tsalert.quarterly.actions import api as actions_api
from tsalert.quarterly.actions import status_views
from tsalert.quarterly.actions import views as action_views
from tsalert.quarterly.published import api as published_api
from tsalert.quarterly.published import views as published_views
from tsalert.quarterly.studies import api as studies_api
from tsalert.quarterly.studies import views as study_views
from tsalert.quarterly.timetable import api as timetable_api
from tsalert.quarterly.timetable import views as timetable_views

staff_blueprints = (
    timetable_views.bp,
    views.bp,
    text_views.bp,
    file_views.bp,
    action_views.bp,
    status_views.bp,
    study_views.bp,
)
blueprints = (*staff_blueprints, published_views.bp)
operations = (
    api.reports,
    text_api.board_texts,
    *file_api.blueprints,
    *actions_api.blueprints,
    *studies_api.blueprints,
    *timetable_api.blueprints,
    *published_api.blueprints,
)
