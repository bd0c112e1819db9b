"""The offences that are enforced, the dates between which each was the law, and how long there is to prosecute. Pure.

A table, so that a change of the law is a row. Whoever relies on a row checks it with a lawyer: it says where it
stands. Conduct is judged by the law of its own day.
"""

from datetime import date, timedelta
from enum import Enum

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.months import last_of_months, months_after
from tsalert.core.words import write_day

FRAUD_ACT = date(2007, 1, 15)
CPRS_BEGAN = date(2008, 5, 26)
HOME_CONTRACTS_BEGAN = date(2008, 10, 1)
CONTRACTS_2013_BEGAN = date(2014, 6, 13)
DMCC_BEGAN = date(2025, 4, 6)
_CPRS = "Consumer Protection from Unfair Trading Regulations 2008"
_DMCC = "Digital Markets, Competition and Consumers Act 2024"


class TimeLimit(Enum):
    """Until when proceedings may begin, and where it is said."""

    NONE = "No limit of time: triable on indictment"
    CPRS = "Three years from the offence or one year from its discovery, whichever is earlier: CPRs 2008, regulation 14"
    DMCC = (
        "Three years from the offence or one year from its discovery, whichever is earlier: DMCC Act 2024, section 241"
    )
    TRADE_DESCRIPTIONS = (
        "Three years from the offence or one year from its discovery, whichever is earlier: Trade Descriptions Act "
        "1968, section 19"
    )
    SUMMARY = "Six months from the offence, as it is tried summarily: Magistrates' Courts Act 1980, section 127"


class Offence(Struct, frozen=True):
    """One offence. ``last`` is the last day of conduct that it reaches; ``follows`` the code of the one before it."""

    code: str
    title: str
    law: str
    first: date | None
    last: date | None = None
    limit: TimeLimit = TimeLimit.NONE
    follows: str | None = None

    @property
    def label(self) -> str:
        """The offence as people choose it."""
        return f"{self.title}: {self.law}"

    @property
    def validity(self) -> str:
        """The days of conduct that it reaches, in words."""
        if self.first is None:
            return "conduct of any date"
        return f"conduct from {write_day(self.first)}" + (f" to {write_day(self.last)}" if self.last else "")

    def reaches(self, first: date, last: date) -> bool:
        """Tell whether conduct between two days falls under it."""
        return (self.first is None or self.first <= first) and (self.last is None or last <= self.last)


def _pair(name: str, title: str, old: str, new: str, *, follows: str | None = None) -> tuple[Offence, Offence]:
    """Return an unfair practice before and from 6 April 2025."""
    before = Offence(
        f"cprs_{name}", title, f"{_CPRS}, {old}", CPRS_BEGAN, DMCC_BEGAN - timedelta(days=1), TimeLimit.CPRS, follows
    )
    after = Offence(f"dmcc_{name}", title, f"{_DMCC}, {new}", DMCC_BEGAN, limit=TimeLimit.DMCC, follows=before.code)
    return before, after


_EVERY = (
    Offence(
        "deception", "Obtaining property by deception", "Theft Act 1968, section 15", date(1969, 1, 1),
        FRAUD_ACT - timedelta(days=1),
    ),
    Offence(
        "fraud_representation", "Fraud by false representation", "Fraud Act 2006, sections 1 and 2", FRAUD_ACT,
        follows="deception",
    ),
    Offence(
        "fraud_failing_to_disclose", "Fraud by failing to disclose", "Fraud Act 2006, sections 1 and 3", FRAUD_ACT,
        follows="deception",
    ),
    Offence("fraud_position", "Fraud by abuse of position", "Fraud Act 2006, sections 1 and 4", FRAUD_ACT),
    Offence("fraud_articles", "Possessing articles for use in fraud", "Fraud Act 2006, section 6", FRAUD_ACT),
    Offence("fraud_business", "Carrying on a business fraudulently", "Fraud Act 2006, section 9", FRAUD_ACT),
    Offence("conspiracy_to_defraud", "Conspiracy to defraud", "Common law", None),
    Offence("conspiracy", "Conspiracy to commit an offence", "Criminal Law Act 1977, section 1", date(1977, 12, 1)),
    Offence("theft", "Theft", "Theft Act 1968, section 1", date(1969, 1, 1)),
    Offence(
        "money_laundering", "Dealing with the proceeds of crime", "Proceeds of Crime Act 2002, sections 327 to 329",
        date(2003, 2, 24),
    ),
    Offence(
        "false_statement_service", "False statement about services", "Trade Descriptions Act 1968, section 14",
        date(1968, 11, 30), CPRS_BEGAN - timedelta(days=1), TimeLimit.TRADE_DESCRIPTIONS,
    ),
    *_pair("diligence", "Contravening professional diligence", "regulations 3 and 8", "sections 225, 229 and 237"),
    *_pair(
        "misleading_action", "Misleading action", "regulations 5 and 9", "sections 225, 226 and 237",
        follows="false_statement_service",
    ),
    *_pair("misleading_omission", "Misleading omission", "regulations 6 and 10", "sections 225, 227 and 237"),
    *_pair("aggressive", "Aggressive practice", "regulations 7 and 11", "sections 225, 228 and 237"),
    *_pair(
        "banned", "Practice that is unfair in all circumstances", "regulation 12 and Schedule 1",
        "sections 225 and 237 and Schedule 20",
    ),
    Offence(
        "dmcc_invitation", "Omission from an invitation to purchase", f"{_DMCC}, sections 225, 230 and 237", DMCC_BEGAN,
        limit=TimeLimit.DMCC, follows="cprs_misleading_omission",
    ),
    Offence(
        "home_no_notice", "No notice of the right to cancel",
        "Cancellation of Contracts made in a Consumer's Home or Place of Work etc Regulations 2008, regulation 17",
        HOME_CONTRACTS_BEGAN, CONTRACTS_2013_BEGAN - timedelta(days=1), TimeLimit.SUMMARY,
    ),
    Offence(
        "contracts_no_notice", "No notice of the right to cancel",
        "Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013, regulation 19",
        CONTRACTS_2013_BEGAN, limit=TimeLimit.SUMMARY, follows="home_no_notice",
    ),
)  # fmt: skip
OFFENCES = {offence.code: offence for offence in _EVERY}


def offence_of(code: str) -> Offence:
    """Return the offence with a code.

    :raises RuleViolation: there is none.
    """
    if code not in OFFENCES:
        raise RuleViolation("Choose an offence from the list.", field="offence")
    return OFFENCES[code]


def require_law_of_the_day(offence: Offence, first: date, last: date) -> None:
    """Refuse an offence that was not the law on every day of the conduct, and name the one that was.

    :raises RuleViolation: it was not.
    """
    if offence.reaches(first, last):
        return
    family = [each for each in _family(offence) if each.reaches(first, first) or each.reaches(last, last)]
    said = "; ".join(f"{each.label} applied to {each.validity}" for each in family)
    beyond = f" {said}." if said else " No offence like it was the law on those days."
    split = " Record the conduct of each law by itself." if len(family) > 1 else ""
    raise RuleViolation(f"{offence.label} reaches {offence.validity}.{beyond}{split}", field="offence")


def last_day_to_prosecute(offence: Offence, committed_on: date, discovered_on: date | None) -> date | None:
    """Return the last day on which proceedings for an act may begin; None where the law sets no limit.

    :raises RuleViolation: the limit also runs from discovery, and nobody said when that was.

    Source: the ``limit`` of the offence says where it stands. "Beginning with" a day counts that day, "from" does not.
    """
    if offence.limit is TimeLimit.NONE:
        return None
    if offence.limit is TimeLimit.SUMMARY:
        return months_after(committed_on, 6)
    if discovered_on is None:
        raise RuleViolation(
            "Say when we learnt of it: the time to prosecute runs from that day too.", field="discovered_on"
        )
    return min(last_of_months(committed_on, 36), last_of_months(discovered_on, 12))


def _family(offence: Offence) -> list[Offence]:
    """Return what an offence followed, itself, and what followed it, oldest first."""
    before, after = [offence], [offence]
    while before[0].follows:
        before.insert(0, OFFENCES[before[0].follows])
    for each in after:
        after += [later for later in _EVERY if later.follows == each.code]
    return [*before[:-1], *after]
