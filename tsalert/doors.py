"""Every door into the program that a web server opens: pages and operations of the API; commands are in console.py."""

from tsalert.activities import api as activities_api
from tsalert.activities import pages as activities_pages
from tsalert.alerts import pages as alerts_pages
from tsalert.cases import pages as cases_pages
from tsalert.chronology import pages as chronology_pages
from tsalert.circulation import api as circulation_api
from tsalert.circulation import ledger_views as circulation_ledger_views
from tsalert.circulation import link_views as circulation_link_views
from tsalert.circulation import views as circulation_views
from tsalert.delivery import stop_api, stop_views
from tsalert.delivery import views as delivery_views
from tsalert.digests import api as digests_api
from tsalert.digests import views as digests_views
from tsalert.displays import api as displays_api
from tsalert.displays import views as displays_views
from tsalert.evidence import api as evidence_api
from tsalert.evidence import disclosure_views
from tsalert.evidence import views as evidence_views
from tsalert.exchange import pages as exchange_pages
from tsalert.feeds import views as feeds_views
from tsalert.finding import api as finding_api
from tsalert.finding import board_api as case_board_api
from tsalert.finding import board_views as case_board_views
from tsalert.finding import views as finding_views
from tsalert.handover import api as handover_api
from tsalert.handover import views as handover_views
from tsalert.hygiene import api as hygiene_api
from tsalert.hygiene import views as hygiene_views
from tsalert.inbound import api as inbound_api
from tsalert.inbound import doorstep as inbound_doorstep
from tsalert.inbound import notify_views, voice_views
from tsalert.inbound import views as inbound_views
from tsalert.inbound.mail import api as mail_api
from tsalert.inbound.mail import views as mail_views
from tsalert.intelligence import api as intelligence_api
from tsalert.intelligence import views as intelligence_views
from tsalert.letters import api as letters_api
from tsalert.letters import template_views as letters_template_views
from tsalert.letters import views as letters_views
from tsalert.nearby import api as nearby_api
from tsalert.nearby import views as nearby_views
from tsalert.oversight import api as oversight_api
from tsalert.oversight import views as oversight_views
from tsalert.packs import api as packs_api
from tsalert.packs import views as packs_views
from tsalert.paging import api as paging_api
from tsalert.paging import views as paging_views
from tsalert.people import api as people_api
from tsalert.people import views as people_views
from tsalert.places import api as places_api
from tsalert.places import views as places_views
from tsalert.prevention import api as prevention_api
from tsalert.prevention import views as prevention_views
from tsalert.quarterly import pages as quarterly_pages
from tsalert.referrals import api as referrals_api
from tsalert.referrals import body_views as referrals_body_views
from tsalert.referrals import views as referrals_views
from tsalert.reports import api as reports_api
from tsalert.reports import (
    dashboard_api,
    dashboard_views,
    growth_api,
    growth_views,
    indicator_views,
    partner_views,
)
from tsalert.reports import views as reports_views
from tsalert.response import (
    answer_api,
    answer_views,
    board_api,
    correction_api,
    correction_views,
    figure_views,
    figures_api,
    grade_views,
    grades_api,
    known_api,
    known_views,
    match_views,
    party_search_api,
    waiting_api,
    waiting_views,
)
from tsalert.response import api as response_api
from tsalert.response import views as response_views
from tsalert.restricting import api as restricting_api
from tsalert.restricting import officer_views as case_officer_views
from tsalert.restricting import views as restricting_views
from tsalert.retention import api as retention_api
from tsalert.retention import hold_views
from tsalert.retention import views as retention_views
from tsalert.retention.access import api as access_api
from tsalert.retention.access import views as access_views
from tsalert.retention.own import api as own_api
from tsalert.retention.own import officer_views as erasing_views
from tsalert.retention.own import views as own_views
from tsalert.rota import pages as rota_pages
from tsalert.runs import api as runs_api
from tsalert.runs import views as runs_views
from tsalert.safeguarding import api as safeguarding_api
from tsalert.safeguarding import views as safeguarding_views
from tsalert.savings import api as savings_api
from tsalert.savings import pages as savings_pages
from tsalert.site import pages as site_pages
from tsalert.staff import pages as staff_pages
from tsalert.staff.tokens import api as tokens_api
from tsalert.staff.tokens import views as tokens_views
from tsalert.staffing import pages as staffing_pages
from tsalert.subscribers import pages as subscribers_pages
from tsalert.watching import pages as watching_pages
from tsalert.web import home, manual
from tsalert.webhooks import api as webhooks_api
from tsalert.webhooks import views as webhooks_views

PAGES = (
    home.bp,
    manual.bp,
    *watching_pages.blueprints,
    *staff_pages.blueprints,
    tokens_views.bp,
    *staffing_pages.blueprints,
    displays_views.bp,
    response_views.bp,
    answer_views.bp,
    correction_views.bp,
    paging_views.bp,
    waiting_views.bp,
    *rota_pages.blueprints,
    grade_views.bp,
    figure_views.bp,
    match_views.bp,
    known_views.bp,
    finding_views.bp,
    case_board_views.bp,
    *cases_pages.blueprints,
    intelligence_views.bp,
    restricting_views.bp,
    case_officer_views.bp,
    people_views.bp,
    people_views.repeats,
    *chronology_pages.blueprints,
    evidence_views.bp,
    disclosure_views.bp,
    places_views.bp,
    handover_views.bp,
    *exchange_pages.blueprints,
    safeguarding_views.bp,
    referrals_views.bp,
    referrals_body_views.bp,
    letters_views.bp,
    packs_views.bp,
    letters_template_views.bp,
    prevention_views.bp,
    *activities_pages.blueprints,
    *savings_pages.blueprints,
    feeds_views.bp,
    nearby_views.bp,
    digests_views.bp,
    runs_views.bp,
    reports_views.bp,
    oversight_views.bp,
    retention_views.bp,
    hold_views.bp,
    access_views.bp,
    dashboard_views.bp,
    indicator_views.bp,
    partner_views.bp,
    *quarterly_pages.blueprints,
    *alerts_pages.blueprints,
    *site_pages.blueprints,
    *subscribers_pages.blueprints,
    circulation_views.bp,
    circulation_ledger_views.bp,
    circulation_link_views.bp,
    own_views.bp,
    erasing_views.bp,
    delivery_views.bp,
    stop_views.bp,
    inbound_views.bp,
    notify_views.bp,
    voice_views.bp,
    mail_views.bp,
    hygiene_views.bp,
    growth_views.bp,
    webhooks_views.bp,
)
# Twilio and linked authorities sign what they send, Notify shows its token, whoever leaves a list or chooses comes by a
# link of their own, and anybody may join, report or check: a token needs a cookie, and would protect nobody.
WITHOUT_FORM_TOKEN = (
    inbound_views.bp,
    notify_views.bp,
    voice_views.bp,
    *subscribers_pages.without_form_token,
    *site_pages.without_form_token,
    *alerts_pages.without_form_token,
    own_views.bp,
    circulation_link_views.bp,
    *exchange_pages.without_form_token,
)
# Receipts come by the thousand.
ON_THE_DOORSTEP = {
    "/webhooks/twilio/status": inbound_doorstep.take_of_twilio,
    "/webhooks/notify/status": inbound_doorstep.take_of_notify,
}
OPERATIONS = (
    waiting_api.calls,
    response_api.incidents,
    *answer_api.blueprints,
    *correction_api.blueprints,
    *paging_api.blueprints,
    board_api.board,
    *watching_pages.operations,
    *displays_api.blueprints,
    *rota_pages.operations,
    *staff_pages.operations,
    *tokens_api.blueprints,
    *staffing_pages.operations,
    *inbound_api.blueprints,
    grades_api.grades,
    figures_api.figures,
    *party_search_api.blueprints,
    *known_api.blueprints,
    *finding_api.blueprints,
    case_board_api.board,
    *cases_pages.operations,
    *intelligence_api.blueprints,
    *restricting_api.blueprints,
    *people_api.blueprints,
    *chronology_pages.operations,
    *evidence_api.blueprints,
    *places_api.blueprints,
    *handover_api.blueprints,
    *exchange_pages.operations,
    *safeguarding_api.blueprints,
    *referrals_api.blueprints,
    *letters_api.blueprints,
    *packs_api.blueprints,
    *prevention_api.blueprints,
    *activities_api.blueprints,
    *savings_api.blueprints,
    *runs_api.blueprints,
    *reports_api.blueprints,
    *oversight_api.blueprints,
    *retention_api.blueprints,
    *access_api.blueprints,
    *subscribers_pages.operations,
    *own_api.blueprints,
    *dashboard_api.blueprints,
    *quarterly_pages.operations,
    *alerts_pages.operations,
    *digests_api.blueprints,
    *nearby_api.blueprints,
    *stop_api.blueprints,
    *mail_api.blueprints,
    *hygiene_api.blueprints,
    growth_api.list_growth,
    *circulation_api.blueprints,
    *webhooks_api.blueprints,
)
