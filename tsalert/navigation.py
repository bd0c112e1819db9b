"""The way around: the rooms at the top of each page, and within the room that is open the pages that lead on."""

from tsalert.activities import pages as activities_pages
from tsalert.alerts import pages as alerts_pages
from tsalert.core.actors import Permission as P
from tsalert.quarterly import pages as quarterly_pages
from tsalert.savings import pages as savings_pages
from tsalert.web.pages import Link, Room

_OF_ALERTS = frozenset({each.name for each in alerts_pages.blueprints}) - {"alert_templates"}

ROOMS = (
    Room(
        "Board",
        (
            Link("Live board", "response.board", P.SEE_BOARD),
            Link("Incidents", "response.list_incidents", P.READ_CALL),
            Link("Response times", "response_figures.show_period", P.READ_FIGURES, frozenset({"response_figures"})),
            Link("Grades", "grades.list_grades", P.SEE_BOARD, frozenset({"grades"})),
            Link("Screens", "displays.list_displays", P.MANAGE_RESPONSE, frozenset({"displays"})),
        ),
        frozenset({"response", "corrections", "home"}),
    ),
    Room(
        "Calls",
        (
            Link("Calls", "calls.list_calls", P.READ_CALL, frozenset({"calls", "matches", "voice"})),
            Link("Texts", "inbound.list_messages", P.READ_CALL, frozenset({"inbound"})),
            Link("Mail", "mail.list_mail", P.READ_CALL, frozenset({"mail"})),
            Link("Borders", "places.show_borders", P.READ_CALL, frozenset({"places"})),
        ),
    ),
    Room(
        "Rota",
        (
            Link("Rota", "rota.show_rota", P.SEE_BOARD, frozenset({"rota"})),
            Link("Your shifts", "duty.show_own", P.SEE_BOARD, frozenset({"duty"})),
            Link("Paging", "paging.show_policy", P.MANAGE_RESPONSE, frozenset({"paging"})),
        ),
    ),
    Room(
        "People",
        (
            Link("People and traders", "parties.list_parties", P.READ_CALL, frozenset({"parties", "known", "links"})),
            Link("Repeat victims and traders", "repeats.list_repeats", P.READ_CASE, frozenset({"repeats"})),
            Link("Intelligence", "intelligence.list_notes", P.READ_CALL, frozenset({"intelligence"})),
        ),
    ),
    Room(
        "Cases",
        (
            Link("Cases", "cases.list_cases", P.READ_CASE),
            Link("Board of cases", "case_board.show_board", P.READ_CASE, frozenset({"case_board"})),
            Link("Deadlines", "enforcement.list_ahead", P.READ_CASE),
            Link("Handovers", "handover.list_handovers", P.READ_CASE, frozenset({"handover"})),
            Link("Offered to us", "exchange.list_packs", P.READ_CASE, frozenset({"exchange"})),
            Link("Referrals", "referrals.list_referrals", P.READ_CASE, frozenset({"referrals", "bodies"})),
            Link("From partners", "cases.list_referrals", P.READ_CASE),
            Link("Safeguarding", "safeguarding.list_concerns", P.READ_SENSITIVE, frozenset({"safeguarding"})),
            Link("Letter templates", "letter_templates.list_templates", P.READ_CASE, frozenset({"letter_templates"})),
        ),
        frozenset({
            "cases", "chronology", "enforcement", "prosecutions", "evidence", "disclosure", "people", "letters",
            "packs", "case_officers",
        }),
    ),
    Room(
        "Prevention",
        (
            Link("Activities", "activities.list_activities", P.READ_FIGURES),
            Link("In numbers", "activities.show_totals", P.READ_FIGURES),
            Link("No-cold-calling zones", "zones.list_zones", P.READ_FIGURES, frozenset({"zones"})),
            Link("Units in homes", "prevention.list_units", P.READ_FIGURES, frozenset({"prevention"})),
            Link("Callers thanked", "recognitions.list_recognitions", P.READ_CASE, frozenset({"recognitions"})),
        ),
        frozenset({"sessions", *(each.name for each in activities_pages.blueprints)}),
    ),
    Room(
        "Savings",
        (
            Link("Interventions", "savings.list_interventions", P.READ_FIGURES, frozenset({"savings"})),
            Link("Savings of a period", "overview.show_savings", P.READ_FIGURES, frozenset({"overview", "explaining"})),
            Link("Not counted", "counting.list_not_counted", P.READ_FIGURES, frozenset({"counting"})),
            Link("Runs", "runs.list_runs", P.READ_FIGURES, frozenset({"runs"})),
            Link("Rates", "rates.list_rate_sets", P.READ_FIGURES, frozenset({"rates"})),
        ),
        frozenset({each.name for each in savings_pages.blueprints} - {"sessions"}),
    ),
    Room(
        "Figures",
        (
            Link("Dashboard", "dashboard.show_dashboard", P.READ_FIGURES, frozenset({"dashboard"})),
            Link("A period's figures", "reports.show_period", P.READ_FIGURES, frozenset({"reports"})),
            Link("Indicators", "indicators.list_indicators", P.READ_FIGURES, frozenset({"indicators"})),
            Link("Partners' figures", "partner_figures.list_figures", P.READ_FIGURES, frozenset({"partner_figures"})),
        ),
    ),
    Room(
        "Reports",
        (
            Link(
                "Board's reports",
                "board_reports.list_reports",
                P.READ_FIGURES,
                frozenset({"board_reports", "board_texts", "board_files"}),
            ),
            Link("Priority actions", "board_actions.list_actions", P.READ_FIGURES, frozenset({"board_actions"})),
            Link("Case studies", "studies.list_studies", P.READ_CASE, frozenset({"studies"})),
            Link("Timetable", "board_timetable.show_timetable", P.WRITE_REPORT, frozenset({"board_timetable"})),
        ),
        frozenset({each.name for each in quarterly_pages.staff_blueprints}),
    ),
    Room(
        "Alerts",
        (
            Link("Alerts", "alerts.list_alerts", P.READ_ALERT, _OF_ALERTS),
            Link("Templates", "alert_templates.list_templates", P.DRAFT_ALERT, frozenset({"alert_templates"})),
            Link("Alerts of neighbours", "nearby.list_alerts", P.READ_ALERT, frozenset({"nearby"})),
            Link("Daily and weekly mails", "digests.list_digests", P.READ_ALERT, frozenset({"digests"})),
            Link("Stop all sending", "sending.show_sending", P.STOP_SENDING, frozenset({"sending"})),
            Link(
                "Subscribers",
                "subscribers.list_subscribers",
                P.READ_SUBSCRIBERS,
                frozenset({"subscribers", "csv", "landlines", "paper"}),
            ),
            Link("Partners", "circulation.list_partners", P.READ_SUBSCRIBERS, frozenset({"circulation"})),
            Link("Circulation", "circulation_ledger.show_ledger", P.READ_FIGURES, frozenset({"circulation_ledger"})),
            Link("List health", "health.show_health", P.READ_SUBSCRIBERS, frozenset({"health"})),
            Link("Growth", "growth.show_growth", P.READ_SUBSCRIBERS, frozenset({"growth"})),
        ),
        frozenset({"choices", "erasing"}),
    ),
    Room(
        "Oversight",
        (
            Link("Access", "restricting.show_access", P.GRANT_ACCESS, frozenset({"restricting"})),
            Link("Oddities", "oversight.list_oddities", P.REVIEW_ODDITIES, frozenset({"oversight"})),
            Link("Retention", "retention.show_retention", P.RUN_RETENTION, frozenset({"retention"})),
            Link("Legal holds", "holds.list_holds", P.RUN_RETENTION, frozenset({"holds"})),
            Link("Programs", "tokens.list_accounts", P.CONNECT_PROGRAMS, frozenset({"tokens"})),
            Link("Webhooks", "webhooks.list_webhooks", P.CONNECT_PROGRAMS, frozenset({"webhooks"})),
            Link("Linked authorities", "linked.list_authorities", P.CONNECT_PROGRAMS, frozenset({"linked"})),
            Link("Subject access", "access.list_requests", P.ANSWER_ACCESS, frozenset({"access"})),
            Link("Service", "status.show_status", P.SEE_STATUS, frozenset({"status"})),
            Link("Staff", "staffing.list_staff", P.MANAGE_STAFF),
            Link("To hand on", "staffing.list_to_hand_on", P.MANAGE_ROTA),
            Link("Help with signing in", "sign_in_help.list_officers", P.MANAGE_STAFF, frozenset({"sign_in_help"})),
        ),
        frozenset({"staffing"}),
    ),
)  # fmt: skip
