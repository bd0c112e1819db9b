"""The page on which officers enter signed forms, ten at a time."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.subscribers import queries, service, wording
from tsalert.subscribers.paper_schemas import OF_A_ROW, ROWS, Page, PaperSchema, row_field
from tsalert.subscribers.rules import OFFERED
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import Form, errors_by_field, load_form, redisplays

bp = Blueprint("paper", __name__)


@bp.get("/subscribers/paper")
@requires(Permission.MANAGE_SUBSCRIBERS)
def show_form() -> ResponseReturnValue:
    """Show the rows to fill."""
    return render_template(
        "subscribers/paper.html",
        rows=ROWS,
        topics=queries.topics(db.session()),
        frequencies=[(each.value, wording.FREQUENCIES[each]) for each in OFFERED],
    )


@bp.post("/subscribers/paper")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_form)
def add_forms() -> ResponseReturnValue:
    """Keep the good rows, and show the others again."""
    page: Page = load_form(PaperSchema())
    refused = service.add_from_paper(page.batch, page.forms, actor=current_actor(), now=utc_now())
    added = len(page.forms) - len(refused)
    faults = {row: errors_by_field(error) for row, error in page.faults.items()}
    faults |= {row: {"contact": error.message} for row, error in refused.items()}
    said = counted(added, "person is", "people are")
    if not faults:
        flash(f"{said} on the list.", "success")
        return redirect(url_for(".show_form"), 303)
    g.form = _left(faults, f"{said} on the list. Put right what is left.")
    return make_response(show_form(), 422)


def _left(faults: Mapping[int, Mapping[str, str]], message: str) -> Form:
    """Return the form with the rows that were not kept, from its first row on, and what is wrong with each field."""
    typed: MultiDict[str, Any] = MultiDict(
        (name, value) for name, values in request.form.lists() for value in values if "_row_" not in name
    )
    errors: dict[str, str] = {}
    for place, (row, wrong) in enumerate(sorted(faults.items()), start=1):
        for name in OF_A_ROW:
            value = request.form.get(row_field(name, row))
            if value:
                typed[row_field(name, place)] = value
        errors |= {row_field(name, place): message for name, message in wrong.items()}
    typed.pop("submission", None)
    return Form(typed, errors, message)
