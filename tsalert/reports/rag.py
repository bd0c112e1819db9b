"""Rating a figure Green, Amber or Red by the rule that a board chose for its indicator. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.reports.change import Share, Value
from tsalert.reports.vocabulary import Move, Polarity, Rag, RagRule, Unit

DEFAULT_TOLERANCE = Decimal(10)
# Limits of a chart of single values (Shewhart's XmR): 2.66 mean moving ranges stand for three standard deviations.
_LIMIT, _WARNING = Decimal("2.66"), Decimal("1.77")
HISTORY = 8


class Rating(Struct, frozen=True):
    """How a figure is rated.

    :param target: a quarter's target, in the indicator's unit; a year's is four times it, a percentage stays.
    :param tolerance: how much worse than what it is held against may still be Amber, in percent of that.
    """

    rule: RagRule
    polarity: Polarity
    target: Decimal | None = None
    tolerance: Decimal = DEFAULT_TOLERANCE


class Judgement(Struct, frozen=True):
    """A rating and why, in words."""

    rag: Rag
    why: str


NO_RULE = Judgement(Rag.NOT_RATED, "No rating is set for this.")
NO_FIGURE = Judgement(Rag.NOT_RATED, "There is no figure to rate.")


def check_rating(rating: Rating, unit: Unit) -> None:
    """Refuse a rule that could rate nothing.

    :raises RuleViolation: naming the field.
    """
    if rating.rule is not RagRule.NONE and rating.polarity is Polarity.NEITHER:
        raise RuleViolation("Say which way is better, or choose no rating.", field="polarity")
    if rating.rule is RagRule.TARGET and rating.target is None:
        raise RuleViolation("A rating against a target needs one.", field="target")
    if rating.target is not None and rating.target < 0:
        raise RuleViolation("A target cannot be negative.", field="target")
    if rating.target is not None and unit is Unit.SHARE and rating.target > 100:
        raise RuleViolation("A percentage goes up to 100.", field="target")
    if not 0 <= rating.tolerance <= 100:
        raise RuleViolation("Give a tolerance from 0 to 100 percent.", field="tolerance")


def judge(
    rating: Rating,
    value: Value | None,
    *,
    last_year: Value | None = None,
    history: Sequence[Value | None] = (),
    quarters: int = 1,
) -> Judgement:
    """Rate a figure: Green at or better than what it is held against, Amber worse within tolerance, Red beyond.

    :param history: the quarters before it, the earliest first, for the statistical rule.
    :param quarters: of how many quarters the figure is.
    """
    if rating.rule is RagRule.NONE or rating.polarity is Polarity.NEITHER:
        return NO_RULE
    number = as_number(value)
    if number is None:
        return NO_FIGURE
    if rating.rule is RagRule.STATISTICAL:
        return _by_swings(rating, number, [as_number(each) for each in history])
    if rating.rule is RagRule.LAST_YEAR:
        return _against(rating, number, as_number(last_year), "the same period last year")
    scale = 1 if isinstance(value, Share) else quarters
    return _against(rating, number, None if rating.target is None else rating.target * scale, "the target")


def as_number(value: Value | None) -> Decimal | None:
    """Return a figure as one number: of a share, its percentage."""
    if isinstance(value, Share):
        return value.percent
    return None if value is None else Decimal(value)


def direction(polarity: Polarity, move: Move) -> str:
    """Say of a movement whether it is for the better, where one way is."""
    if polarity is Polarity.NEITHER or move in {Move.SAME, Move.UNKNOWN}:
        return move.label
    is_better = (move is Move.UP) == (polarity is Polarity.HIGHER)
    return f"{move.label}, {'better' if is_better else 'worse'}"


def _against(rating: Rating, number: Decimal, reference: Decimal | None, what: str) -> Judgement:
    if reference is None:
        return Judgement(Rag.NOT_RATED, f"There is no figure of {what} to compare it with.")
    if rating.rule is RagRule.LAST_YEAR and number == reference == 0:
        return Judgement(Rag.NOT_RATED, "There was nothing in either period.")
    worse_by = _worse_by(rating.polarity, number, reference)
    if worse_by <= 0:
        return Judgement(Rag.GREEN, f"At or better than {what}.")
    if worse_by <= abs(reference) * rating.tolerance / 100:
        return Judgement(Rag.AMBER, f"Worse than {what}, within the tolerance of {rating.tolerance.normalize():f}%.")
    return Judgement(Rag.RED, f"Worse than {what} by more than {rating.tolerance.normalize():f}%.")


def _by_swings(rating: Rating, number: Decimal, history: Sequence[Decimal | None]) -> Judgement:
    """Rate by how far a figure lies on the worse side of its mean, measured in its usual moves between quarters."""
    known = [each for each in history[-HISTORY:] if each is not None]
    if len(known) < HISTORY:
        return Judgement(Rag.NOT_RATED, f"Its usual swings are known after {HISTORY} quarters.")
    mean = sum(known) / Decimal(len(known))
    swing = sum((abs(later - earlier) for earlier, later in pairwise(known)), Decimal(0)) / (len(known) - 1)
    worse_by = _worse_by(rating.polarity, number, mean)
    if worse_by <= swing * _WARNING:
        return Judgement(Rag.GREEN, "Within its usual swings, or better.")
    if worse_by <= swing * _LIMIT:
        return Judgement(Rag.AMBER, "At the edge of its usual swings, on the worse side.")
    return Judgement(Rag.RED, "Outside its usual swings, on the worse side.")


def _worse_by(polarity: Polarity, number: Decimal, reference: Decimal) -> Decimal:
    return reference - number if polarity is Polarity.HIGHER else number - reference
