"""Operations on the texts of the board's reports; the version of a text is its ETag, and is named to change it."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.core.keys import read_id
from tsalert.db import db
from tsalert.quarterly import queries, texts
from tsalert.quarterly.addresses import quarter_of_slug
from tsalert.quarterly.schemas import NewReportTextSchema, ReportTextSchema
from tsalert.quarterly.texts import Text
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint
from tsalert.web.conditional import versioned
from tsalert.web.errors import answer

# The version of a text that nobody has begun.
_NOT_BEGUN = "0"

board_texts = api_blueprint("board_texts", "board-reports", "What is written for the sections of the board's reports.")


@board_texts.route("/<quarter>/texts", methods=["GET"])
@requires(Permission.READ_FIGURES)
@board_texts.response(200, ReportTextSchema(many=True))
def list_texts(quarter: str) -> list[Text]:
    """List every text of a quarter's report in its order, also those that nobody has begun."""
    period = quarter_of_slug(quarter)
    queries.get_report(db.session(), period)
    return list(texts.texts_of(db.session(), period).values())


@board_texts.route("/<quarter>/texts/<section>", methods=["GET"])
@requires(Permission.READ_FIGURES)
@board_texts.response(200, ReportTextSchema)
def get_text(quarter: str, section: str) -> Any:
    """Give one text, or what its writer begins with; its version is the ETag."""
    period = quarter_of_slug(quarter)
    queries.get_report(db.session(), period)
    return _tagged(texts.read_text(db.session(), period, texts.place_of(section)))


@board_texts.route("/<quarter>/texts/<section>", methods=["PUT"])
@requires(Permission.WRITE_REPORT)
@versioned
@board_texts.arguments(NewReportTextSchema)
@board_texts.response(200, ReportTextSchema)
def save_text(told: dict[str, Any], quarter: str, section: str) -> Any:
    """Save a text on the version that its writer saw, given here or as If-Match; 409 tells both where they differ."""
    period, place = quarter_of_slug(quarter), texts.place_of(section)
    seen = told["version"] if told["version"] is not None else _if_match()
    try:
        saved = texts.save_text(period, place, told["body"], seen=seen, actor=current_actor(), now=utc_now())
    except Overtaken as refusal:
        return _both(refusal, texts.read_text(db.session(), period, place), told["body"])
    return _tagged(saved)


def _tagged(text: Text) -> tuple[Text, dict[str, str]]:
    return text, {"ETag": f'"{text.version}"'}


def _both(refusal: Overtaken, text: Text, body: str) -> ResponseReturnValue:
    """Answer whoever was overtaken with the text as it stands and with their own."""
    current = ReportTextSchema().dump(text)
    return answer(409, refusal.message, {"legal": list(refusal.legal), "current": current, "sent": {"body": body}})


def _if_match() -> int:
    """Return the version in the header ``If-Match: "7"``.

    :raises RuleViolation: it is missing, or holds something else.
    """
    given = sorted(request.if_match.as_set(include_weak=True)) if request.if_match else []
    tag = given[0] if len(given) == 1 else ""
    version = 0 if tag == _NOT_BEGUN else read_id(tag)
    if version is None:
        raise RuleViolation('Give the version that you saw, as "version" or as If-Match, like "7".', field="version")
    return version
