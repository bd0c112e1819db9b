"""Pages of the templates of letters."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.letters import queries, rules, service
from tsalert.letters.schemas import NewLetterTemplateSchema
from tsalert.letters.vocabulary import LetterKind
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("letter_templates", __name__)
_KINDS = ", ".join(repr(kind.value) for kind in LetterKind)


@bp.get("/letter-templates")
@requires(Permission.WORK_CASE)
def list_templates() -> ResponseReturnValue:
    """List the kinds of letters with the version of each that is in use."""
    found = [queries.wording(db.session(), kind) for kind in LetterKind]
    return render_template("letters/templates.html", found=found)


@bp.get(f"/letter-templates/<any({_KINDS}):kind>")
@requires(Permission.WORK_CASE)
def show_template(kind: str) -> ResponseReturnValue:
    """Show a template as it reads, with the versions before it."""
    wording = queries.wording(db.session(), LetterKind(kind))
    return render_template(
        "letters/template.html",
        wording=wording,
        blocks=rules.blocks_of(wording.body),
        versions=queries.versions(db.session(), LetterKind(kind)),
        names=staff.officer_names(db.session()),
    )


@bp.get(f"/letter-templates/<any({_KINDS}):kind>/edit")
@requires(Permission.MANAGE_RESPONSE)
def edit_template(kind: str) -> ResponseReturnValue:
    """Show the form for a further version."""
    return render_template(
        "letters/edit_template.html",
        wording=queries.wording(db.session(), LetterKind(kind)),
        known=rules.PLACEHOLDERS[LetterKind(kind)],
    )


@bp.post(f"/letter-templates/<any({_KINDS}):kind>/edit")
@requires(Permission.MANAGE_RESPONSE)
@redisplays(edit_template)
def save_template(kind: str) -> ResponseReturnValue:
    """Keep a further version."""
    new, after = load_form(NewLetterTemplateSchema())
    service.save_template(LetterKind(kind), new, after=after, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_template", kind=kind), 303)
