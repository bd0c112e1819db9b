"""The page that lists cases, and what its filter offers; it stands among the pages of cases."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tsalert.cases import listing, saved_filters, vocabulary
from tsalert.cases.filter_schemas import ListSchema
from tsalert.cases.listing import NOBODY, CaseFilter
from tsalert.cases.views import bp
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import recent_periods
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.response.vocabulary import Category
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import read_form


@bp.get("/cases")
@requires(Permission.READ_CASE)
def list_cases() -> ResponseReturnValue:
    """List cases, latest opening first, narrowed to what was asked for."""
    session, actor, now = db.session(), current_actor(), utc_now()
    wanted, number, after = read_form(ListSchema(), request.args)
    saved = saved_filters.get_filter(session, number, actor) if number else None
    wanted = saved.wanted if saved else wanted
    return render_template(
        "cases/list.html",
        page=listing.list_cases(session, wanted, reader=actor, now=now, after=after),
        counts=listing.count_by_status(session, wanted, reader=actor, now=now),
        wanted=wanted,
        saved=saved,
        after=after,
        narrowing={"saved": saved.id} if saved else wanted.as_data(),
        filters=saved_filters.saved_filters(session, actor),
        ward_names=places.ward_names(session),
        officer_names=staff.officer_names(session),
        **choices(session),
    )


def choices(session: Session) -> dict[str, Any]:
    """Return what a filter offers to choose from."""
    officers = sorted(staff.officer_names(session).items(), key=lambda each: each[1])
    return {
        "periods": recent_periods(london_date(utc_now())),
        "wards": places.ward_options(session),
        "officers": [(str(NOBODY), "Nobody"), *((str(key), name) for key, name in officers)],
        "words": vocabulary,
        "categories": Category.options(),
    }


def showing(session: Session) -> Callable[[CaseFilter], str]:
    """Return what says in words what a filter asks for."""
    wards, officers = places.ward_names(session), staff.officer_names(session) | {NOBODY: "nobody"}

    def said(wanted: CaseFilter) -> str:
        labels = [each.label for each in (wanted.category, wanted.channel, wanted.status, wanted.source) if each]
        if wanted.kind:
            labels.append(vocabulary.kind_label(wanted.kind))
        if wanted.waiting_for:
            labels.append(f"waiting for {wanted.waiting_for.label.lower()}")
        if wanted.officer_id is not None:
            labels.append(officers.get(wanted.officer_id, "an officer who left"))
        labels += [wards.get(wanted.ward_code, "a ward of the past")] if wanted.ward_code else []
        labels += [wanted.period.label] if wanted.period else []
        return ", ".join([*labels, *([f"“{wanted.text}”"] if wanted.text else [])]) or "every case"

    return said
