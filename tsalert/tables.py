"""Every table there is: what reads in a part of the program must still know all that its rows may point to."""

from tsalert.activities import models as activities_models
from tsalert.alerts import models as alerts_models
from tsalert.alerts.night import models as alerts_night_models
from tsalert.alerts.scheduling import models as alerts_scheduling_models
from tsalert.alerts.spending import models as alerts_spending_models
from tsalert.alerts.templates import models as alerts_templates_models
from tsalert.alerts.trials import models as alerts_trials_models
from tsalert.alerts.unsaved import models as alerts_unsaved_models
from tsalert.audit import models as audit_models
from tsalert.cases import models as cases_models
from tsalert.cases.people import models as cases_people_models
from tsalert.circulation import models as circulation_models
from tsalert.delivery import models as delivery_models
from tsalert.digests import models as digests_models
from tsalert.displays import models as displays_models
from tsalert.enforcement import models as enforcement_models
from tsalert.evidence import models as evidence_models
from tsalert.exchange import models as exchange_models
from tsalert.fulltext import models as fulltext_models
from tsalert.handover import models as handover_models
from tsalert.hygiene import models as hygiene_models
from tsalert.inbound import models as inbound_models
from tsalert.inbound.mail import models as inbound_mail_models
from tsalert.installation import models as installation_models
from tsalert.intelligence import models as intelligence_models
from tsalert.letters import models as letters_models
from tsalert.linked import models as linked_models
from tsalert.nearby import models as nearby_models
from tsalert.oversight import models as oversight_models
from tsalert.paging import models as paging_models
from tsalert.parties import models as parties_models
from tsalert.places import models as places_models
from tsalert.prevention import models as prevention_models
from tsalert.quarterly import models as quarterly_models
from tsalert.quarterly.actions import models as quarterly_actions_models
from tsalert.quarterly.studies import models as quarterly_studies_models
from tsalert.quarterly.timetable import models as quarterly_timetable_models
from tsalert.references import models as references_models
from tsalert.referrals import models as referrals_models
from tsalert.reports import models as reports_models
from tsalert.response import correction_models as response_correction_models
from tsalert.response import models as response_models
from tsalert.retention import models as retention_models
from tsalert.rota import models as rota_models
from tsalert.runs import models as runs_models
from tsalert.safeguarding import models as safeguarding_models
from tsalert.savings import models as savings_models
from tsalert.staff import models as staff_models
from tsalert.staff.factors import models as staff_factors_models
from tsalert.staff.passwords import models as staff_passwords_models
from tsalert.staff.tokens import models as staff_tokens_models
from tsalert.subscribers import models as subscribers_models
from tsalert.subscribers import profiles as subscribers_profiles
from tsalert.subscribers.preferences import models as subscribers_preferences_models
from tsalert.telephone import models as telephone_models
from tsalert.tiers import models as tiers_models
from tsalert.visitors import models as visitors_models
from tsalert.webhooks import models as webhooks_models

MODULES = (
    activities_models,
    alerts_models,
    alerts_night_models,
    alerts_scheduling_models,
    alerts_spending_models,
    alerts_templates_models,
    alerts_trials_models,
    alerts_unsaved_models,
    audit_models,
    cases_models,
    cases_people_models,
    circulation_models,
    delivery_models,
    digests_models,
    displays_models,
    enforcement_models,
    evidence_models,
    exchange_models,
    fulltext_models,
    handover_models,
    hygiene_models,
    inbound_mail_models,
    inbound_models,
    installation_models,
    intelligence_models,
    letters_models,
    linked_models,
    nearby_models,
    oversight_models,
    paging_models,
    parties_models,
    places_models,
    prevention_models,
    quarterly_actions_models,
    quarterly_models,
    quarterly_studies_models,
    quarterly_timetable_models,
    references_models,
    referrals_models,
    reports_models,
    response_correction_models,
    response_models,
    retention_models,
    rota_models,
    runs_models,
    safeguarding_models,
    savings_models,
    staff_factors_models,
    staff_models,
    staff_passwords_models,
    staff_tokens_models,
    subscribers_models,
    subscribers_preferences_models,
    subscribers_profiles,
    telephone_models,
    tiers_models,
    visitors_models,
    webhooks_models,
)
