"""Pages of partners' figures: tables with the change worked out, entering, importing, correcting."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.records import decoded
from tsalert.db import db
from tsalert.reports import entering
from tsalert.reports.partner_files import EXPECTED, OPTIONAL
from tsalert.reports.partner_schemas import (
    Correction,
    NewPartnerFigureSchema,
    PartnerCorrectionSchema,
    PartnerReasonSchema,
    WantedPartnerFiguresSchema,
)
from tsalert.reports.partners import get_figure, partner_periods, partner_tables, versions_of
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, read_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("partner_figures", __name__, url_prefix="/partner-figures")
_LARGEST_FILE = 2**20


@bp.get("")
@requires(Permission.READ_FIGURES)
def list_figures() -> ResponseReturnValue:
    """Show each partner's figures of a period, by default of its latest."""
    session = db.session()
    period = read_form(WantedPartnerFiguresSchema(), request.args)["period"]
    return render_template(
        "reports/partner_figures.html",
        tables=partner_tables(session, period),
        periods=partner_periods(session),
        period=period,
    )


@bp.get("/new")
@requires(Permission.MANAGE_INDICATORS)
def new_figure() -> ResponseReturnValue:
    """Ask for one figure, or for a file of them."""
    return render_template("reports/new_partner_figure.html", expected=EXPECTED, optional=OPTIONAL, report=None)


@bp.post("")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(new_figure)
@refuses_on(new_figure)
def enter_figure() -> ResponseReturnValue:
    """Enter one figure."""
    new = load_form(NewPartnerFigureSchema())
    entering.enter_figure(new, actor=current_actor(), now=utc_now())
    flash(f"{new.category}: {new.number:,} for {new.period.prose} is entered.")
    return redirect(url_for(".list_figures", period=new.period.label), 303)


@bp.post("/import")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(new_figure)
def import_figures() -> ResponseReturnValue:
    """Take in every good row of a file, and tell the others with what is wrong."""
    reason = load_form(PartnerReasonSchema())["reason"]
    report = entering.import_figures(_text_of_file(), reason=reason, actor=current_actor(), now=utc_now())
    return render_template("reports/new_partner_figure.html", expected=EXPECTED, optional=OPTIONAL, report=report)


@bp.get("/<int:figure_id>/correction")
@requires(Permission.MANAGE_INDICATORS)
def show_correction(figure_id: int) -> ResponseReturnValue:
    """Ask what a figure should have been, beside all that was entered for it."""
    session = db.session()
    figure = get_figure(session, figure_id)
    return render_template(
        "reports/correct_partner_figure.html",
        figure=figure,
        versions=versions_of(session, figure),
        officers=officer_names(session),
    )


@bp.post("/<int:figure_id>/correction")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(show_correction)
@refuses_on(show_correction)
def correct_figure(figure_id: int) -> ResponseReturnValue:
    """Put another count in a figure's place."""
    found: Correction = load_form(PartnerCorrectionSchema())
    entering.correct_figure(
        figure_id,
        found.number,
        found.reason,
        printed_percent=found.printed_percent,
        actor=current_actor(),
        now=utc_now(),
    )
    figure = get_figure(db.session(), figure_id)
    flash(f"{figure.category} is corrected. What was entered before is kept.")
    return redirect(url_for(".list_figures", period=figure.period.label), 303)


def _text_of_file() -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise ValidationError("Choose a file.", "file")
    content: bytes = file.read(_LARGEST_FILE + 1)
    if len(content) > _LARGEST_FILE:
        raise ValidationError("A file may have up to 1 MB.", "file")
    return decoded(content)
