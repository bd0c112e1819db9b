"""What a study must not say is found, wherever it stands; what it may say passes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.periods import parse_period
from tsalert.identifying.facts import Finding, Named
from tsalert.identifying.places import streets_of
from tsalert.identifying.vocabulary import Check
from tsalert.quarterly.studies.checking import check
from tsalert.quarterly.studies.facts import Facts, may_stand
from tsalert.savings.counting.case_studies import rounded

QUARTER = parse_period("2022/23 Q1")
FACTS = Facts(
    quarter=QUARTER,
    names=(
        Named("Mrs Ivy Featherstone (invented)"),
        Named("Two men in a van"),
        Named("Lee Gardener"),
        Named("Bodgit Roofing Ltd", is_accused=True),
        Named("Robin Officer (invented)", parts_too=False),
    ),
    allowed=("Rex Guilty",),
    addresses=("Flat 3, 12 Canary Hill, Anytown", "Rosebank, Otter Way"),
    postcodes=("BR1 3UH",),
    wards=("Hayes & Coney Hall", "Bickley"),
    phones=("07700 900461", "+447700900462"),
    identifiers=("AB12 CDE", "bodgit.example", "09876543", "4471"),
    amounts=frozenset({Decimal(18_640), Decimal(1_600), Decimal(500), Decimal("349.50")}),
)


def found(text: str, facts: Facts = FACTS, title: str = "") -> list[tuple[Check, str]]:
    return [(each.check, each.found) for each in check(title, text, facts)]


@pytest.mark.parametrize(
    ("text", "what", "said"),
    [
        pytest.param("Mrs Featherstone rang.", Check.NAME, "Mrs Featherstone", id="a-title-and-a-surname"),
        pytest.param("It was Ivy's hedge.", Check.NAME, "Ivy", id="a-first-name"),
        pytest.param("ivy  FEATHERSTONE paid", Check.NAME, "ivy  FEATHERSTONE", id="a-whole-name-however-written"),
        pytest.param("Ivy\nFeatherstone", Check.NAME, "Ivy Featherstone", id="a-name-across-lines"),
        pytest.param("I**v**y paid", Check.NAME, "Ivy", id="a-name-behind-marks"),
        pytest.param("Fe\u00adatherstone", Check.NAME, "Featherstone", id="a-name-behind-what-nobody-sees"),
        pytest.param("F\u0435atherstone paid", Check.NAME, "F\u0435atherstone", id="a-letter-of-another-alphabet"),
        pytest.param("\u0406vy paid", Check.NAME, "\u0406vy", id="a-first-letter-of-another-alphabet"),
        pytest.param("F\u00e9atherstone", Check.NAME, "Featherstone", id="a-name-with-an-accent"),
        pytest.param("in B\u00edckley", Check.WARD, "Bickley", id="a-ward-with-an-accent"),
        pytest.param("F e a t h e r s t o n e", Check.NAME, "F e a t h e r s t o n e", id="a-name-spread-out"),
        pytest.param("F.e.a.t.h.e.r.s.t.o.n.e", Check.NAME, "F.e.a.t.h.e.r.s.t.o.n.e", id="a-name-in-dots"),
        pytest.param("It was _Ivy_.", Check.NAME, "Ivy", id="a-name-with-stress"),
        pytest.param("&#73;vy paid", Check.NAME, "Ivy", id="a-name-in-code"),
        pytest.param("- Ivy&nbsp;Featherstone", Check.NAME, "Ivy Featherstone", id="a-name-in-a-list"),
        pytest.param("[here](https://x.example/Ivy)", Check.NAME, "Ivy", id="a-name-in-a-link"),
        pytest.param("## Ivy", Check.NAME, "Ivy", id="a-name-in-a-heading"),
        pytest.param("Dr Nobody came", Check.NAME, "Dr Nobody", id="anybody-with-a-title"),
        pytest.param("Robin Officer went", Check.NAME, "Robin Officer", id="an-officer"),
        pytest.param("from Bodgit Roofing", Check.NAME, "Bodgit", id="a-word-of-a-firm"),
        pytest.param("bodgit roofing ltd", Check.TRADER, "bodgit roofing ltd", id="a-trader-not-convicted"),
        pytest.param("at 12 Canary Hill", Check.STREET, "12 Canary Hill", id="an-address-of-the-case"),
        pytest.param("in canary hill", Check.STREET, "canary hill", id="its-street-in-small-letters"),
        pytest.param("at Rosebank", Check.STREET, "Rosebank", id="the-name-of-a-house"),
        pytest.param("of Some Other Road", Check.STREET, "Some Other Road", id="any-street"),
        pytest.param("the BR1 area", Check.STREET, "BR1", id="half-a-postcode-of-the-case"),
        pytest.param("near se1 7pb", Check.POSTCODE, "se1 7pb", id="any-postcode"),
        pytest.param("lives in Bickley", Check.WARD, "Bickley", id="a-ward"),
        pytest.param("Hayes and Coney Hall", Check.WARD, "Hayes and Coney Hall", id="a-ward-with-and"),
        pytest.param("rang 07700 900461", Check.TELEPHONE, "07700 900461", id="a-telephone-number-of-the-case"),
        pytest.param("rang 020 7946 0000", Check.TELEPHONE, "020 7946 0000", id="any-telephone-number"),
        pytest.param("+44 7700 900462", Check.TELEPHONE, "+44 7700 900462", id="an-international-number"),
        pytest.param("write to a.b@example.org.", Check.EMAIL, "a.b@example.org", id="an-email-address"),
        pytest.param("a van AB12CDE", Check.REGISTRATION, "AB12CDE", id="a-registration"),
        pytest.param("at bodgit.example they", Check.IDENTIFIER, "bodgit.example", id="a-website-of-the-case"),
        pytest.param("company 09876543", Check.IDENTIFIER, "09876543", id="a-company-number"),
        pytest.param("account ending 4471", Check.IDENTIFIER, "4471", id="the-end-of-an-account"),
        pytest.param("case D26-00031-U", Check.REFERENCE, "D26-00031-U", id="a-reference"),
        pytest.param("on 3 May 2022", Check.DATE, "3 May 2022", id="a-day"),
        pytest.param("on the 3rd of June", Check.DATE, "3rd of June", id="a-day-in-words"),
        pytest.param("June 3, 2022", Check.DATE, "June 3, 2022", id="a-day-the-american-way"),
        pytest.param("on 03/05/2022", Check.DATE, "03/05/2022", id="a-day-in-figures"),
        pytest.param("on 2022-05-03", Check.DATE, "2022-05-03", id="a-day-as-machines-write-it"),
        pytest.param("in May they came", Check.DATE, "May", id="the-month-of-may"),
        pytest.param("during June 2022", Check.DATE, "June 2022", id="a-month"),
        pytest.param("one Tuesday", Check.DATE, "Tuesday", id="a-day-of-the-week"),
        pytest.param("April to June 2021", Check.DATE, "April", id="another-quarter-in-words"),
        pytest.param("aged 82,", Check.AGE, "aged 82", id="an-age"),
        pytest.param("an 82-year-old", Check.AGE, "82-year-old", id="years-old"),
        pytest.param("She was 82.", Check.AGE, "She was 82", id="an-age-without-a-word"),
        pytest.param("eighty-two years old", Check.AGE, "eighty-two years old", id="an-age-in-words"),
        pytest.param("born in 1940", Check.AGE, "born in 1940", id="a-year-of-birth"),
        pytest.param("charged £18,640", Check.MONEY_EXACT, "£18,640", id="money-not-rounded"),
        pytest.param("charged £349.50", Check.MONEY_EXACT, "£349.50", id="pence"),
        pytest.param("charged £7,000", Check.MONEY_UNKNOWN, "£7,000", id="money-of-no-ledger"),
        pytest.param("charged £4,50", Check.MONEY_UNKNOWN, "£4,50", id="money-that-cannot-be-read"),
        pytest.param("nineteen thousand pounds", Check.MONEY_IN_WORDS, "nineteen thousand pounds", id="money-in-words"),
    ],
)  # fmt: skip
def test_what_a_study_must_not_say_is_found_with_its_place(text: str, what: Check, said: str) -> None:
    assert (what, said) in found(text)
    (each, *_) = [one for one in check("", text, FACTS) if one.found == said and one.check is what]
    assert said in f"{each.before}{each.found}{each.after}"


@pytest.mark.parametrize(
    "text",
    [
        "A resident aged 75 to 84 was charged £19,000 for work worth £1,600 over 13 visits.",
        "In the quarter from April to June 2022, 2022/23 Q1, two men in a white van came back.",
        "Between April and June 2022 a resident aged 85 or over paid £500, and £300 of it was in cash.",
        "Trading Standards warned the trader. We may ask the Crown Court for an order. May we help you?",
        "The gardener said that the hedge was 12 feet high; we came within two hours, at 10.30am.",
        "The council, the police and the bank worked together under the Banking Protocol. It took 28 days.",
        "Rex Guilty, who pleaded guilty at the magistrates' court, was sentenced to 18 months.",
        "- We fitted a call blocker.\n- We advised the trader.\n\n## What came of it\n\nMrs A is able to stay at home.",
    ],
)  # fmt: skip
def test_text_that_tells_of_nobody_passes(text: str) -> None:
    facts = FACTS if "£300" not in text else Facts(quarter=QUARTER, names=FACTS.names, amounts=FACTS.amounts)
    assert found(text, facts) == []


def test_a_victim_who_shares_a_word_with_a_convicted_trader_is_found_all_the_same() -> None:
    facts = Facts(
        quarter=QUARTER, names=(Named("Ivy Guilty"), Named("Rex Guilty and his men")), allowed=("Rex Guilty",)
    )
    assert found("Rex Guilty came to see Guilty.", facts) == [(Check.NAME, "Guilty")]


def test_a_title_is_looked_through_as_the_text_is() -> None:
    assert (Check.NAME, "Featherstone") in found("", title="The Featherstone case")


def test_a_trader_is_found_once_as_a_trader_and_not_as_a_name_too() -> None:
    assert found("by Bodgit Roofing Ltd.") == [(Check.TRADER, "Bodgit Roofing Ltd")]


def test_money_of_the_case_passes_only_as_it_is_rounded() -> None:
    (each,) = check("", "paid £18,640", FACTS)
    assert (each.advice, may_stand(each)) == ("Write £19,000.", False)
    assert found("paid £19,000") == []


def test_the_same_finding_is_known_again_wherever_it_stands() -> None:
    first, second = check("", "Ivy said so. And ivy was right, IVY knew.", FACTS)[:2]
    assert first.key == second.key


@pytest.mark.parametrize(
    ("address", "streets"),
    [
        ("Flat 3, 12 Canary Hill, Anytown", ["Canary Hill"]),
        ("12a Canary Hill", ["Canary Hill"]),
        ("Rosebank, Otter Way, Anytown", ["Rosebank", "Otter Way"]),
        ("12", []),
        ("", []),
    ],
)
def test_the_street_of_an_address_is_known(address: str, streets: list[str]) -> None:
    assert streets_of(address) == streets


@given(st.decimals(0, 999_999, places=2))
def test_an_amount_of_the_case_passes_if_and_only_if_it_is_rounded(amount: Decimal) -> None:
    facts = Facts(quarter=QUARTER, amounts=frozenset({amount}))
    step = 100 if amount < 10_000 else 1_000
    near = rounded(amount)
    assert abs(near - amount) * 2 <= step
    assert near % step == 0
    assert rounded(near) == near
    if near:
        assert found(f"They paid £{near:,}.", facts) == []
    is_exact = found(f"They paid £{amount:,.2f}.", facts) == [(Check.MONEY_EXACT, f"£{amount:,.2f}")]
    assert is_exact is (near != amount)


@given(st.text(max_size=300))
def test_no_text_breaks_the_checks(text: str) -> None:
    for each in check(text[:40], text, FACTS):
        assert isinstance(each, Finding)


def test_a_name_with_an_accent_is_found_with_and_without_it() -> None:
    facts = Facts(quarter=QUARTER, names=(Named("Zoë Brontë (invented)"),))
    assert [found(text, facts) for text in ("Brontë", "Bronte", "Bronte\u0308")] == [[(Check.NAME, "Bronte")]] * 3
