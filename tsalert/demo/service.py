"""Loading the demonstration into an empty database, all of it by the services that officers use."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Via
from tsalert.core.clock import london_midnight
from tsalert.core.errors import Conflict
from tsalert.db import Base, db, transaction
from tsalert.demo import (
    board_actions,
    board_paper,
    border,
    calculated,
    chosen,
    circulated,
    equipment,
    health,
    helpline,
    kept,
    known,
    landlines,
    mornings,
    neighbours,
    odd,
    other_work,
    partners,
    past,
    prevented,
    programs,
    prosecuted,
    quoted,
    reported,
    restricted,
    sent,
    standby,
    studied,
    telephone,
    today,
    traders,
    worded,
)
from tsalert.demo.lists import subscriber_lines
from tsalert.demo.people import demo_wards
from tsalert.demo.published import BROMLEY, Published, read_published
from tsalert.displays import service as displays
from tsalert.displays.service import NewDisplay
from tsalert.installation import service as installation
from tsalert.places import service as places
from tsalert.savings.figures import claims
from tsalert.savings.rates import approving
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.subscribers.importing import import_subscribers

OFFICERS = (
    (
        "officer@example.org",
        "Robin Officer (invented)",
        (RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER, RoleName.LONE_SENDER),
    ),
    ("second.officer@example.org", "Ashley Second (invented)", (RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER)),
    ("manager@example.org", "Morgan Manager (invented)", (RoleName.MANAGER,)),
    ("administrator@example.org", "Toni Administrator (invented)", (RoleName.ADMINISTRATOR,)),
    (kept.PROTECTION_OFFICER, "Dana Protection (invented)", (RoleName.DATA_PROTECTION_OFFICER,)),
)
_BEFORE_IT_ALL = london_midnight(date(2021, 3, 1))
# Tables that a new database has rows in, from its migrations.
_SHIPPED = frozenset(
    {
        "alembic_version",
        "grade",
        "rate",
        "rate_set",
        "topic",
        "installation_fact",
        "audit_head",
        "paging_policy",
        "board_stamp",
        "retention_rule",
        "indicator_version",
        "board_action",
        "board_action_version",
        "board_action_status",
        "partner_kind",
    }
)


def load(*, password: str, now: datetime, tell: Callable[[str], None], figures: Published | None = None) -> None:
    """Load the demonstration and mark the database as one for good.

    :param figures: what its records add up to; by default what Bromley published.
    :raises Conflict: the database holds anything else.
    """
    if not is_empty(db.session()):
        raise Conflict("This database holds something already; a demonstration needs an empty one.")
    with transaction() as session:
        installation.mark_demo(session, is_whole=False)
    places.add_wards(demo_wards(), now=_BEFORE_IT_ALL)
    border.load_directory(_BEFORE_IT_ALL)
    team = past.crew(*_hire(password), tell)
    _load_past(team, figures or read_published(BROMLEY.read_text(encoding="utf-8")), now)
    approving.continue_rate_set("nts-observed-2021-22", date(2023, 4, 1), None, actor=team.manager, now=now)
    approving.approve_rate_set("prudent-2026", actor=team.manager, now=now)
    equipment.load_equipment(team, now)
    tell("Runs of the published quarter")
    calculated.load_runs(team, now)
    if figures is None:
        board_paper.load_partners(team, now)
    board_paper.set_targets(team, now)
    board_actions.load_updates(team)
    tell("The subscriber list")
    import_subscribers(subscriber_lines(), actor=team.manager, now=london_midnight(date(2026, 1, 5)))
    mornings.choose_mornings(team, now)
    tell("Past alerts")
    sent.load_alerts(team, now)
    worded.load_words(team, now)
    landlines.load_questions(team, now)
    chosen.load_choices(team, now)
    circulated.load_circulation(team, now)
    tell("The rota")
    standby.load_rota(team, now)
    health.load_health(team, now)
    _load_present(team, now)
    if figures is None:
        reported.load_reports(team)
    with transaction() as session:
        installation.mark_demo(session)


def _load_present(team: past.Crew, now: datetime) -> None:
    """Load what the officers find on the day on which they open the demonstration."""
    team.tell("Today, and who was paged")
    today.load_today(team, now)
    known.load_known(team, now)
    quoted.load_quotes(team, now)
    other_work.load_other_work(team, now)
    prevented.load_prevention(team, now)
    traders.load_traders(team, prosecuted.load_prosecuted(team, now), now)
    _hang_screens(team, now)
    telephone.load_waiting(team, now)
    border.load_border(team, now)
    odd.load_oddities(team, now)
    restricted.load_restricted(team, now)
    partners.load_partners(team, now)
    studied.load_studies(team, now)
    kept.load_kept(team, now)
    programs.load_programs(OFFICERS[3][0], now)
    neighbours.load_neighbours(OFFICERS[3][0], now)


def is_empty(session: Session) -> bool:
    """Tell whether a database holds nothing but what its migrations put there."""
    tables = [table for name, table in Base.metadata.tables.items() if name not in _SHIPPED]
    return not any(session.scalar(select(func.count()).select_from(table)) for table in tables)


def _hire(password: str) -> tuple[Actor, Actor, Actor]:
    for email, name, roles in OFFICERS:
        staff.create_officer(email, name=name, roles=list(roles), password=password, now=_BEFORE_IT_ALL)
    officer, second, manager = (staff_queries.get_officer(db.session(), email) for email, _, _ in OFFICERS[:3])
    return tuple(staff_queries.actor_of(person, Via.COMMAND) for person in (officer, second, manager))  # type: ignore[return-value]


def _hang_screens(team: past.Crew, now: datetime) -> None:
    """Make a screen that is in use, and one that hung in a room since given up."""
    gone, _ = displays.make_display(NewDisplay("Old meeting room"), actor=team.manager, now=now - timedelta(days=90))
    displays.revoke_display(gone, actor=team.manager, now=now - timedelta(days=20))
    seen, _ = displays.make_display(NewDisplay("Duty office"), actor=team.manager, now=now - timedelta(days=20))
    displays.note_seen(seen, now=now)


def _load_past(team: past.Crew, figures: Published, now: datetime) -> None:
    team.tell("April and May 2021")
    helpline.load_helpline(team, figures.helpline)
    team.tell(f"{figures.year.label}: {figures.year.rapid_response_interventions} rapid-response interventions")
    past.load_year(team, figures.year)
    for quarter in figures.quarters:
        past.load_quarter(team, quarter)
    if figures.claim:
        claims.quote_claim(figures.claim, actor=team.manager, now=now)
