"""Writing, approving and superseding rates, and what nobody can change afterwards."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.savings.models import RateRow, RateSet
from tsalert.savings.queries import savings_table
from tsalert.savings.rates import approving, drafting, rate_sets
from tsalert.savings.rates import rules as rate_rules
from tsalert.savings.rates.rate_sets import RateSetStatus
from tsalert.savings.rates.rules import NewRateSet, Standing, gaps, take_over
from tsalert.savings.rules import InterventionType, NewIntervention, Span
from tsalert.savings.service import record_intervention
from tsalert.savings.valuing.valuation import Rate, RateKind, ValueClass
from tsalert.staff.rules import RoleName

PUBLISHED = "nts-observed-2021-22"
BLOCKER = Rate(
    "board-2024",
    "call_blocker",
    ValueClass.FUTURE_FINANCIAL,
    RateKind.PER_UNIT,
    Decimal("9000.25"),
    "a call blocker over its term",
    "D",
    term_years=5,
)
SHARE = Rate("board-2024", "call_blocker", ValueClass.HEALTH_QOL, RateKind.SHARE_OF, Decimal("0.5"), "of it", "E")
NEW = NewRateSet(
    slug="board-2024",
    title="What the board chose for 2024",
    basis="published",
    span=Span(date(2024, 4, 1), None),
    source="Minutes of an invented board",
    evidence_note="Invented for a test",
    rates=(BLOCKER, SHARE),
)


@pytest.fixture
def writer(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.CASE_OFFICER)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER)


def test_a_draft_is_read_back_as_it_was_written_and_values_nothing(session: Session, writer: Actor) -> None:
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    made = rate_sets.get_rate_set(session, NEW.slug)
    assert (made.status, made.written_by, made.approved_by) == (RateSetStatus.DRAFT, writer.officer_id, None)
    assert drafting.content_of(made) == NEW
    assert NEW.slug not in {found.slug for found in rate_sets.approved_sets(session, "published")}


def test_the_three_sets_that_ship_are_the_published_one_and_two_that_value_nothing_yet(session: Session) -> None:
    status = {found.slug: (found.basis, found.status) for found in rate_sets.list_rate_sets(session)}
    assert status == {
        PUBLISHED: ("published", RateSetStatus.APPROVED),
        "prudent-2026": ("prudent", RateSetStatus.DRAFT),
        "hmt-2026": ("reference", RateSetStatus.DRAFT),
    }


@pytest.mark.parametrize("slug", [PUBLISHED, "prudent-2026", "hmt-2026"])
def test_what_ships_keeps_its_own_rules(session: Session, slug: str) -> None:
    rate_rules.check_rate_set(drafting.content_of(rate_sets.get_rate_set(session, slug)))


def test_whoever_wrote_the_rates_cannot_approve_them(session: Session, manager: Actor) -> None:
    drafting.draft_rate_set(NEW, actor=manager, now=NOW)
    with pytest.raises(RuleViolation, match="Another manager"):
        approving.approve_rate_set(NEW.slug, actor=manager, now=NOW)


def test_nobody_who_wrote_any_of_a_draft_approves_it(session: Session, officer: Callable[..., Actor]) -> None:
    first, second, third = (officer(RoleName.MANAGER) for _ in range(3))
    drafting.draft_rate_set(NEW, actor=first, now=NOW)
    drafting.change_draft(NEW.slug, replace(NEW, title="Changed"), actor=second, now=NOW)
    for author in (first, second):
        with pytest.raises(RuleViolation, match="Another manager"):
            approving.approve_rate_set(NEW.slug, actor=author, now=NOW)
    approving.approve_rate_set(NEW.slug, actor=third, now=NOW)
    assert rate_sets.get_rate_set(session, NEW.slug).approved_by == third.officer_id


def test_a_draft_thrown_away_does_not_bind_the_next_of_its_name(
    writer: Actor, manager: Actor, session: Session
) -> None:
    drafting.draft_rate_set(NEW, actor=manager, now=NOW)
    drafting.discard_draft(NEW.slug, actor=manager, now=NOW)
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    approving.approve_rate_set(NEW.slug, actor=manager, now=NOW)
    assert rate_sets.get_rate_set(session, NEW.slug).approved_by == manager.officer_id


def test_only_managers_approve(writer: Actor, officer: Callable[..., Actor]) -> None:
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    with pytest.raises(NotAllowed):
        approving.approve_rate_set(NEW.slug, actor=officer(RoleName.CASE_OFFICER), now=NOW)


def test_reference_values_and_an_empty_set_are_not_approved(session: Session, writer: Actor, manager: Actor) -> None:
    with pytest.raises(RuleViolation, match="nothing to approve"):
        approving.approve_rate_set("hmt-2026", actor=manager, now=NOW)
    drafting.draft_rate_set(replace(NEW, rates=()), actor=writer, now=NOW)
    with pytest.raises(RuleViolation, match="without rates"):
        approving.approve_rate_set(NEW.slug, actor=manager, now=NOW)


def test_a_set_that_stands_until_another_comes_gives_way_from_that_day(
    session: Session, writer: Actor, manager: Actor
) -> None:
    continued = approving.continue_rate_set(PUBLISHED, date(2023, 4, 1), None, actor=manager, now=NOW)
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    approving.approve_rate_set(NEW.slug, actor=manager, now=NOW)
    for day, units in ((date(2024, 3, 31), 1), (date(2024, 4, 1), 1)):
        blocker = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=day, units=units)
        record_intervention(blocker, actor=writer, now=NOW)
    before = rate_sets.get_rate_set(session, continued)
    assert (before.status, before.span.last_day) == (RateSetStatus.APPROVED, date(2024, 3, 31))
    entry = entries_about(session, "rate set", rate_sets.get_rate_set(session, NEW.slug).id)[-1]
    assert entry.detail == {"slug": NEW.slug, "supersedes": continued}
    worth = [
        savings_table(session, parse_period(label)).row("call_blockers").cell("financial")
        for label in ("2023/24 Q4", "2024/25 Q1")
    ]
    assert [cell.exact for cell in worth if cell] == [Decimal("16540.50"), Decimal("9000.25")]


def test_a_set_that_gives_no_date_is_not_superseded(session: Session, writer: Actor, manager: Actor) -> None:
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    for named in (PUBLISHED, "no-such-set"):
        with pytest.raises(RuleViolation, match=f"is called {named}"):
            approving.approve_rate_set(NEW.slug, supersedes=named, actor=manager, now=NOW)
    assert rate_sets.get_rate_set(session, NEW.slug).status is RateSetStatus.DRAFT


def test_a_whole_set_is_superseded_only_by_name(session: Session, writer: Actor, manager: Actor) -> None:
    mended = replace(NEW, span=Span(date(2021, 4, 1), date(2023, 3, 31)))
    drafting.draft_rate_set(mended, actor=writer, now=NOW)
    with pytest.raises(RuleViolation, match="Say that this set supersedes it"):
        approving.approve_rate_set(NEW.slug, actor=manager, now=NOW)
    approving.approve_rate_set(NEW.slug, supersedes=PUBLISHED, actor=manager, now=NOW)
    old = rate_sets.get_rate_set(session, PUBLISHED)
    assert old.status is RateSetStatus.SUPERSEDED
    assert [found.slug for found in rate_sets.approved_sets(session, "published")] == [NEW.slug]


def test_a_set_that_gave_way_once_does_not_give_way_again_and_says_so(
    session: Session, writer: Actor, manager: Actor
) -> None:
    approving.continue_rate_set(PUBLISHED, date(2023, 4, 1), None, actor=manager, now=NOW)
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    approving.approve_rate_set(NEW.slug, actor=manager, now=NOW)
    between = replace(NEW, slug="board-2023", span=Span(date(2023, 10, 1), date(2024, 3, 31)))
    drafting.draft_rate_set(between, actor=writer, now=NOW)
    once = f"{PUBLISHED}-from-2023-04-01"
    with pytest.raises(RuleViolation, match="gave way once"):
        approving.approve_rate_set("board-2023", supersedes=once, actor=manager, now=NOW)
    assert rate_sets.get_rate_set(session, "board-2023").status is RateSetStatus.DRAFT


def test_a_set_that_would_leave_days_without_rates_does_not_supersede(
    session: Session, writer: Actor, manager: Actor
) -> None:
    drafting.draft_rate_set(replace(NEW, span=Span(date(2021, 4, 1), date(2022, 3, 31))), actor=writer, now=NOW)
    with pytest.raises(RuleViolation, match="reaches further"):
        approving.approve_rate_set(NEW.slug, supersedes=PUBLISHED, actor=manager, now=NOW)


def test_an_approved_set_is_not_changed_by_any_use_case(session: Session, writer: Actor) -> None:
    known = drafting.content_of(rate_sets.get_rate_set(session, PUBLISHED))
    changes: list[Callable[[], Any]] = [
        lambda: drafting.change_draft(PUBLISHED, replace(known, title="Other"), actor=writer, now=NOW),
        lambda: drafting.put_rate(PUBLISHED, BLOCKER, actor=writer, now=NOW),
        lambda: drafting.remove_rate(PUBLISHED, "call_blocker", "health_qol", actor=writer, now=NOW),
        lambda: drafting.discard_draft(PUBLISHED, actor=writer, now=NOW),
    ]
    for change in changes:
        with pytest.raises(Conflict, match="never change"):
            change()
    assert drafting.content_of(rate_sets.get_rate_set(session, PUBLISHED)) == known


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rate_set SET title = 'Other' WHERE slug = 'nts-observed-2021-22'",
        "UPDATE rate_set SET status = 'draft' WHERE slug = 'nts-observed-2021-22'",
        "UPDATE rate_set SET effective_to = '2030-03-31' WHERE slug = 'nts-observed-2021-22'",
        "DELETE FROM rate_set WHERE slug = 'nts-observed-2021-22'",
        "UPDATE rate SET value = '1' WHERE intervention_type = 'call_blocker' AND evidence_grade = 'E'",
        "DELETE FROM rate WHERE rate_set_id = (SELECT id FROM rate_set WHERE slug = 'nts-observed-2021-22')",
        (
            "INSERT INTO rate (rate_set_id, intervention_type, component, kind, value, unit, evidence_grade) "
            "SELECT id, 'advice', 'other_societal', 'per_unit', '1', 'each', 'E' FROM rate_set WHERE status <> 'draft'"
        ),
        (
            "UPDATE rate SET rate_set_id = (SELECT id FROM rate_set WHERE slug = 'prudent-2026') "
            "WHERE rate_set_id = (SELECT id FROM rate_set WHERE slug = 'nts-observed-2021-22')"
        ),
    ],
    ids=["title", "back-to-draft", "dates", "delete", "a-rate", "rates-away", "one-more-rate", "rates-to-another"],
)
def test_the_database_itself_refuses_to_change_approved_rates(session: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text(statement.replace("'1'", "1") if _is_postgresql(session) else statement))


_ONE = "id, slug, title, basis, status, effective_from, effective_to, source, evidence_note"
_OTHER_DATES = _ONE.replace("effective_to", "'2030-03-31'", 1)
_RATE = "id, rate_set_id, intervention_type, component, kind, value, unit, evidence_grade"
_A_DRAFT = "(SELECT id FROM rate_set WHERE slug = 'prudent-2026')"
_APPROVED = "(SELECT id FROM rate_set WHERE slug = 'nts-observed-2021-22')"


@pytest.mark.parametrize(
    "statement",
    [
        f"REPLACE INTO rate_set ({_ONE}) SELECT {_OTHER_DATES} FROM rate_set WHERE slug = 'nts-observed-2021-22'",
        f"REPLACE INTO rate_set ({_ONE}) SELECT 99, {_OTHER_DATES[4:]} FROM rate_set WHERE slug LIKE 'nts%'",
        f"UPDATE OR REPLACE rate_set SET id = {_APPROVED} WHERE slug = 'prudent-2026'",
        "UPDATE OR REPLACE rate_set SET slug = 'nts-observed-2021-22' WHERE slug = 'prudent-2026'",
        (
            f"REPLACE INTO rate ({_RATE}) SELECT id, {_A_DRAFT}, 'advice', 'other_societal', 'per_unit', '1', 'x', 'E' "
            f"FROM rate WHERE rate_set_id = {_APPROVED} AND component = 'health_qol'"
        ),
        (
            f"UPDATE OR REPLACE rate SET id = (SELECT min(id) FROM rate WHERE rate_set_id = {_APPROVED}) "
            f"WHERE rate_set_id = {_A_DRAFT} AND intervention_type = 'call_blocker' AND component = 'health_qol'"
        ),
        (
            f"UPDATE rate SET rate_set_id = {_APPROVED}, component = 'other_societal' "
            f"WHERE rate_set_id = {_A_DRAFT} AND intervention_type = 'call_blocker' AND component = 'health_qol'"
        ),
    ],
    ids=["a-set", "its-name", "a-set-s-number", "a-name", "a-rate", "a-rate-s-number", "a-draft-s-rate-moved-in"],
)
def test_nothing_is_put_in_the_place_of_an_approved_set_or_into_it(session: Session, statement: str) -> None:
    if _is_postgresql(session) and "REPLACE" in statement:
        pytest.skip("PostgreSQL knows no REPLACE")
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text(statement))


def test_the_days_of_an_approved_set_end_only_where_its_successor_begins(session: Session) -> None:
    cut = "UPDATE rate_set SET superseded_from = '2021-05-01', superseded_at = '2021-05-01 09:00:00'"
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text(f"{cut} WHERE slug = 'nts-observed-2021-22'"))


@pytest.mark.parametrize("table", ["rate", "rate_set", "calculation_run"])
def test_approved_rates_and_signed_runs_are_not_emptied_out_at_once(session: Session, table: str) -> None:
    if not _is_postgresql(session):
        pytest.skip("SQLite knows no TRUNCATE")
    with pytest.raises(DBAPIError, match="never emptied"), session.begin_nested():
        session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_the_session_cannot_change_an_approved_rate_either(session: Session) -> None:
    rate = session.scalars(select(RateRow).where(RateRow.intervention_type == "call_blocker")).first()
    assert rate is not None
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(update(RateRow).where(RateRow.id == rate.id).values(value=Decimal(1)))


def test_a_superseded_set_stays_as_it_is(session: Session, writer: Actor, manager: Actor) -> None:
    drafting.draft_rate_set(replace(NEW, span=Span(date(2021, 4, 1), None)), actor=writer, now=NOW)
    approving.approve_rate_set(NEW.slug, supersedes=PUBLISHED, actor=manager, now=NOW)
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(update(RateSet).where(RateSet.slug == PUBLISHED).values(superseded_from=date(2022, 1, 1)))


def test_rates_of_a_draft_are_put_and_removed_one_by_one(session: Session, writer: Actor) -> None:
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    dearer = replace(BLOCKER, value=Decimal(12000))
    drafting.put_rate(NEW.slug, dearer, actor=writer, now=NOW)
    friend = Rate(
        NEW.slug, "friends_against_scams", ValueClass.OTHER_SOCIETAL, RateKind.PER_UNIT, Decimal("36.03"), "each", "E"
    )
    drafting.put_rate(NEW.slug, friend, actor=writer, now=NOW)
    assert rate_sets.get_rate_set(session, NEW.slug).rates == (dearer, SHARE, friend)
    drafting.remove_rate(NEW.slug, "call_blocker", "health_qol", actor=writer, now=NOW)
    assert rate_sets.get_rate_set(session, NEW.slug).rates == (dearer, friend)
    with pytest.raises(NotFound):
        drafting.remove_rate(NEW.slug, "call_blocker", "health_qol", actor=writer, now=NOW)


def test_a_discarded_draft_is_gone_but_for_the_trail(session: Session, writer: Actor) -> None:
    drafting.draft_rate_set(NEW, actor=writer, now=NOW)
    row = rate_sets.find_row(session, NEW.slug)
    assert row is not None
    number = row.id
    drafting.discard_draft(NEW.slug, actor=writer, now=NOW)
    assert rate_sets.find_row(session, NEW.slug) is None
    assert [entry.action for entry in entries_about(session, "rate set", number)] == ["drafted", "discarded"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"kind": RateKind.REFERENCE}, "kind", id="reference-among-others"),
        pytest.param({"intervention_type": "bribe"}, "intervention_type", id="unknown-type"),
        pytest.param({"component": ValueClass.PREVENTED}, "component", id="evidenced-money-has-no-rate"),
        pytest.param({"component": ValueClass.HEALTH_QOL}, "kind", id="health-is-a-share"),
        pytest.param({"evidence_grade": "F"}, "evidence_grade", id="unknown-grade"),
        pytest.param({"value": Decimal(-1)}, "value", id="negative"),
        pytest.param({"value": Decimal("NaN")}, "value", id="no-number"),
        pytest.param({"value": Decimal("1e-400")}, "value", id="too-many-digits"),
        pytest.param({"value": Decimal(2_000_000)}, "value", id="absurd"),
        pytest.param({"low": Decimal(10_000)}, "low", id="low-above-central"),
        pytest.param({"discount_rate": Decimal("0.035")}, "kind", id="discount-without-years"),
        pytest.param({"deadweight": Decimal("0.25")}, "deadweight", id="deadweight-of-a-price"),
        pytest.param({"term_years": 0}, "term_years", id="no-term"),
        pytest.param({"kind": RateKind.ANNUAL_STREAM, "term_years": None}, "term_years", id="stream-without-term"),
        pytest.param({"kind": RateKind.ANNUAL_STREAM, "term_low": 9}, "term_low", id="low-term-longer"),
        pytest.param({"kind": RateKind.ANNUAL_STREAM, "deadweight": Decimal(2)}, "deadweight", id="part-above-one"),
    ],
)
def test_a_rate_that_no_formula_could_use_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        rate_rules.check_rate(replace(BLOCKER, **changes), basis="published")
    assert refused.value.field == field


@pytest.mark.parametrize("slug", ["", "Board 2024", "-a", "a--b", "x" * 61, "café", "a/b"])
def test_a_name_that_is_no_name_is_refused(slug: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        rate_rules.check_rate_set(replace(NEW, slug=slug))
    assert refused.value.field == "slug"


def test_two_rates_for_one_place_are_refused() -> None:
    with pytest.raises(RuleViolation, match="two rates"):
        rate_rules.check_rate_set(replace(NEW, rates=(BLOCKER, BLOCKER)))


DAYS = st.integers(0, 400).map(lambda number: date(2024, 1, 1) + timedelta(days=number))
SPANS = st.builds(
    lambda first, length: Span(first, None if length is None else first + timedelta(days=length)),
    DAYS,
    st.none() | st.integers(0, 200),
)


@given(spans=st.lists(SPANS, max_size=6))
def test_a_day_is_in_a_gap_exactly_when_no_span_holds_it(spans: list[Span]) -> None:
    first, last = date(2024, 1, 1), date(2025, 6, 30)
    missing = gaps(spans, first_day=first, last_day=last)
    for number in range((last - first).days + 1):
        day = Span(first + timedelta(days=number), first + timedelta(days=number))
        assert any(gap.overlaps(day) for gap in missing) is not any(span.overlaps(day) for span in spans)


@given(new=SPANS, old=SPANS, supersedes=st.sampled_from([None, "old"]))
def test_after_a_takeover_no_day_has_two_sets_and_none_that_had_one_has_none(
    new: Span, old: Span, supersedes: str | None
) -> None:
    standing = Standing("old", "Old", old)
    try:
        takeover = take_over(new, [standing], supersedes=supersedes)
    except RuleViolation:
        assert new.overlaps(old) or supersedes
        return
    if takeover is None:
        assert not new.overlaps(old)
        return
    kept = [] if takeover.is_whole else [Span(old.first_day, takeover.from_day - timedelta(days=1))]
    assert not any(span.overlaps(new) for span in kept)
    horizon = date(2026, 1, 1)
    assert not any(gap.overlaps(old) for gap in gaps([*kept, new], first_day=date(2023, 1, 1), last_day=horizon))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
