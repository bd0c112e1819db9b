"""Partners by kind, their contacts, what they passed on, and the yearly question; all of it invented."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from tsalert.alerts import queries as alerts
from tsalert.circulation import queries, reminding, service, telling
from tsalert.circulation.queries import PartnerLine
from tsalert.circulation.rules import NewContact, NewPartner, Told
from tsalert.db import db
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.demo.past import Crew
from tsalert.subscribers import joining
from tsalert.subscribers.joining import Wish
from tsalert.subscribers.models import SignUp

# How the names of the imported partners begin, and the kind of each as the list of kinds has it.
_KINDS = {
    "Neighbourhood Watch": "Neighbourhood Watch",
    "Library": "Library",
    "Parish": "Parish or community newsletter",
    "Befriending": "Charity",
}
_BASIS = "Counted by them (invented)"
# How many days ago partners confirmed their number, the last on the list first: one is overdue, three are due.
_CONFIRMED = (395, 376, 372, 368)
_ASKED = tuple(timedelta(days=days) for days in (30, 16, 2))
_JOINED = timedelta(days=45)
_JOINING = range(420, 429)  # residents of the list who came once more, by the codes of the first three partners
_EVERY = 6  # one partner in so many says that it passed an alert on


def load_circulation(team: Crew, now: datetime) -> None:
    """Load kinds, what was declared, joined by codes and passed on since, a second contact, rounds of reminders."""
    team.tell("Partners, and what they passed on")
    found = queries.list_partners(db.session(), now=now)
    kinds = {name: number for number, name in queries.kinds(db.session())}
    for line in found:
        kind = next(kind for start, kind in _KINDS.items() if line.partner.name.startswith(start))
        new = NewPartner(line.partner.name, kinds[kind], line.partner.ward, "Invented.")
        service.change_partner(line.partner.id, new, actor=team.manager, now=now)
    by_age = sorted(found, key=lambda line: line.partner.id)
    _declare_again(team, by_age, now)
    _join_by_codes(by_age, now - _JOINED)
    _pass_on(team, by_age, now)
    for ago in _ASKED:
        reminding.remind(now - ago)
        deliver_to_recorder(current_app, now=now - ago)


def _declare_again(team: Crew, found: list[PartnerLine], now: datetime) -> None:
    """Let each partner confirm its number, most of them within the year."""
    others = (20 + place * 7 for place in range(len(found)))
    for line, days in zip(reversed(found), [*_CONFIRMED, *others], strict=False):
        told = Told(line.partner.reach or 0, _BASIS)
        telling.declare_for(line.partner.id, told, actor=team.manager, now=now - timedelta(days=days))


def _join_by_codes(found: list[PartnerLine], now: datetime) -> None:
    codes = [line.partner.code for line in found[:3]]
    for place in _JOINING:
        wish = Wish(partner_code=codes[place % len(codes)])
        joining.sign_up(f"resident.{place}@example.com", wish, network=f"192.0.2.{place % 250}", now=now)
    deliver_to_recorder(current_app, now=now)
    waiting = select(SignUp.id).where(SignUp.partner_code.in_(codes), SignUp.confirmed_at.is_(None))
    for sign_up_id in db.session().scalars(waiting).all():
        joining.confirm_sign_up(sign_up_id, now=now + timedelta(minutes=5))


def _pass_on(team: Crew, found: list[PartnerLine], now: datetime) -> None:
    second = NewContact("02079460171", "Sam Example (invented)", "Treasurer", gets_alerts=False, is_asked=False)
    service.save_contact(found[0].partner.id, second, actor=team.manager, now=now)
    sent = [*alerts.current(db.session(), now=now), *alerts.past(db.session(), now=now).items]
    # A session ends with each use case, so what is needed of an alert is taken first.
    for alert_id, at in [(alert.id, alert.published_at) for alert in sent]:
        for line in found[::_EVERY]:
            reach = (line.partner.reach or 0) * 3 // 4
            told_at = (at or now) + timedelta(days=2)
            telling.acknowledge_for(alert_id, line.partner.id, Told(reach), actor=team.manager, now=told_at)
