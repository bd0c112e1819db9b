"""Every page of savings, for the composition root."""

from tsalert.savings import views
from tsalert.savings.counting import equipment_views
from tsalert.savings.counting import views as counting_views
from tsalert.savings.figures import explaining_views, overview_views
from tsalert.savings.rates import views as rate_views
from tsalert.savings.recording import limit_views, session_views

blueprints = (
    views.bp,
    equipment_views.bp,
    counting_views.bp,
    explaining_views.bp,
    overview_views.bp,
    rate_views.bp,
    limit_views.bp,
    session_views.bp,
)
