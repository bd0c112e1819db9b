"""Pages on which the reader of an address sees all that we hold on them, takes it away, and has it erased."""

import json
from datetime import UTC

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.retention.own import service, wording
from tsalert.retention.own.schemas import EraseSchema
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers.preferences import visits
from tsalert.subscribers.preferences.rules import TYPED_TO_ERASE
from tsalert.subscribers.preferences.wording import ACTS, FREQUENCIES
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("own_record", __name__, url_prefix="/preferences/my/<token>")


@bp.get("/held")
@public
def show_held(token: str) -> ResponseReturnValue:
    """Show everything that we hold on whoever looks."""
    session = db.session()
    own = service.held(session, token, now=utc_now())
    titles = dict(subscribers.topics(session))
    names: wording.Names = {
        "topic_id": {str(number): titles[slug] for slug, number in subscribers.topic_ids(session).items()},
        "ward": places.ward_names(session),
        "frequency": {each.value: words for each, words in FREQUENCIES.items()},
        "act": {each.value: words for each, words in ACTS.items()},
    }
    return render_template("preferences/held.html", token=token, told=wording.in_words(own.content, names))


@bp.get("/held.json")
@public
def download_held(token: str) -> ResponseReturnValue:
    """Give everything that we hold on whoever looks as a file."""
    now = utc_now()
    own = service.take_away(token, now=now)
    told = {"written_at": now.astimezone(UTC).isoformat(timespec="seconds"), "held": own.content}
    answer = Response(json.dumps(told, indent=2, ensure_ascii=False), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="what-is-held.json"'
    return answer


@bp.get("/erase")
@public
def show_erasing(token: str) -> ResponseReturnValue:
    """Say what is erased and what must be kept, and ask for the word that says it is meant."""
    visits.require(db.session(), token, now=utc_now()).whose  # noqa: B018 - whoever has not said who they are is led back
    return render_template("preferences/erase.html", token=token, word=TYPED_TO_ERASE)


@bp.post("/erase")
@public
@refuses_on(show_erasing)
@redisplays(show_erasing)
def erase(token: str) -> ResponseReturnValue:
    """Erase whoever looks."""
    service.erase_own(token, load_form(EraseSchema())["typed"], now=utc_now())
    return render_template("preferences/erased.html")
