"""Pages on the health of the list, for officers: what came back, who to ring, who shares, who may be the same."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.hygiene import canaries, doubles, queries, service
from tsalert.hygiene.rules import Effect, Kind, Verdict
from tsalert.hygiene.schemas import CanarySchema, HeldDecisionSchema, ReportsAsked, VerdictSchema
from tsalert.subscribers import wording
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_form, load_page, read_form, redisplays

bp = Blueprint("health", __name__, url_prefix="/list-health")


@bp.get("")
@requires(Permission.READ_SUBSCRIBERS)
def show_health() -> ResponseReturnValue:
    """Show how the list is: what came back lately, what waits for a decision, what to do."""
    session, now = db.session(), utc_now()
    return render_template(
        "hygiene/health.html",
        health=queries.health(session, now=now),
        doubles=doubles.count_open(session),
        late=canaries.late_alerts(session, now=now),
        canaries=len(canaries.canaries(session)),
        kinds=Kind,
        effects=Effect,
    )


@bp.post("/held/<int:mailing_id>")
@requires(Permission.MANAGE_SUBSCRIBERS)
def decide_held(mailing_id: int) -> ResponseReturnValue:
    """Carry out or dismiss what was held of a mailing."""
    believe = load_form(HeldDecisionSchema())["decision"] == "believe"
    number = service.decide_held(mailing_id, believe=believe, actor=current_actor(), now=utc_now())
    one, many = ("is", "are") if believe else ("stays", "stay")
    what = "not written to any more" if believe else "on the list"
    flash(f"{counted(number, f'address {one}', f'addresses {many}')} {what}.", "success")
    return redirect(url_for(".show_health"), 303)


@bp.get("/reports")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
def list_reports() -> ResponseReturnValue:
    """List what came back and what was called spam, newest first."""
    asked = read_form(ReportsAsked(unknown=EXCLUDE), request.args)
    kind = Kind.of(asked["kind"]) if asked["kind"] else None
    found = queries.reports(db.session(), kind=kind, after=asked["after"])
    name_read(person for each in found.items for person, _ in each.readers)
    chosen = {"kind": kind, "after": asked["after"]}
    return render_template("hygiene/reports.html", reports=found, chosen=chosen, kinds=Kind.options(), words=wording)


@bp.post("/reports/<int:report_id>/restored")
@requires(Permission.MANAGE_SUBSCRIBERS)
def restore(report_id: int) -> ResponseReturnValue:
    """Write again to an address that was wrongly held to be dead."""
    service.restore(report_id, actor=current_actor(), now=utc_now())
    flash("We write to this address again.", "success")
    return redirect(url_for(".list_reports"), 303)


@bp.get("/phones")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
def list_to_phone() -> ResponseReturnValue:
    """List whose email is dead and whose phone is not, so that somebody can ring and offer it."""
    asked = load_page()
    found = queries.to_phone(db.session(), **asked)
    name_read(person for each in found.items for person, _ in each.readers)
    return render_template(
        "hygiene/to_phone.html", tasks=found.items, more=found.next, is_first=asked["after"] is None, words=wording
    )


@bp.post("/reports/<int:report_id>/seen")
@requires(Permission.MANAGE_SUBSCRIBERS)
def note_seen(report_id: int) -> ResponseReturnValue:
    """Note that somebody has dealt with a report."""
    service.note_seen(report_id, actor=current_actor(), now=utc_now())
    flash("Noted: this is done.", "success")
    return redirect(url_for(".list_to_phone"), 303)


@bp.get("/shared")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
def list_shared() -> ResponseReturnValue:
    """List the addresses that several people read."""
    asked = load_page()
    found = queries.shared(db.session(), **asked)
    name_read(person for each in found.items for person, _ in each.readers)
    return render_template(
        "hygiene/shared.html", shared=found.items, more=found.next, is_first=asked["after"] is None, words=wording
    )


@bp.get("/duplicates")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
def list_doubles() -> ResponseReturnValue:
    """List the subscribers who may be the same."""
    asked = load_page()
    found = doubles.open_doubles(db.session(), **asked)
    name_read(person for each in found.items for person in (each.low_id, each.high_id))
    return render_template(
        "hygiene/doubles.html", doubles=found.items, more=found.next, is_first=asked["after"] is None
    )


@bp.post("/duplicates/<int:pair_id>")
@requires(Permission.MANAGE_SUBSCRIBERS)
def decide_double(pair_id: int) -> ResponseReturnValue:
    """Keep whether two subscribers are the same."""
    verdict = Verdict.of(load_form(VerdictSchema())["verdict"])
    same = doubles.decide(pair_id, verdict, actor=current_actor(), now=utc_now())
    if same is None:
        flash(f"Kept: {verdict.label.lower()}.", "success")
        return redirect(url_for(".list_doubles"), 303)
    flash("They are one subscriber now. If alerts come to them twice, end them at one of the addresses.", "success")
    return redirect(url_for("subscribers.show_subscriber", subscriber_id=same), 303)


@bp.get("/canaries")
@requires(Permission.READ_SUBSCRIBERS)
def list_canaries() -> ResponseReturnValue:
    """Show our own test addresses, and whether the last alerts reached them in time."""
    session = db.session()
    return render_template(
        "hygiene/canaries.html",
        canaries=canaries.canaries(session),
        checks=canaries.last_checks(session),
        words=wording,
    )


@bp.post("/canaries")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(list_canaries)
def add_canary() -> ResponseReturnValue:
    """Let an address of our own get every alert."""
    canaries.add_canary(load_form(CanarySchema())["contact"], actor=current_actor(), now=utc_now())
    flash("Every alert goes to that address from now on.", "success")
    return redirect(url_for(".list_canaries"), 303)


@bp.post("/canaries/<int:endpoint_id>/removed")
@requires(Permission.MANAGE_SUBSCRIBERS)
def remove_canary(endpoint_id: int) -> ResponseReturnValue:
    """Let a test address get no more alerts."""
    canaries.remove_canary(endpoint_id, actor=current_actor(), now=utc_now())
    flash("No more alerts go to that address.", "success")
    return redirect(url_for(".list_canaries"), 303)


@bp.post("/canaries/late/<int:alert_id>")
@requires(Permission.MANAGE_SUBSCRIBERS)
def note_late_seen(alert_id: int) -> ResponseReturnValue:
    """Note that somebody deals with an alert that is late."""
    canaries.note_seen(alert_id, actor=current_actor(), now=utc_now())
    flash("Noted: somebody deals with it.", "success")
    return redirect(url_for(".show_health"), 303)
