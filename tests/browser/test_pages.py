"""Every page, as every reader: accessible, usable on the narrowest screen, and closed where it must be."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from msgspec import Struct, field
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import Looked, Part, bring_axe_along, faults_beyond, parts_of
from tests.browser.conftest import opened, sign_in
from tests.browser.messages import MOVING, OPENING, ask, last, link_in, newest
from tests.demonstration import SECRET_KEY
from tsalert.core.actors import Permission
from tsalert.delivery.tokens import make_signer
from tsalert.staff.rules import RoleName, permissions_of
from tsalert.visitors.rules import SHORTEST_FILL
from tsalert.web.access import PUBLIC, SIGNED_IN, access_of, is_for_walls

# Where to see each page in the demonstration; a page that is not here fails the first test.
WHERE = {
    "feeds.show_embedded": "/alerts/embed",
    "feeds.show_sharing": "/alerts/share",
    "activities.list_activities": "/activities?period=2022/23+Q1",
    "activities.new_activity": "/activities/new?kind=campaign",
    "activities.show_totals": "/activities/totals?period=2022/23+Q1",
    "digests.list_digests": "/alerts/digests",
    "sending.show_sending": "/sending",
    "alerts.check_form": "/check",
    "alerts.edit_form": "/alerts/5/edit",
    "alerts.follow_up_form": "/alerts/3/follow-up?kind=all_clear",
    "alerts.list_alerts": "/alerts",
    "alerts.list_doubts": "/alerts/3/doubts",
    "missed_alerts.list_missing": "/alerts/3/missing",
    "alert_figures.show_figures": "/alerts/3/figures",
    "alerts.list_reviews": "/alerts/sent-alone",
    "alerts.new_alert": "/alerts/new",
    "alerts.published": "/alerts/published",
    "alerts.show_alert": "/alerts/4",
    "alert_previews.show_preview": "/alerts/4/preview",
    "alert_previews.show_public_page": "/alerts/4/preview/public",
    "alert_templates.edit_template": "/alerts/templates/rogue-traders/edit",
    "alert_templates.list_templates": "/alerts/templates",
    "alert_templates.new_template": "/alerts/templates/new",
    "alert_templates.show_template": "/alerts/templates/rogue-traders",
    "alerts.show_audience": "/alerts/5/audience",
    "board_files.read_report": "/board-reports/2022-23Q1/read?edition=board",
    "board_reports.compare_revisions": "/board-reports/2022-23Q1/compare",
    "board_reports.list_reports": "/board-reports",
    "board_reports.show_report": "/board-reports/2022-23Q1",
    "board_texts.edit_text": "/board-reports/2022-23Q2/texts/implications",
    "calls.list_calls": "/calls",
    "choices.show_changes": "/subscribers/1/changes",
    "choices.show_why": "/subscribers/why-people-left",
    "calls.show_call": "/calls/1",
    "calls.show_new_call": "/calls/new",
    "corrections.show_call_form": "/calls/1/correction",
    "corrections.show_incident_form": "/incidents/1/correction",
    "circulation.edit_partner": "/partners/1/edit",
    "circulation.list_kinds": "/partners/kinds",
    "circulation.list_partners": "/partners",
    "circulation.new_contact": "/partners/1/contacts/new",
    "circulation.new_partner": "/partners/new",
    "circulation.show_partner": "/partners/1",
    "circulation_ledger.show_ledger": "/circulation",
    "chronology.show_timeline": "/cases/648/timeline",
    "enforcement.confirm_taking_back": "/cases/648/enforcement/taken-back?record=action&record_id=1",
    "enforcement.list_ahead": "/deadlines?everybody=yes",
    "enforcement.list_law": "/offences",
    "enforcement.new_action": "/cases/648/actions",
    "enforcement.new_cancellation": "/cases/648/cancellations",
    "enforcement.new_offence": "/cases/648/offences",
    "prosecutions.new_prosecution": "/cases/648/prosecutions",
    "case_board.show_board": "/cases/board?everybody=yes",
    "cases.edit_case": "/cases/648/edit",
    "cases.list_filters": "/cases/filters",
    "cases.new_filter": "/cases/filters/new",
    "cases.edit_continuation": "/cases/648/continuation",
    "cases.list_referrals": "/from-partners",
    "cases.new_referral": "/cases/648/referrals",
    "cases.edit_progress": "/cases/648/progress",
    "cases.list_cases": "/cases",
    "cases.new_case": "/cases/new",
    "cases.new_link": "/cases/648/incidents",
    "cases.new_money": "/cases/648/money",
    "cases.new_note": "/cases/648/notes",
    "cases.show_case": "/cases/648",
    "counting.list_not_counted": "/savings/not-counted?period=2023/24",
    "counting.show_case_study": "/cases/648/case-study",
    "delivery.outbox": "/dev/outbox",
    "disclosure.edit_line": "/cases/647/disclosure/1",
    "disclosure.show_schedule": "/cases/647/disclosure",
    "displays.list_displays": "/wall-displays",
    "manual.show_manual": "/api/v1/",
    "manual.show_part": "/api/v1/reference/incidents",
    "tokens.list_accounts": "/service-accounts",
    "tokens.list_own_tokens": "/account/tokens",
    "tokens.show_account": "/service-accounts/6",
    "exchange.list_packs": "/offered-packs",
    "exchange.show_pack": "/offered-packs/1",
    "nearby.list_alerts": "/nearby-alerts",
    "nearby.show_alert": "/nearby-alerts/1",
    "linked.list_authorities": "/linked-authorities",
    "linked.show_authority": "/linked-authorities/1",
    "webhooks.list_webhooks": "/outgoing-webhooks",
    "webhooks.show_webhook": "/outgoing-webhooks/1",
    "erasing.show_erasing": "/subscribers/1/erase",
    "evidence.new_custody": "/cases/647/exhibits/1/custody",
    "evidence.new_exhibit": "/cases/647/exhibits",
    "evidence.new_file": "/cases/647/files",
    "evidence.show_evidence": "/cases/647/evidence",
    "evidence.show_exhibit": "/cases/647/exhibits/1",
    "finding.show_search": "/search",
    "grades.list_grades": "/grades",
    "grades.new_version": "/grades/new?name=immediate",
    "handover.edit_draft": "/handovers/3/edit",
    "handover.list_handovers": "/handovers",
    "handover.new_handover": "/handovers/new?case=648",
    "handover.show_handover": "/handovers/1",
    "handover.show_pack": "/handovers/1/pack",
    "handover.show_step": "/handovers/2/acceptance",
    "growth.show_growth": "/list-growth",
    "health.list_canaries": "/list-health/canaries",
    "health.list_doubles": "/list-health/duplicates",
    "health.list_reports": "/list-health/reports",
    "health.list_shared": "/list-health/shared",
    "health.list_to_phone": "/list-health/phones",
    "health.show_health": "/list-health",
    "mail.list_mail": "/mail",
    "inbound.list_messages": "/messages",
    "joining.show_form": "/join",
    "equipment.end_page": "/units/1/end",
    "intelligence.list_notes": "/intelligence",
    "intelligence.new_note": "/intelligence/new?party=1",
    "intelligence.show_note": "/intelligence/1",
    "repeats.list_repeats": "/people/repeats?who=traders&period=2026/27",
    "people.new_role": "/cases/652/people/new",
    "people.show_people": "/cases/652/people",
    "parties.list_parties": "/parties",
    "parties.new_known": "/parties/1/known-by",
    "parties.new_warning": "/parties/1/warnings",
    "parties.show_party": "/parties/1",
    "parties.show_warning": "/parties/warnings/1",
    "oversight.list_oddities": "/oddities",
    "oversight.show_home": "/oddities/own-postcode",
    "places.edit_neighbour": "/borders/neighbours/1",
    "places.new_exception": "/borders/exceptions/new",
    "places.new_neighbour": "/borders/neighbours/new",
    "places.show_borders": "/borders",
    "letters.list_letters": "/cases/651/letters",
    "letters.new_letter": "/cases/651/letters/new?kind=visit",
    "letters.new_sending": "/cases/651/letters/1/sending",
    "letters.show_letter": "/cases/651/letters/1",
    "letter_templates.edit_template": "/letter-templates/visit/edit",
    "letter_templates.list_templates": "/letter-templates",
    "letter_templates.show_template": "/letter-templates/visit",
    "packs.choose_parts": "/cases/651/pack",
    "paging.show_policy": "/paging/policy",
    "preferences.show_form": "/preferences",
    "prevention.check_page": "/units/1/check",
    "prevention.list_units": "/units?show=all",
    "prevention.show_unit": "/units/1",
    "bodies.edit_body": "/partner-bodies/1",
    "bodies.list_bodies": "/partner-bodies",
    "bodies.new_body": "/partner-bodies/new",
    "referrals.edit_draft": "/referrals/2/edit",
    "referrals.list_referrals": "/referrals",
    "referrals.new_referral": "/referrals/new?case=648",
    "referrals.show_referral": "/referrals/1",
    "referrals.show_step": "/referrals/2/sending",
    "recognitions.list_recognitions": "/recognitions?show=all",
    "recognitions.new_recognition": "/recognitions/new?incident=1",
    "recognitions.show_recognition": "/recognitions/1",
    "recognitions.show_step": "/recognitions/3/presentation",
    "dashboard.show_dashboard": "/dashboard?period=2022/23+Q1",
    "indicators.list_indicators": "/indicators",
    "indicators.new_version": "/indicators/share_met/change",
    "indicators.show_indicator": "/indicators/blockers_installed",
    "board_actions.edit_action": "/board-actions/6/change",
    "board_actions.edit_update": "/board-actions/6/updates/2022-23Q2",
    "board_actions.list_actions": "/board-actions?quarter=2022/23+Q2",
    "board_actions.new_action": "/board-actions/new",
    "board_actions.show_action": "/board-actions/4",
    "board_statuses.edit_status": "/board-actions/statuses/in_progress/change",
    "board_statuses.list_statuses": "/board-actions/statuses",
    "board_statuses.new_status": "/board-actions/statuses/new",
    "partner_figures.list_figures": "/partner-figures",
    "partner_figures.new_figure": "/partner-figures/new",
    "partner_figures.show_correction": "/partner-figures/2/correction",
    "studies.list_studies": "/case-studies",
    "studies.new_study": "/cases/648/case-studies/new",
    "reports.show_period": "/figures?period=2021/22",
    "response.board": "/board",
    "response.list_incidents": "/incidents",
    "response_figures.list_incidents": "/response-figures/incidents?period=2022/23+Q2&result=immediate",
    "response_figures.show_period": "/response-figures?period=2022/23+Q2",
    "response.show_incident": "/incidents/1",
    "response.show_step": "/incidents/91/grade",
    "duty.show_own": "/account/duty",
    "rota.list_officers": "/rota/officers",
    "rota.list_patterns": "/rota/patterns",
    "rota.show_leave": "/rota/leave",
    "rota.show_new_pattern": "/rota/patterns/new",
    "rota.show_new_shift": "/rota/shifts/new",
    "rota.show_officer": "/rota/officers/1",
    "rota.show_on_duty": "/rota/on-duty",
    "rota.show_pattern": "/rota/patterns/1/change",
    "rota.show_pattern_end": "/rota/patterns/1/end",
    "rota.show_rota": "/rota",
    "overview.show_savings": "/savings?period=2022/23&by=ward&basis=prudent-central&profile=classes",
    "overview.show_what_if": "/savings/what-if?trial=prudent-2026&period=2022/23+Q1",
    "explaining.explain": "/savings/explain?period=2022/23+Q1&row=call_blockers&column=financial",
    "safeguarding.list_concerns": "/safeguarding",
    "safeguarding.new_concern": "/safeguarding/new?case=648",
    "safeguarding.show_concern": "/safeguarding/1",
    "safeguarding.show_step": "/safeguarding/2/sent",
    "savings.list_interventions": "/interventions",
    "rates.compare_rate_sets": "/savings/rate-sets/prudent-2026/compare?with=nts-observed-2021-22",
    "board_timetable.show_timetable": "/board-reports/timetable",
    "published.list_published": "/published",
    "published.show_published": "/published/2022-23Q1",
    "rates.edit_rate": "/savings/rate-sets/hmt-2026/rate",
    "rates.edit_rate_set": "/savings/rate-sets/hmt-2026/edit",
    "rates.list_rate_sets": "/savings/rate-sets",
    "rates.new_rate_set": "/savings/rate-sets/new",
    "retention.new_rule": "/retention/rules/new",
    "retention.show_certificate": "/retention/runs/1/certificate",
    "retention.show_register": "/retention/register",
    "retention.show_retention": "/retention",
    "retention.show_run": "/retention/runs/1",
    "holds.list_holds": "/legal-holds",
    "holds.new_hold": "/legal-holds/new",
    "holds.show_hold": "/legal-holds/1",
    "access.list_requests": "/subject-access",
    "access.new_request": "/subject-access/new",
    "access.show_request": "/subject-access/1",
    "runs.compare_runs": "/savings/runs/1/difference?with=2",
    "runs.list_runs": "/savings/runs",
    "runs.new_run": "/savings/runs/new?period=2022/23+Q1",
    "runs.show_run": "/savings/runs/2",
    "savings.new_intervention": "/interventions/new?type=doorstep_crime",
    "zones.edit_zone": "/zones/2/edit",
    "zones.end_page": "/zones/2/end",
    "zones.list_zones": "/zones?show=all",
    "zones.new_zone": "/zones/new",
    "zones.renew_page": "/zones/2/renew",
    "zones.show_zone": "/zones/2",
    "verification.show_limit": "/savings/verification",
    "restricting.confirm_lifting": "/access/restrictions/case/646/lift",
    "restricting.new_restriction": "/access/restrictions/new",
    "restricting.show_access": "/access",
    "restricting.show_closed": "/access/closed/case/646",
    "case_officers.show_officers": "/cases/648/officers",
    "rates.show_rate_set": "/savings/rate-sets/nts-observed-2021-22",
    "signing_in.show_form": "/sign-in",
    "second_step.show_passkey": "/sign-in/passkey",
    "sign_in_help.list_officers": "/sign-in-help",
    "sign_in_help.show_officer": "/sign-in-help/1",
    "sign_in_help.show_reset": "/sign-in-help/1/second-step",
    "own_second_step.show_app": "/account/second-step/app",
    "own_second_step.show_new_passkey": "/account/second-step/passkeys/new",
    "own_second_step.show_own": "/account/second-step",
    "passwords.show_own": "/account/password",
    "status.show_status": "/status",
    "site.show_accessibility": "/accessibility",
    "site.show_cookies": "/cookies",
    "site.show_door": "/at-the-door",
    "site.show_home": "/welcome",
    "site.show_privacy": "/privacy",
    "reporting.show_form": "/report",
    "staff.show_account": "/account",
    "sign_ins.list_own": "/account/sign-ins",
    "single_sign_on.show_confirmed": "/single-sign-on/confirmed",
    "staffing.list_staff": "/staff",
    "staffing.list_to_hand_on": "/staff/to-hand-on",
    "staffing.new_officer": "/staff/new",
    "staffing.show_officer": "/staff/1",
    "landlines.list_landlines": "/subscribers/landlines",
    "csv.show_form": "/subscribers/import",
    "paper.show_form": "/subscribers/paper",
    "subscribers.list_subscribers": "/subscribers",
    "subscribers.show_form": "/subscribers/new",
    "subscribers.show_subscriber": "/subscribers/1",
}
PLANNED, ONE_ACTIVITY = "/activities?state=planned", "tbody a[href^='/activities/']"
HEARD, PROSECUTED = "/deadlines?everybody=yes", "a[href*='/prosecutions/']"
ONE_STUDY = "main a[href*='/case-studies/']"
PEOPLE, TOLD = "/cases/652/people", "main p a[href*='/people/']"
# Pages whose address is not known beforehand: the page that leads there, the link, and what to add to it.
FOUND = {
    "activities.cancel_page": (PLANNED, ONE_ACTIVITY, "/cancel"),
    "activities.plan_page": (PLANNED, ONE_ACTIVITY, "/plan"),
    "activities.show_activity": ("/activities?kind=campaign", ONE_ACTIVITY, ""),
    "sessions.correct_page": ("/activities?kind=campaign", ONE_ACTIVITY, "/correct"),
    "sessions.hold_page": (PLANNED, ONE_ACTIVITY, "/held"),
    "sessions.saving_page": ("/activities?without_saving=yes", ONE_ACTIVITY, "/saving"),
    "passing_on.show_alert": ("/partners/1", "a[href^='/pass-on/']", ""),
    "alerts.check_alert": ("/alerts/published", "a[href^='/check/TS-']", ""),
    "equipment.new_units": ("/units?show=all", "a[href^='/interventions/S']", "/units"),
    "delivery.show_message": ("/dev/outbox", "a[href^='/dev/outbox/']", ""),
    "choices.edit_choices": ("/subscribers/1", "td a[href*='/addresses/'], th a[href*='/addresses/']", ""),
    "calls.show_write_up": ("/calls", "a[href$='/write-up']", ""),
    "oversight.show_oddity": ("/oddities", "a[href^='/oddities/20']", ""),
    "corrections.show_time_form": ("/incidents/1", "a[href$='/correction'][href*='/milestones/']", ""),
    "enforcement.show_enforcement": (HEARD, "a[href$='/enforcement']", ""),
    "prosecutions.show_prosecution": (HEARD, PROSECUTED, ""),
    "prosecutions.new_decision": (HEARD, PROSECUTED, "/decisions"),
    "prosecutions.new_defendant": (HEARD, PROSECUTED, "/defendants"),
    "prosecutions.new_hearing": (HEARD, PROSECUTED, "/hearings"),
    "prosecutions.new_outcome": (HEARD, PROSECUTED, "/hearings/2/outcome"),
    "prosecutions.new_payment": (HEARD, PROSECUTED, "/payments"),
    "cases.edit_filter": ("/cases/filters", "a[href^='/cases/filters/']:not([href$='/new'])", ""),
    "cases.show_referral": ("/from-partners", "td a[href^='/cases/'], th a[href^='/cases/']", "/referrals/1"),
    "people.edit_role": (PEOPLE, "a[href$='/end']", ""),
    "people.new_assessment": (PEOPLE, TOLD, "/assessment"),
    "people.new_wishes": (PEOPLE, TOLD, "/wishes"),
    "people.show_person": (PEOPLE, TOLD, ""),
    "parties.show_known": ("/parties/1", "a[href*='/known-by/']", ""),
    "studies.edit_study": ("/case-studies", ONE_STUDY, "/edit"),
    "studies.show_study": ("/case-studies", ONE_STUDY, ""),
    "rota.show_shift": ("/rota", ".ts-rota tr:nth-child(11) a[href^='/rota/shifts/']", ""),
    "rota.show_shift_form": ("/rota", ".ts-rota tr:nth-child(11) a[href^='/rota/shifts/']", "/give"),
    "savings.show_intervention": ("/interventions", "a[href^='/interventions/S']", ""),
    "savings.correct_page": ("/interventions", "a[href^='/interventions/S']", "/correct"),
    "savings.withdraw_page": ("/interventions", "a[href^='/interventions/S']", "/withdraw"),
}
# Pages behind a link that is made for one screen or one address alone (see ``links``).
MINE = {
    "own_record.show_erasing": "/erase",
    "own_record.show_held": "/held",
    "preferences.edit_address": "/address",
    "preferences.edit_choices": "/choices",
    "preferences.edit_pause": "/pause",
    "preferences.show_mine": "",
    "preferences.show_readers": "/who",
    "preferences.show_stop": "/stop",
}
LINKED = {
    "displays.show_link",
    "joining.show_code",
    "links.show_confirmation",
    "links.show_leaving",
    "links.show_why",
    "reporting.show_receipt",
    "preferences.show_code",
    "preferences.show_link",
    "preferences.show_move",
    *MINE,
    "passing_on.ask_passed_on",
    "passing_on.ask_reach",
}
# Pages that show T3: open to those on the case, which none of the readers is, and to those who may read it anywhere.
SENSITIVE = {"people.new_assessment", "people.new_wishes", "people.show_person"}
# Parts of pages, mails and files.
NO_PAGES = {
    "paging.show_troubles",
    "linked.show_published",
    "metrics.show_metrics",
    "watching.show_process",
    "watching.show_service",
    "feeds.show_atom",
    "feeds.show_cap",
    "feeds.show_json",
    "board_files.give_file",
    "circulation.give_code",
    "circulation.lead_to_list",
    "circulation_ledger.export_ledger",
    "activities.export_activities",
    "activities.export_totals",
    "growth.export_growth",
    "recognitions.give_certificate",
    "zones.export_zones",
    "explaining.export_explanation",
    "overview.export_savings",
    "overview.export_what_if",
    "access.export",
    "retention.export_certificate",
    "runs.export_lines",
    "rates.export_rate_set",
    "alerts.show_email",
    "alert_previews.show_mail",
    "alerts.show_progress",
    "printed_alerts.give_newsletter",
    "printed_alerts.give_newsletter_proof",
    "printed_alerts.give_proof",
    "printed_alerts.give_sheet",
    "manual.get_description",
    "calls.hear",
    "calls.show_proposal",
    "counting.export_not_counted",
    "prevention.export_units",
    "calls.show_waiting",
    "delivery.show_html",
    "disclosure.export_schedule",
    "duty.show_calendar",
    "handover.download_pack",
    "handover.show_pack_text",
    "referrals.download_pack",
    "evidence.download",
    "evidence.download_bundle",
    "home.show_home",
    "letters.download_letter",
    "own_record.download_held",
    "packs.download_pack",
    "published.give_file",
    "response.show_board_lines",
    "response_figures.export_incidents",
    "response_figures.export_period",
    "desk.show_cover",
    *(f"single_sign_on.{name}" for name in ("begin", "begin_again", "come_back", "leave", "note_ended")),
    "static",
}
# What stands between a browser and its being signed in (test_signing_in.py).
ON_THE_WAY_IN = {"passwords.show_link", "second_step.show_question"}

# Closed by what the record holds, beyond what the mark says: safeguarding concerns of the demonstration.
KEPT_TO_A_FEW = {"safeguarding.show_concern", "safeguarding.show_step"}
WALL, NOBODY = "wall display", "nobody"
READERS = [
    RoleName.MANAGER,
    RoleName.DUTY_OFFICER,
    RoleName.CASE_OFFICER,
    RoleName.ADMINISTRATOR,
    RoleName.DATA_PROTECTION_OFFICER,
    WALL,
    NOBODY,
]
WIDTHS = (1280, 320)
AROUND = "around"


class Known(Struct, frozen=True):
    """What was looked at already, of each page and of all pages together.

    :param parts: what each page showed, and what was around it.
    :param looked: which sorts of elements were looked at on a screen of each width.
    """

    parts: defaultdict[str, Part] = field(default_factory=lambda: defaultdict(Part))
    looked: defaultdict[int, Looked] = field(default_factory=lambda: defaultdict(Looked))


def test_no_page_is_left_out(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    pages = {endpoint for endpoint in pages if not endpoint.startswith("api_")}
    assert pages - NO_PAGES == {*WHERE, *FOUND, *LINKED, *ON_THE_WAY_IN}


@pytest.fixture
def places(chromium: Browser, site: str, kept: dict[str, Any]) -> dict[str, str]:
    """The address of every page; to make them anew would ask one resident for more messages than an hour allows."""
    if "places" not in kept:
        with opened(chromium, site) as page:
            sign_in(page, "manager@example.org")
            kept["places"] = {**WHERE, **addresses(page), **links(page)}
    found: dict[str, str] = kept["places"]
    return found


@pytest.fixture
def known(kept: dict[str, Any]) -> Known:
    """What of each page was looked at already: who is shown nothing else than another reader need not look again."""
    looked_at: Known = kept.setdefault("known", Known())
    return looked_at


@pytest.mark.parametrize("reader", READERS)
def test_every_page_is_accessible_and_fits_or_is_closed(
    app: Flask, chromium: Browser, site: str, places: dict[str, str], known: Known, reader: str
) -> None:
    open_pages = {name: path for name, path in places.items() if may_open(app, reader, name)}
    closed = {name: path for name, path in places.items() if name not in open_pages}
    with reading(chromium, site, reader, places["displays.show_link"]) as page:
        faults = [fault for name, path in open_pages.items() for fault in look(page, name, path, 200, known)]
        for name, path in closed.items():
            answer = page.request.get(path, max_redirects=0)
            if not is_refusal(answer.status, answer.headers.get("location", ""), reader):
                faults.append(f"{name}: answered {answer.status} to {reader}")
        for name, path in list(closed.items())[:1]:
            faults += look(page, name, path, 200 if reader in {WALL, NOBODY} else 403, known)
    assert faults == []


def may_open(app: Flask, reader: str, endpoint: str) -> bool:
    """Tell whether a reader may open a page, by its mark."""
    mark = access_of(app, endpoint)
    if endpoint in KEPT_TO_A_FEW:
        return Permission.READ_SENSITIVE in permissions_of([] if reader in {WALL, NOBODY} else [reader])
    if reader in {WALL, NOBODY}:
        return mark == PUBLIC or (reader == WALL and is_for_walls(app, endpoint))
    if endpoint in SENSITIVE and Permission.READ_SENSITIVE not in permissions_of([reader]):
        return False
    return mark in {PUBLIC, SIGNED_IN} or mark in permissions_of([reader])


def is_refusal(status: int, location: str, reader: str) -> bool:
    """Tell whether an answer lets nobody in: the sign-in page for whoever is no officer, else 403."""
    return location.startswith("/sign-in") if reader in {WALL, NOBODY} else status == 403


@contextmanager
def reading(chromium: Browser, site: str, reader: str, link: str) -> Iterator[Page]:
    """Open a reader's own window: signed in, opened by a screen's link, or neither."""
    with opened(chromium, site) as page:
        if reader == WALL:
            page.goto(link)
            page.get_by_role("button", name="Show the live board").click()
        elif reader != NOBODY:
            sign_in(page, f"{reader}@example.org")
        bring_axe_along(page)
        yield page


def look(page: Page, name: str, path: str, status: int, known: Known) -> Iterator[str]:
    """Say what is wrong with a page on a desk's screen and on the narrowest one; what is known is not drawn again."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    is_drawn = name not in known.parts
    answer = page.goto(path) if is_drawn else page.request.get(path, headers={"Accept": "text/html"})
    if answer is None or answer.status != status:
        yield f"{name}: answered {answer and answer.status}"
        return
    main, around = parts_of(page, answer.text())
    learnt = (known.parts[name].learn(main), known.parts[AROUND].learn(around))
    has_new_shapes, has_new_words = map(any, zip(*learnt, strict=True))
    if has_new_words:
        if not is_drawn:
            page.goto(path)
        yield from (f"{name}: {fault}" for fault in faults_at_each_width(page, known if has_new_shapes else None))


def faults_at_each_width(page: Page, known: Known | None) -> Iterator[str]:
    """Say what does not fit; where a page shows more than new words, what is not accessible too."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"wider than {width}"
        if known is not None:
            yield from faults_beyond(page, known.looked[width])


def addresses(page: Page) -> dict[str, str]:
    """Return the address of each page that only another page knows."""
    known = {}
    for endpoint, (path, link, ending) in FOUND.items():
        page.goto(path)
        known[endpoint] = f"{page.locator(link).first.get_attribute('href')}{ending}"
    return known


def links(page: Page) -> dict[str, str]:
    """Make a wall display, sign an address up, report, and return where the links lead that were made for them."""
    page.goto("/wall-displays")
    page.get_by_label("Name").fill("A screen under test")
    page.get_by_role("button", name="Make it").click()
    screen = urlsplit(page.locator("main .ts-reference").inner_text()).path
    page.goto("/join")
    page.get_by_label("Email address or telephone number").fill("new.reader@example.org")
    page.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 500)  # nobody types faster; a machine is turned away
    page.get_by_role("button", name="Get alerts").click()
    page.get_by_role("heading", name="Check your messages").wait_for()
    joining = urlsplit(page.url).path
    page.goto("/report")
    page.get_by_role("radio", name="No", exact=True).first.check()
    page.get_by_label("What happened?").fill("Somebody rang about a parcel. (Invented)")
    page.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 500)
    page.get_by_role("button", name="Send the report").click()
    page.get_by_role("heading", name="We have your report").wait_for()
    purposes = ("confirm", "unsubscribe", "acknowledge", "declare")
    confirmation, leaving, passed, reach = (make_signer(purpose, (SECRET_KEY,)).sign(1) for purpose in purposes)
    return {
        "displays.show_link": screen,
        "joining.show_code": joining,
        "reporting.show_receipt": urlsplit(page.url).path,
        "links.show_confirmation": f"/confirm/{confirmation}",
        "links.show_leaving": f"/unsubscribe/{leaving}",
        "links.show_why": f"/unsubscribe/{leaving}/why",
        "passing_on.ask_passed_on": f"/passed-on/{passed}",
        "passing_on.ask_reach": f"/declare/{reach}",
        **preferences(page),
    }


# Of the demonstration; whoever looks for an organisation is not shown all that is held on it.
RESIDENT = "resident.200@example.com"


def preferences(page: Page) -> dict[str, str]:
    """Open somebody's page of preferences, ask for a move and for one more link; returns where all of them lead."""
    number = last(page, OPENING)
    ask(page, RESIDENT)
    code = urlsplit(page.url).path
    number, words = newest(page, OPENING, after=number)
    page.goto(link_in(words))
    page.get_by_role("button", name="See my alerts").click()
    mine = urlsplit(page.url).path
    page.goto(f"{mine}/address")
    page.get_by_label("New email address or mobile number").fill("another.address@example.org")
    page.get_by_role("button", name="Send it a message").click()
    _, moving = newest(page, MOVING)
    ask(page, RESIDENT)
    _, again = newest(page, OPENING, after=number)
    return {
        "preferences.show_code": code,
        "preferences.show_link": link_in(again),
        "preferences.show_move": link_in(moving),
        **{name: f"{mine}{part}" for name, part in MINE.items()},
    }
