"""Reading partners: the list with who is overdue, and one partner with all that it told us."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.circulation import rules
from tsalert.circulation.contacts import contacts_by_address
from tsalert.circulation.models import PartnerReminder
from tsalert.core import cursors
from tsalert.core.keys import LARGEST_ID
from tsalert.delivery.queries import EndpointView
from tsalert.keysets import PAGE, Page, page_among
from tsalert.subscribers import observing, partnering
from tsalert.subscribers.models import PartnerDeclaration
from tsalert.subscribers.partnering import Standing
from tsalert.subscribers.profiles import PartnerKind, PartnerProfile


class PartnerLine(Struct, frozen=True):
    """One partner in the list.

    :param is_stale: the number of readers was not confirmed for fifteen months.
    :param is_due: it is asked to declare again; ``is_overdue`` once it should have done so by now.
    """

    partner: Standing
    kind: str
    ended_at: datetime | None
    is_stale: bool
    is_due: bool
    is_overdue: bool
    observed: int


class ContactView(Struct, frozen=True):
    """One address of a partner, masked, and whose it is."""

    end: EndpointView
    name: str | None
    role: str | None
    is_asked: bool
    gets_alerts: bool


class PartnerPage(Struct, frozen=True):
    """Everything that is known of one partner."""

    line: PartnerLine
    kind_id: int | None
    note: str | None
    contacts: Sequence[ContactView]
    declarations: Sequence[PartnerDeclaration]
    reminded_at: datetime | None

    @property
    def description(self) -> rules.NewPartner:
        """The organisation as an officer describes it."""
        return rules.NewPartner(self.line.partner.name, self.kind_id, self.line.partner.ward, self.note)


class Wanted(Struct, frozen=True):
    """Which partners a list is to show; ``show`` is "open", "due", "overdue" or "ended"."""

    search: str = ""
    show: str = "open"


def kinds(session: Session) -> list[tuple[int, str]]:
    """Return (id, name) of the kinds of partners to choose from."""
    query = select(PartnerKind.id, PartnerKind.name).where(PartnerKind.ended_at.is_(None))
    return [(number, name) for number, name in session.execute(query.order_by(PartnerKind.id))]


def list_partners(session: Session, wanted: Wanted | None = None, *, now: datetime) -> list[PartnerLine]:
    """Return partners by name; ``search`` is a part of a name or of a kind."""
    asked = wanted or Wanted()
    return [line for line in _lines(session, partnering.list_partners(session), now) if _is_wanted(line, asked)]


def page_of_partners(
    session: Session, wanted: Wanted, *, after: str | None = None, limit: int = PAGE, now: datetime
) -> Page[PartnerLine]:
    """Return one page of partners by name; they are few enough to be looked through one by one.

    :raises RuleViolation: ``after`` is no place of this list.
    """
    lines = list(enumerate(_lines(session, partnering.list_partners(session), now)))
    behind = None if after is None else _behind(after, {line.partner.id: rank for rank, line in lines})
    found = [(rank, line) for rank, line in lines if _is_wanted(line, wanted)]
    page = page_among(found, lambda ranked: (ranked[0], ranked[1].partner.id), (int, int), after=behind, size=limit)
    return page.told_by(lambda ranked: ranked[1])


def get_partner(session: Session, partner_id: int, *, now: datetime) -> PartnerPage:
    """Return one partner.

    :raises NotFound: there is none.
    """
    (line,) = _lines(session, [partnering.get_partner(session, partner_id)], now)
    profile = session.get(PartnerProfile, partner_id)
    reminded = select(func.max(PartnerReminder.sent_at)).where(PartnerReminder.partner_id == partner_id)
    return PartnerPage(
        line=line,
        kind_id=profile.kind_id if profile else None,
        note=profile.note if profile else None,
        contacts=contacts_of(session, partner_id),
        declarations=partnering.declarations_of(session, partner_id),
        reminded_at=session.scalar(reminded),
    )


def contacts_of(session: Session, partner_id: int) -> list[ContactView]:
    """Return a partner's addresses; one that came by import has no name, and is asked for declarations."""
    known = contacts_by_address(session, partner_id)
    getting = partnering.addresses_that_get_alerts(session, partner_id)
    return [
        ContactView(
            end,
            known[end.id].name if end.id in known else None,
            known[end.id].role if end.id in known else None,
            known[end.id].is_asked if end.id in known else True,
            end.id in getting,
        )
        for end in partnering.addresses_of(session, partner_id)
    ]


def codes_at(session: Session, endpoint_ids: Collection[int]) -> dict[int, str]:
    """Return the code of the partner that reads each of some addresses, where one does that we still work with.

    Of several it is one whose alerts go there, and then the one that joined first.
    """
    found: dict[int, str] = {}
    ended = set(session.scalars(select(PartnerProfile.partner_id).where(PartnerProfile.ended_at.is_not(None))))
    for endpoint_id, partner_id, code in partnering.codes_at(session, endpoint_ids):
        if partner_id not in ended:
            found.setdefault(endpoint_id, code)
    return found


def _behind(after: str, ranks: Mapping[int, int]) -> str:
    """Return where a page begins by now; a place tells a partner's rank and number, since a name may be a person's."""
    stood, partner_id = cursors.values_of(after, (int, int))
    if partner_id in ranks:
        return cursors.write((ranks[partner_id], partner_id))
    return cursors.write((stood - 1, LARGEST_ID))  # it is gone, and who came next has its rank


def _is_wanted(line: PartnerLine, wanted: Wanted) -> bool:
    words = f"{line.partner.name}\n{line.kind}".casefold()
    return wanted.search.casefold() in words and _is_shown(line, wanted.show)


def _is_shown(line: PartnerLine, show: str) -> bool:
    if show == "ended":
        return line.ended_at is not None
    if show == "due":
        return line.is_due
    return line.ended_at is None and (show != "overdue" or line.is_overdue)


def _lines(session: Session, partners: Sequence[Standing], now: datetime) -> list[PartnerLine]:
    known = select(PartnerProfile.partner_id, PartnerKind.name, PartnerProfile.ended_at)
    known = known.outerjoin(PartnerKind, PartnerKind.id == PartnerProfile.kind_id)
    profiles = {partner_id: (name or "", ended_at) for partner_id, name, ended_at in session.execute(known)}
    observed = observing.count_observed(session)
    lines = []
    for partner in partners:
        kind, ended_at = profiles.get(partner.id, ("", None))
        lines.append(
            PartnerLine(
                partner,
                kind,
                ended_at,
                rules.is_stale(partner.declared_at, now),
                ended_at is None and rules.is_due(partner.since, now),
                ended_at is None and rules.is_overdue(partner.since, now),
                observed.get(partner.code, 0),
            )
        )
    return lines
