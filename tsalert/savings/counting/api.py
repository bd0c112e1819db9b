"""Operations on what does not count, and on the money of case studies."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.db import db
from tsalert.savings.counting import not_counted
from tsalert.savings.counting.case_studies import Checked, check_case_study
from tsalert.savings.counting.ledgers import ledger_amounts
from tsalert.savings.counting.not_counted import NotCountedPage
from tsalert.savings.counting.schemas import CaseStudySchema, CheckedSchema, NotCountedPageSchema, NotCountedQuery
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

counting = api_blueprint("not_counted", "savings/not-counted", "What was recorded and does not count, and why.")
case_studies = api_blueprint("case_studies", "cases", "The money that case studies quote.")
blueprints: tuple[Any, ...] = (counting, case_studies)


@counting.route("", methods=["GET"])
@requires(Permission.READ_FIGURES)
@counting.arguments(NotCountedQuery, location="query", unknown=RAISE)
@counting.response(200, NotCountedPageSchema)
def list_not_counted(asked: dict[str, Any]) -> NotCountedPage:
    """List a period's records of which something does not count, each with every reason."""
    return not_counted.list_not_counted(db.session(), asked["period"], after=asked["after"])


@case_studies.route("/<int:case_id>/case-study", methods=["POST"])
@requires(Permission.READ_CASE)
@case_studies.arguments(CaseStudySchema)
@case_studies.response(200, CheckedSchema)
def check(asked: dict[str, str], case_id: int) -> Checked:
    """Name every amount of a case study that stands in no money line or intervention of its case; nothing is kept."""
    return check_case_study(asked["text"], ledger_amounts(db.session(), case_id))
