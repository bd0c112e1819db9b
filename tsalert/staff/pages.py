"""Every page and operation of officers' own accounts, and of those who help them to sign in."""

from tsalert.staff import api, desk_views, sign_in_views, views
from tsalert.staff.factors import api as factors_api
from tsalert.staff.factors import help_views
from tsalert.staff.factors import sign_in_views as second_step_views
from tsalert.staff.factors import views as factors_views
from tsalert.staff.passwords import views as passwords_views
from tsalert.staff.sign_ins import api as sign_ins_api
from tsalert.staff.sign_ins import views as sign_ins_views
from tsalert.staff.single_sign_on import views as single_sign_on_views

blueprints = (
    views.bp,
    sign_in_views.bp,
    passwords_views.bp,
    factors_views.bp,
    second_step_views.bp,
    help_views.bp,
    sign_ins_views.bp,
    single_sign_on_views.bp,
    desk_views.bp,
)
operations = (*api.blueprints, *factors_api.blueprints, *sign_ins_api.blueprints)
