"""Partners by kind, their contacts, what they passed on, and the yearly question; all of it invented."""

from datetime import datetime, timedelta

from flask import current_app

from tsalert.alerts import queries as alerts
from tsalert.circulation import queries, reminding, service, telling
from tsalert.circulation.queries import PartnerLine
from tsalert.circulation.rules import NewContact, NewPartner, Told
from tsalert.db import db
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.demo.past import Crew

# How the names of the imported partners begin, and the kind of each as the list of kinds has it.
_KINDS = {
    "Neighbourhood Watch": "Neighbourhood Watch",
    "Library": "Library",
    "Parish": "Parish or community newsletter",
    "Befriending": "Charity",
}
_ASKED = timedelta(days=20)
_EVERY = 6  # one partner in so many says that it passed an alert on


def load_circulation(team: Crew, now: datetime) -> None:
    """Load kinds, a second contact of the first partner, acknowledgements, and one round of reminders."""
    team.tell("Partners, and what they passed on")
    found = queries.list_partners(db.session(), now=now)
    kinds = {name: number for number, name in queries.kinds(db.session())}
    for line in found:
        kind = next(kind for start, kind in _KINDS.items() if line.partner.name.startswith(start))
        new = NewPartner(line.partner.name, kinds[kind], line.partner.ward, "Invented.")
        service.change_partner(line.partner.id, new, actor=team.manager, now=now)
    _pass_on(team, sorted(found, key=lambda line: line.partner.id), now)
    reminding.remind(now - _ASKED)
    deliver_to_recorder(current_app, now=now - _ASKED)


def _pass_on(team: Crew, found: list[PartnerLine], now: datetime) -> None:
    second = NewContact("02079460171", "Sam Example (invented)", "Treasurer", gets_alerts=False, is_asked=False)
    service.save_contact(found[0].partner.id, second, actor=team.manager, now=now)
    sent = [*alerts.current(db.session(), now=now), *alerts.past(db.session(), now=now)]
    # A session ends with each use case, so what is needed of an alert is taken first.
    for alert_id, at in [(alert.id, alert.published_at) for alert in sent]:
        for line in found[::_EVERY]:
            reach = (line.partner.reach or 0) * 3 // 4
            told_at = (at or now) + timedelta(days=2)
            telling.acknowledge_for(alert_id, line.partner.id, Told(reach), actor=team.manager, now=told_at)
