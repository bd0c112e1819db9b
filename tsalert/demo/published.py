"""The figures that the demonstration's records add up to.

Source: Safer Bromley Partnership Board, Priority 1 Safer Neighbourhoods, 2022/23 Quarter 2 update; April and May 2021
from the Board's papers of 2021. How a total divides into records is invented.
"""

from dataclasses import dataclass
from decimal import Decimal

SINGLE_SAVINGS = (12_000, 36_833, 18_000)
RAPID_RESPONSE_INTERVENTIONS_2021 = 26
SCAM_AND_DOORSTEP_2021 = 210_035
FRIENDS_2021 = 953
BLOCKERS_2021 = 5

COMPLAINTS = 676
TRANSFERRED = 139
# Of the 43 scam and doorstep cases the demonstration takes 25 as scams, 9 of them investment fraud: 36%.
SCAMS, INVESTMENT_FRAUDS, DOORSTEP_CRIMES = 25, 9, 18
MEAN_INVESTMENT_LOSS, MEAN_DOORSTEP_LOSS = 46_928, 1_696
ADVICE_SAVINGS = 15_610


@dataclass(frozen=True, slots=True)
class QuarterFigures:
    """What one quarter's records add up to; the interventions are in whole pounds and units."""

    label: str
    enquiries: int
    cases: int
    detriment: Decimal
    reports: int
    immediate: int
    scams: int = 0
    doorstep_crime: int = 0
    friends: int = 0
    blockers: int = 0


QUARTERS = (
    QuarterFigures(
        "2022/23 Q1", 233, 76, Decimal("505804.50"), 30, 7, scams=600, doorstep_crime=40_500, friends=112, blockers=3
    ),
    QuarterFigures("2022/23 Q2", 248, 60, Decimal("99761.00"), 34, 5),
)
