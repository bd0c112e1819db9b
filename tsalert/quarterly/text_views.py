"""Pages on which the texts of a report are written: with a preview, saved by themselves where scripts run."""

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tsalert.core.actors import Permission
from tsalert.core.clock import in_london, utc_now
from tsalert.core.errors import Overtaken
from tsalert.db import db
from tsalert.quarterly import queries, texts
from tsalert.quarterly.addresses import quarter_of_slug
from tsalert.quarterly.schemas import ReportTextFormSchema
from tsalert.quarterly.texts import Text
from tsalert.quarterly.vocabulary import Status
from tsalert.quarterly.writing import markdown
from tsalert.quarterly.writing.prose import html_of
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import Form, load_form, redisplays
from tsalert.web.once import leave_key
from tsalert.web.refusing import refuses_on

bp = Blueprint("board_texts", __name__, url_prefix="/board-reports/<quarter>/texts")


@bp.get("/<section>")
@requires(Permission.WRITE_REPORT)
def edit_text(quarter: str, section: str) -> ResponseReturnValue:
    """Show a text for writing."""
    return _page(quarter, section)


@bp.post("/<section>")
@requires(Permission.WRITE_REPORT)
@redisplays(edit_text)
@refuses_on(edit_text)
def save_text(quarter: str, section: str) -> ResponseReturnValue:
    """Save a text, or show it as the report will."""
    told = load_form(ReportTextFormSchema())
    if told["act"] == "preview":
        leave_key()
        markdown.check(told["body"], field="body")
        return _page(quarter, section, preview=html_of(told["body"], 3))
    try:
        _save(quarter, section, told["body"], told["version"])
    except Overtaken as refusal:
        return _page(quarter, section, refusal=refusal.message), 409
    flash(f"“{texts.place_of(section).title}” is saved.", "success")
    return redirect(url_for("board_reports.show_report", quarter=quarter), 303)


@bp.post("/<section>/autosave")
@requires(Permission.WRITE_REPORT)
def autosave(quarter: str, section: str) -> ResponseReturnValue:
    """Save a text while it is written; the page goes on from the version in the answer."""
    told = load_form(ReportTextFormSchema())
    saved = _save(quarter, section, told["body"], told["version"])
    at = in_london(saved.saved_at) if saved.saved_at else None
    return jsonify(version=saved.version, saved=f"{at:%H:%M}" if at else "")


def _save(quarter: str, section: str, body: str, seen: int) -> Text:
    place = texts.place_of(section)
    return texts.save_text(quarter_of_slug(quarter), place, body, seen=seen, actor=current_actor(), now=utc_now())


def _page(quarter: str, section: str, *, preview: Markup | None = None, refusal: str | None = None) -> str:
    session, period = db.session(), quarter_of_slug(quarter)
    row, text = queries.get_report(session, period), texts.read_text(session, period, texts.place_of(section))
    if request.method == "POST" and "form" not in g:
        g.form = Form(request.form)
    return render_template(
        "quarterly/text.html",
        row=row,
        slug=quarter,
        text=text,
        stands=html_of(text.body, 3) if text.version else None,
        preview=preview,
        refusal=refusal,
        longest=markdown.LONGEST,
        officers=officer_names(session),
        is_open=row.status != Status.PUBLISHED,
    )
