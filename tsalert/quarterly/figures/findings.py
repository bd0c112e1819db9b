"""What a chart shows, said in a sentence that is worked out from its figures."""

from decimal import Decimal

from tsalert.core.periods import Period
from tsalert.savings.valuing.valuation import shown_pounds


def counted(one: str, many: str, period: Period, number: int, year_before: int | None, *, is_provisional: bool) -> str:
    """Say how many there were, and whether more or fewer than a year before, where that is known."""
    told = f"There was 1 {one} in {period.prose}" if number == 1 else f"There were {number:,} {many} in {period.prose}"
    if is_provisional:
        return f"{told} so far"
    if year_before is None:
        return told
    if number == year_before:
        return f"{told}, as many as in the same quarter last year"
    return (
        f"{told}, {'more' if number > year_before else 'fewer'} than the {year_before:,} of the same quarter last year"
    )


def greatest(what: str, period: Period, kind: str, part: Decimal, whole: Decimal) -> str:
    """Say which kind had the greatest part of some money."""
    if not whole:
        return f"{what} in {period.prose}: none is recorded"
    return f"{what} in {period.prose}: {kind} the most, {shown_pounds(part)} of {shown_pounds(whole)}"


def met_of(part: int, whole: int, period: Period) -> str:
    """Say how many immediate responses were met within two hours."""
    if not whole:
        return f"No immediate response of {period.prose} has come out yet, or none was asked for"
    if part == whole:
        told = "The one" if whole == 1 else f"All {whole:,}"
        return f"{told} immediate response{'' if whole == 1 else 's'} of {period.prose} met the two hours"
    return f"{part:,} of {whole:,} immediate responses of {period.prose} met the two hours"
