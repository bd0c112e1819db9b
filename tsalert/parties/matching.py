"""Finding the parties that somebody may be. Every look-up reads a bounded number of rows, however many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import CompoundSelect, Select, bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from tsalert.parties.folding import fold_registration, phone_key, sought_places
from tsalert.parties.likeness import reads_like, sought_business_keys, sought_person_keys, sounds_like
from tsalert.parties.models import Party, PartyIdentifier, PartyLink, PartyName, PartyNameKey
from tsalert.parties.online import company_key
from tsalert.parties.rules import Described, Fact, Sought, describe_trader, folded_name, weigh
from tsalert.parties.vocabulary import IdentifierKind, KnownBy, Likeness, PartyKind, Side, Verdict

SHOWN = 8
# So many of each key are looked at, the newest first; a name shared by thousands tells nobody apart.
_OF_EACH_KEY = 60
_SHORTEST_NAME = 3
_REASONS = {
    IdentifierKind.PHONE: Likeness.SAME_PHONE,
    IdentifierKind.VEHICLE: Likeness.SAME_VEHICLE,
    IdentifierKind.ADDRESS: Likeness.SAME_ADDRESS,
    IdentifierKind.WEBSITE: Likeness.SAME_WEBSITE,
    IdentifierKind.EMAIL: Likeness.SAME_EMAIL,
    IdentifierKind.COMPANY: Likeness.SAME_COMPANY,
}
_OF_TRADERS = frozenset({IdentifierKind.VEHICLE, IdentifierKind.WEBSITE, IdentifierKind.EMAIL, IdentifierKind.COMPANY})
_STRONG = frozenset({
    Likeness.SAME_PHONE, Likeness.SAME_VEHICLE, Likeness.SAME_WEBSITE, Likeness.SAME_EMAIL, Likeness.SAME_COMPANY,
})  # fmt: skip


class Hit(Struct, frozen=True):
    """One party and one reason to think of it.

    ``name`` is the one that is alike, where that is the reason; ``fact`` is what they are known by that was found.
    """

    party_id: int
    side: Side
    reason: Likeness
    name: str | None = None
    fact: Fact | None = None


class Match(Struct, frozen=True):
    """Somebody we know who may be meant: all parties held to be the same count as one.

    ``is_certain`` where the call is taken for theirs unless the officer says otherwise.
    """

    identity: int
    side: Side
    kind: PartyKind
    reasons: tuple[Likeness, ...]
    name: str | None
    is_certain: bool
    members: frozenset[int] = frozenset()


def find_hits(session: Session, sought: Sought, *, is_demo: bool) -> list[Hit]:
    """Return every party that shares an identifier or a name with what was typed."""
    trader = describe_trader(sought.trader, is_demo=is_demo)
    numbers = {each.normal for each in trader.identifiers if each.kind is IdentifierKind.PHONE} if trader else set()
    theirs = numbers - {phone_key(sought.phone, is_demo=is_demo)}
    marks = marks_of(sought, trader, is_demo=is_demo)
    found = [_on_its_side(hit, theirs) for hit in _by_identifier(session, marks)]
    found += by_name(session, sought.caller_name, Side.CALLER)
    return found + by_name(session, trader.name if trader else None, Side.TRADER)


def by_name(session: Session, name: str | None, side: Side) -> list[Hit]:
    """Return the parties on one side whose names are like one, as they sound or as they begin."""
    kind = PartyKind.PERSON if side is Side.CALLER else PartyKind.BUSINESS
    folded = folded_name(kind, name)
    if len(folded) < _SHORTEST_NAME and folded.isascii():
        return []
    keys = sought_person_keys(folded) if kind is PartyKind.PERSON else sought_business_keys(folded)
    values = {"folded": folded} | {f"key{n}": key for n, key in enumerate(keys)}
    hits = (_name_hit(row, folded, side) for row in session.execute(_named(len(keys)), values))
    return [hit for hit in hits if hit is not None]


def find_same(session: Session, described: Described) -> list[int]:
    """Return the parties described alike, oldest first: one number or vehicle in common, and the same name or none."""
    strong = [each for each in described.identifiers if each.kind is not IdentifierKind.ADDRESS]
    if not strong:
        return []
    values: dict[str, str] = {f"kind{n}": each.kind for n, each in enumerate(strong)}
    values |= {f"normal{n}": each.normal for n, each in enumerate(strong)}
    names = select(PartyName.id).where(PartyName.party_id == Party.id)
    named = names.where(PartyName.folded == described.folded).exists() if described.folded else ~names.exists()
    is_person = described.kind is PartyKind.PERSON
    alike = Party.kind == PartyKind.PERSON if is_person else Party.kind != PartyKind.PERSON
    ids = _of_identifiers(len(strong), oldest=True).subquery()
    query = select(Party.id).where(Party.id.in_(select(ids.c.party_id)), alike, named).order_by(Party.id)
    return list(session.scalars(query.limit(_OF_EACH_KEY), values))


def gather(session: Session, hits: Iterable[Hit], *, same_as: Collection[int] = (), limit: int = SHOWN) -> list[Match]:
    """Return the best matches, heaviest first; those decided to be somebody else than a certain one are left out.

    :param same_as: parties that the officer has chosen, which are certain too.
    """
    by_party: defaultdict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_party[hit.party_id].append(hit)
    matches = _grouped(session, by_party)
    certain = {match.identity for match in matches if match.is_certain}
    chosen = set(identities(session, same_as).values())
    decided = _differences(session, certain | chosen)
    unclear = decided.among(certain)
    matches = [replace(match, is_certain=match.is_certain and match.identity not in unclear) for match in matches]
    apart = _identities_of(session, decided.from_any((certain - unclear) | chosen))
    ordered = sorted(matches, key=lambda match: (weigh(match.reasons), match.identity), reverse=True)
    shown = [match for match in ordered if match.identity not in apart][:limit]
    return _with_members(session, shown, decided.members)


def identities(session: Session, party_ids: Collection[int]) -> dict[int, int]:
    """Return for each party the id that stands for all that are held to be the same."""
    if not party_ids:
        return {}
    rows = session.execute(select(Party.id, Party.identity_id).where(Party.id.in_(party_ids)))
    return {party_id: identity_id or party_id for party_id, identity_id in rows}


def members_of(session: Session, wanted: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the parties that each identity stands for."""
    if not wanted:
        return {}
    query = select(Party.id, Party.identity_id).where(or_(Party.id.in_(wanted), Party.identity_id.in_(wanted)))
    found: defaultdict[int, set[int]] = defaultdict(set)
    for party_id, identity_id in session.execute(query):
        found[identity_id or party_id].add(party_id)
    return {identity: frozenset(members) for identity, members in found.items()}


def set_apart(session: Session, wanted: Collection[int]) -> set[int]:
    """Return the identities that officers decided to be different from any of these."""
    return _identities_of(session, _differences(session, wanted).from_any(wanted))


def disputed(session: Session, wanted: Collection[int]) -> set[int]:
    """Return those of some identities that officers decided to be different from another of them."""
    return _differences(session, wanted).among(wanted)


class _Differences(Struct, frozen=True):
    """Whom some identities stand for, and each pair of parties that sets one of those apart from somebody."""

    members: dict[int, frozenset[int]]
    pairs: tuple[tuple[int, int], ...]

    def among(self, wanted: Collection[int]) -> set[int]:
        """Return those of the identities that are set apart from another of them."""
        identity_of = {member: identity for identity in wanted for member in self.members.get(identity, ())}
        within = [pair for pair in self.pairs if identity_of.keys() >= set(pair)]
        return {identity_of[party] for pair in within for party in pair}

    def from_any(self, wanted: Collection[int]) -> set[int]:
        """Return the parties that are set apart from any of the identities."""
        own = {member for identity in wanted for member in self.members.get(identity, ())}
        return {party for pair in self.pairs if own & set(pair) for party in pair} - own


def _differences(session: Session, wanted: Collection[int]) -> _Differences:
    members = members_of(session, wanted)
    everybody = {member for group in members.values() for member in group}
    if not everybody:
        return _Differences(members, ())
    query = select(PartyLink.low_id, PartyLink.high_id).where(
        PartyLink.verdict == Verdict.DIFFERENT,
        PartyLink.undone_at.is_(None),
        or_(PartyLink.low_id.in_(everybody), PartyLink.high_id.in_(everybody)),
    )
    return _Differences(members, tuple((low, high) for low, high in session.execute(query)))


def _identities_of(session: Session, party_ids: Collection[int]) -> set[int]:
    return set(identities(session, party_ids).values())


def marks_of(sought: Sought, trader: Described | None, *, is_demo: bool) -> list[tuple[IdentifierKind, str]]:
    """Return the identifiers in what was typed, as they are compared."""
    phone = phone_key(sought.phone, is_demo=is_demo)
    phones = [(IdentifierKind.PHONE, phone)] if phone else []
    marks = [(each.kind, each.normal) for each in trader.identifiers] if trader else []
    plate = fold_registration(sought.vehicle or "")
    marks += [(IdentifierKind.VEHICLE, plate)] if plate else []
    company = company_key(sought.company or "")
    marks += [(IdentifierKind.COMPANY, company)] if company else []
    places = [(IdentifierKind.ADDRESS, key) for key in sought_places(sought.address, sought.postcode)]
    return phones + marks + places


def _by_identifier(session: Session, wanted: list[tuple[IdentifierKind, str]]) -> list[Hit]:
    if not wanted:
        return []
    values: dict[str, str] = {f"kind{n}": kind for n, (kind, _) in enumerate(wanted)}
    values |= {f"normal{n}": normal for n, (_, normal) in enumerate(wanted)}
    rows = session.execute(_of_identifiers(len(wanted)), values)
    return [_identifier_hit(party_id, IdentifierKind.of(kind), normal) for party_id, kind, normal in rows]


@lru_cache(maxsize=64)
def _of_identifiers(count: int, *, oldest: bool = False) -> CompoundSelect[int, str, str]:
    """Select the newest parties with each of some identifiers, or the oldest.

    Statements of so many parts take longer to write than to answer, so each is written once.
    """
    order = PartyIdentifier.party_id.asc() if oldest else PartyIdentifier.party_id.desc()
    parts = []
    for n in range(count):
        of_kind = PartyIdentifier.kind == bindparam(f"kind{n}")
        same = select(PartyIdentifier.party_id, PartyIdentifier.kind, PartyIdentifier.normal).where(
            of_kind, PartyIdentifier.normal == bindparam(f"normal{n}")
        )
        part = same.order_by(order).limit(_OF_EACH_KEY).subquery()
        parts.append(select(part.c.party_id, part.c.kind, part.c.normal))
    return union_all(*parts)


def _identifier_hit(party_id: int, kind: IdentifierKind, normal: str) -> Hit:
    side = Side.TRADER if kind in _OF_TRADERS else Side.CALLER
    return Hit(party_id, side, _REASONS[kind], fact=(party_id, kind.value, normal))


def _on_its_side(hit: Hit, numbers: Collection[str]) -> Hit:
    """Return a hit as one for the trader where it is by one of their numbers; a number may be anybody's."""
    is_theirs = hit.reason is Likeness.SAME_PHONE and hit.fact is not None and hit.fact[2] in numbers
    return replace(hit, side=Side.TRADER) if is_theirs else hit


@lru_cache(maxsize=64)
def _named(keys: int) -> Select[int, str, str, str]:
    """Select names kept under any of some keys, and those that are the same outright; written once for each count."""
    exact = select(PartyName.id.label("name_id")).where(PartyName.folded == bindparam("folded"))
    parts = [exact.order_by(PartyName.party_id.desc()).limit(_OF_EACH_KEY).subquery()]
    for n in range(keys):
        kept = select(PartyNameKey.name_id).where(PartyNameKey.key == bindparam(f"key{n}"))
        parts.append(kept.order_by(PartyNameKey.name_id.desc()).limit(_OF_EACH_KEY).subquery())
    wanted = union_all(*(select(part.c.name_id) for part in parts))
    named = select(PartyName.party_id, PartyName.folded, PartyName.name, Party.kind)
    return named.join(Party, Party.id == PartyName.party_id).where(PartyName.id.in_(wanted))


def _name_hit(row: Sequence[object], folded: str, side: Side) -> Hit | None:
    party_id, other, name, kind = int(str(row[0])), str(row[1]), str(row[2]), row[3]
    is_caller = side is Side.CALLER
    if (kind == PartyKind.PERSON) is not is_caller:
        return None
    fact = (party_id, KnownBy.NAME.value, other)
    if other == folded:
        return Hit(party_id, side, Likeness.SAME_NAME, name, fact)
    alike = sounds_like(folded, other) if is_caller else reads_like(folded, other)
    return Hit(party_id, side, Likeness.SOUNDS_LIKE, name, fact) if alike else None


def _grouped(session: Session, by_party: dict[int, list[Hit]]) -> list[Match]:
    """Bring the hits of parties that are held to be the same together, for each side."""
    if not by_party:
        return []
    rows = session.execute(select(Party.id, Party.identity_id, Party.kind).where(Party.id.in_(by_party)))
    found: defaultdict[tuple[int, Side], list[Hit]] = defaultdict(list)
    kinds: dict[int, str] = {}
    for party_id, identity_id, kind in rows:
        identity = identity_id or party_id
        kinds[identity] = kind if party_id == identity else kinds.get(identity, kind)
        for hit in by_party[party_id]:
            found[identity, hit.side].append(hit)
    return [_match(identity, side, PartyKind.of(kinds[identity]), hits) for (identity, side), hits in found.items()]


def _match(identity: int, side: Side, kind: PartyKind, hits: Sequence[Hit]) -> Match:
    given = {hit.reason for hit in hits}
    if Likeness.SAME_NAME in given:
        given.discard(Likeness.SOUNDS_LIKE)
    reasons = tuple(reason for reason in Likeness if reason in given)
    names = [hit.name for reason in reasons for hit in hits if hit.reason is reason and hit.name]
    return Match(identity, side, kind, reasons, names[0] if names else None, _is_certain(hits))


def _is_certain(hits: Sequence[Hit]) -> bool:
    """Tell whether one and the same party has the name, and the number or the vehicle; others may have them too."""
    named = {hit.party_id for hit in hits if hit.reason is Likeness.SAME_NAME}
    return any(hit.party_id in named and hit.reason in _STRONG for hit in hits)


def _with_members(session: Session, matches: Sequence[Match], known: Mapping[int, frozenset[int]]) -> list[Match]:
    """Return the matches with their members, looking up only those that are not known yet."""
    members = {**known, **members_of(session, {match.identity for match in matches} - known.keys())}
    return [replace(match, members=members[match.identity]) for match in matches]
