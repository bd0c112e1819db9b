"""Alerts: three that have gone out, one that waits, a draft for some partners, one approved for a later moment."""

from datetime import datetime, timedelta

from flask import current_app

from tsalert.alerts import proof, queries, service
from tsalert.alerts.audience.reaching import count_readers
from tsalert.alerts.rules import Channel, Draft, Urgency
from tsalert.alerts.scheduling import service as scheduling
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.budgets import find_budget
from tsalert.core.clock import london_date, london_midnight
from tsalert.db import db, transaction
from tsalert.delivery import claiming
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.ports import InDoubt, Rejected
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.delivery.retries import outcome
from tsalert.delivery.rules import Channel as DeliveryChannel
from tsalert.demo.mornings import send_mornings
from tsalert.demo.past import Crew
from tsalert.demo.people import WARDS
from tsalert.subscribers.kinds import kind_names

_IN_DOUBT = 6  # how many days ago the alert went out of which one text is in doubt
_KILLED, _REFUSING = "a-worker-that-was-killed", "a-worker-whose-texts-are-refused"
_REFUSED = 3  # texts of the same alert
_SMS = DeliveryChannel.SMS
_BOTH = (Channel.EMAIL, Channel.SMS)
_TOLD_FIRST = {"Library", "Neighbourhood Watch"}
# (days ago, headline, what happened, what to do, text message)
_PAST = (
    (
        96,
        "Callers who say they are from the water board",
        "Two men with clipboards have asked to check the taps. One talks while the other searches the house.",
        "Nobody from a water company minds if you shut the door and ring the number on your bill.",
        "Callers say they are from the water board. Shut the door and ring the number on your bill.",
    ),
    (
        41,
        "Texts about a parcel fee",
        "Texts ask for £1.45 to deliver a parcel and lead to a page that collects card details.",
        "Forward such a text to 7726 and delete it. If you typed in your card's number, ring your bank.",
        "Texts ask for a parcel fee. Do not tap the link; forward it to 7726.",
    ),
    (
        6,
        "Roofers who find work that is not needed",
        "Men in a van offer to clean gutters for £30, then say that the roof will fall in. They ask for thousands.",
        "Say no, shut the door, ring us. We come, day or night.",
        "Roofers offer £30 gutter cleaning, then ask thousands. Say no and ring us.",
    ),
)


_WHY_DEAR = "Residents must know of it, and it comes to a few pounds. (Invented)"
_WHY_WITHDRAWN = "The water company has told us that both men were its own and looked for lead pipes. (Invented)"


def load_alerts(team: Crew, now: datetime) -> None:
    """Load the past alerts, approved by a second officer and delivered to the recorder on their day."""
    for days, headline, body, advice, sms in _PAST:
        sent_at = noon(now, days)
        draft = Draft(headline, body, "all", tuple(Channel), sent_at + timedelta(days=28), advice, sms)
        alert_id = _submit(team, draft, sent_at)
        _approve(team, alert_id, sent_at + timedelta(minutes=12))
        if days == _IN_DOUBT:
            _lose_sight_of_a_text(sent_at + timedelta(minutes=12))
            _have_texts_refused(sent_at + timedelta(minutes=12))
        deliver_to_recorder(current_app, now=sent_at + timedelta(minutes=13))
        send_mornings(sent_at, now)
    waiting = Draft(
        "Tree surgeons who ask for cash",
        "A crew knocks, says a branch is dangerous, cuts for half an hour and asks for £3,900.",
        "doorstep-crime",
        tuple(Channel),
        now + timedelta(days=14),
        "Get two prices in writing. You have 14 days to change your mind about most work agreed at your door.",
        "Tree surgeons knock and ask for £3,900 in cash. Get two prices first.",
        urgency=Urgency.URGENT,
    )
    _submit(team, waiting, now - timedelta(minutes=25))
    kinds = kind_names(db.session())
    draft = Draft(
        "Calls about your boiler grant",
        "Somebody rings and offers a grant.",
        "all",
        _BOTH,
        now + timedelta(days=7),
        partner_kinds=tuple(number for number, name in kinds.items() if name in _TOLD_FIRST),
        left_out=(f"Library, {WARDS[2]} (invented)",),
    )
    service.write_draft(draft, actor=team.officer, now=now - timedelta(hours=3))
    _schedule_one(team, now)
    _withdraw_first(team, now)


def _schedule_one(team: Crew, now: datetime) -> None:
    """Let a second officer approve an alert for the day after tomorrow, before the collection that it warns of."""
    draft = Draft(
        "Clothes collections that are not for charity",
        "Leaflets ask you to put out clothes at the weekend for a children's charity. The charity does not exist.",
        "all",
        tuple(Channel),
        now + timedelta(days=10),
        "Give to a charity shop, or look the charity up in the register before you put anything out.",
        "Leaflets ask for clothes for a charity that does not exist. Look it up first.",
    )
    alert_id = _submit(team, draft, now - timedelta(hours=2))
    shown = proof.pull_proof(queries.get_alert(db.session(), alert_id)).digest
    at = noon(now, -2) - timedelta(hours=2)
    scheduling.schedule(alert_id, shown, at, actor=team.second, now=now - timedelta(hours=1))


def _withdraw_first(team: Crew, now: datetime) -> None:
    """Let the second officer take the oldest alert back; the correction to those who got it waits for approval."""
    oldest = queries.past(db.session(), now=now).items[-1].id
    service.withdraw(oldest, _WHY_WITHDRAWN, tell_readers=True, actor=team.second, now=now - timedelta(minutes=50))


def noon(now: datetime, days: int) -> datetime:
    """Return noon so many days ago, when residents may be rung and texted."""
    return london_midnight(london_date(now) - timedelta(days=days)) + timedelta(hours=12)


def _lose_sight_of_a_text(at: datetime) -> None:
    """Leave one text as a worker leaves it that is killed while it sends."""
    with transaction() as session:
        (one,) = claiming.claim(session, _SMS, _KILLED, 1, now=at)
        result = outcome(InDoubt("the sender died while sending it"), one.standing, now=at, draw=0)
        record_outcomes(session, _SMS, _KILLED, {one.id: result}, now=at)


def _have_texts_refused(at: datetime) -> None:
    """Leave texts that a network refused, for somebody to send again."""
    with transaction() as session:
        found = claiming.claim(session, _SMS, _REFUSING, _REFUSED, now=at)
        said = Rejected("the network refused it")
        results = {one.id: outcome(said, one.standing, now=at, draw=0) for one in found}
        record_outcomes(session, _SMS, _REFUSING, results, now=at)


def _approve(team: Crew, alert_id: int, at: datetime) -> None:
    """Let a second officer approve an alert; where it costs more than may be spent, a manager gives leave before."""
    session = db.session()
    alert = queries.get_alert(session, alert_id)
    pulled = proof.pull_proof(alert)
    if find_budget(session, alert, pulled, count_readers(session, alert, now=at).at_once, now=at).too_dear:
        spending.give_leave(alert_id, pulled.digest, _WHY_DEAR, actor=team.manager, now=at)
    service.approve(alert_id, pulled.digest, actor=team.second, now=at)


def _submit(team: Crew, draft: Draft, at: datetime) -> int:
    alert_id = service.write_draft(draft, actor=team.officer, now=at)
    service.submit(alert_id, actor=team.officer, now=at + timedelta(minutes=5))
    return alert_id
