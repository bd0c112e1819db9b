"""Dividing a published total into invented parts that add up to it again."""

from decimal import Decimal
from random import Random

# What each of thirteen visits cost: £18,640 in all, for work worth £1,600.
VISITS = (60, 180, 400, 950, 1200, 1500, 1750, 1800, 2000, 2100, 2200, 2250, 2250)
WORTH = 1600


def split_pounds(total: int, parts: int, *, seed: int) -> list[Decimal]:
    """Divide whole pounds into uneven parts of at least one pound, the same ones for the same seed.

    No part is more than about three times the mean, so that none stands out as a single saving.
    """
    chance = Random(seed)  # noqa: S311 - invented amounts, not secrets
    weights = [chance.randint(50, 150) for _ in range(parts)]
    shares = [max(1, total * weight // sum(weights)) for weight in weights]
    shares[shares.index(max(shares))] += total - sum(shares)
    return [Decimal(share) for share in shares]


def split_count(total: int, parts: int) -> list[int]:
    """Divide a number of people or cases as evenly as can be."""
    whole, rest = divmod(total, parts)
    return [whole + (place < rest) for place in range(parts)]
