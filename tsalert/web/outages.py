"""What an officer gets back while the database is locked or gone: all that they typed, ready to be sent again.

A form whose page can still be drawn comes back as it was (``forms.redisplays``). Where not even that
can be read, every form of the program comes back through here, in a page that needs no database. So does what
somebody typed who by then is signed in no longer, or may not send it any more.
"""

from flask import g, request
from msgspec import Struct
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from tsalert.db import db

_PLAIN_FORM = "application/x-www-form-urlencoded"
# Fields that travel with a form and say nothing to its reader.
_OF_THE_PAGE = frozenset({
    "csrf_token", "submission", "opened", "version", "of_version", "after", "seen", "step", "digest", "counted",
    "shown", "copy", "draft", "join_shown",
})  # fmt: skip


class Kept(Struct, frozen=True):
    """What a form held.

    :param shown: (label, text) of what somebody typed or chose.
    :param fields: (name, value) of everything, as the form sent it; empty where it must be filled in
        anew, since files and passwords do not come back.
    """

    shown: list[tuple[str, str]]
    fields: list[tuple[str, str]]


def let_go() -> None:
    """Give up the broken connection, and draw the page for nobody where it is not known who asks."""
    db.session.close()
    g.setdefault("actor", None)


def kept() -> Kept | None:
    """Return what the request's form held; None where it was none.

    The keys come back as they were sent: the page's own proof of origin, so that a page which a
    stranger made is worth no more than before, and the one that makes a second copy harmless.
    """
    if request.method != "POST":
        return None
    typed = [(name, value) for name, value in request.form.items(multi=True) if not _is_secret(name)]
    is_whole = len(typed) == len(list(request.form.items(multi=True))) and not request.files
    shown = [(_label(name), value) for name, value in typed if name not in _OF_THE_PAGE and value.strip()]
    return Kept(shown, typed if is_whole else [])


def is_from_our_page() -> bool:
    """Tell whether the browser itself says that a page of ours sent this form: no other site's page can make it say so.

    Source: W3C, Fetch Metadata Request Headers. A browser that says nothing is not believed.
    """
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def returned() -> Kept | None:
    """Return what a refused form held; None where a stranger's page may have made it, or there are files in it."""
    if not is_from_our_page() or request.mimetype != _PLAIN_FORM:
        return None
    try:
        return kept()
    except (BadRequest, RequestEntityTooLarge):  # it breaks off, or is too large: nobody may have read it until now
        return None


def _is_secret(name: str) -> bool:
    return "password" in name


def _label(name: str) -> str:
    words = name.removeprefix("is_").removeprefix("has_").removeprefix("was_").replace("_", " ")
    return words[:1].upper() + words[1:]
