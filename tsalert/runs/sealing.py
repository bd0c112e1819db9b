"""What of a record, a line and a rate set goes under a digest. Pure; a change of it is another canonical form."""

from collections.abc import Iterable, Mapping
from typing import Any

from tsalert.runs.canonical import FORM, number
from tsalert.runs.lines import Line, Worked
from tsalert.runs.rules import Question
from tsalert.savings.rules import Span
from tsalert.savings.valuing.valuation import Rate


def question_line(question: Question) -> Mapping[str, Any]:
    """Return what is asked; not the instant, so that two runs which read the same have the same digests."""
    return {
        "form": FORM,
        "profile": question.profile,
        "basis": question.basis,
        "recognition": question.recognition,
        "first_day": question.period.first_day.isoformat(),
        "last_day": question.period.last_day.isoformat(),
    }


def record_line(worked: Worked) -> Mapping[str, Any]:
    """Return what of a record decides its lines."""
    stood = worked.stood
    return {
        "record": stood.reference,
        "version": stood.number,
        "type": stood.type.value,
        "on_date": stood.on_date.isoformat(),
        "units": stood.units,
        "refreshers": stood.refreshers,
        "prevented": number(stood.prevented),
        "recovered": number(stood.recovered),
        "future": number(stood.future),
        "memo": number(stood.memo),
        "share": number(stood.share),
        "is_bank_loss": stood.is_bank_loss,
        "counted_units": stood.counted_units,
        "not_counted": stood.not_counted,
        "overlaps": worked.overlaps and [worked.overlaps.reference, worked.overlaps.number],
        "ended": [day.isoformat() for day in worked.ended],
    }


def result_line(worked: Worked, line: Line) -> Mapping[str, Any]:
    """Return one line: the version, the class, the rate, the operands and the exact value, and where it counts."""
    part = line.part
    return {
        "record": worked.stood.reference,
        "version": worked.stood.number,
        "on": line.on.isoformat(),
        "moment": line.moment,
        "class": part.value_class.value,
        "rate": _rate(part.rate) if part.rate else None,
        "operands": [number(operand) for operand in part.operands],
        "share": number(part.share),
        "less": number(part.less),
        "exact": number(part.exact),
        "row": line.row,
        "column": line.column,
    }


def rate_set_line(slug: str, span: Span, rates: Iterable[Rate]) -> Mapping[str, Any]:
    """Return what of a rate set decides values: its days and every rate."""
    return {
        "rate_set": slug,
        "first_day": span.first_day.isoformat(),
        "last_day": span.last_day and span.last_day.isoformat(),
        "rates": [_whole_rate(rate) for rate in sorted(rates, key=_place)],
    }


def _rate(rate: Rate) -> list[str]:
    return [rate.rate_set, rate.intervention_type, rate.component.value, rate.kind.value, number(rate.value)]


def _place(rate: Rate) -> tuple[str, str]:
    return rate.intervention_type, rate.component.value


def _whole_rate(rate: Rate) -> Mapping[str, Any]:
    exact = {name: getattr(rate, name) for name in ("low", "high", "discount_rate", "deadweight", "repeat_risk")}
    return {
        "type": rate.intervention_type,
        "component": rate.component.value,
        "kind": rate.kind.value,
        "value": number(rate.value),
        "term_years": [rate.term_low, rate.term_years, rate.term_high],
        **{name: None if value is None else number(value) for name, value in exact.items()},
    }
