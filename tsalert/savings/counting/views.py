"""Pages that say what does not count, and whether a case study quotes money that is in no ledger."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, quarter_of, recent_periods
from tsalert.db import db
from tsalert.savings.counting import not_counted
from tsalert.savings.counting.case_studies import check_case_study
from tsalert.savings.counting.ledgers import ledger_amounts
from tsalert.savings.counting.schemas import CaseStudySchema, NotCountedQuery
from tsalert.web.access import reads, requires
from tsalert.web.exports import csv_response
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("counting", __name__)
_HEAD = ("Reference", "Date", "Kind", "Rule", "What does not count", "Why", "Other record")


@bp.get("/savings/not-counted")
@requires(Permission.READ_FIGURES)
def list_not_counted() -> ResponseReturnValue:
    """Show a period's records of which something does not count; by default this quarter's."""
    period, after = _asked()
    page = not_counted.list_not_counted(db.session(), period, after=after)
    older = f"{url_for('.list_not_counted')}?{urlencode({'period': period.label, 'after': page.next})}"
    return render_template(
        "savings/not_counted.html",
        page=page,
        periods=recent_periods(london_date(utc_now())),
        older=older if page.next else None,
    )


@bp.get("/savings/not-counted.csv")
@requires(Permission.READ_FIGURES)
def export_not_counted() -> ResponseReturnValue:
    """Answer with all of it as CSV."""
    period, _ = _asked()
    rows = [
        (
            record.version.reference,
            record.version.content.on_date.isoformat(),
            record.version.content.type.label,
            reason.kind.rule,
            reason.what,
            reason.text,
            reason.other,
        )
        for record in not_counted.all_not_counted(db.session(), period)
        for reason in record.reasons
    ]
    return csv_response(f"not-counted-{period.label.replace('/', '-').replace(' ', '-')}.csv", _HEAD, rows)


@bp.get("/cases/<int:case_id>/case-study")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def show_case_study(case_id: int) -> ResponseReturnValue:
    """Ask for the text of a case study."""
    return render_template("savings/case_study.html", case=cases.get_case(db.session(), case_id), checked=None)


@bp.post("/cases/<int:case_id>/case-study")
@requires(Permission.READ_CASE)
@redisplays(show_case_study)
def check(case_id: int) -> ResponseReturnValue:
    """Say which of its amounts are in no ledger; nothing is kept."""
    text = load_form(CaseStudySchema())["text"]
    case = cases.get_case(db.session(), case_id)
    checked = check_case_study(text, ledger_amounts(db.session(), case.id))
    return render_template("savings/case_study.html", case=case, checked=checked, text=text)


def _asked() -> tuple[Period, str | None]:
    given = {name: request.args[name] for name in ("period", "after") if request.args.get(name, "").strip()}
    asked = NotCountedQuery().load({"period": quarter_of(london_date(utc_now())).label, **given})
    return asked["period"], asked["after"]
