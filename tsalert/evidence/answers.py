"""How files travel: taken from a request, and handed out to be saved, never to be shown by a browser."""

from flask import Response, request, send_file

from tsalert.core.errors import RuleViolation
from tsalert.evidence.arriving import Arrival
from tsalert.evidence.bundles import Bundle
from tsalert.evidence.kinds import FIELD
from tsalert.evidence.service import Opened
from tsalert.evidence.storing import Incoming

# Should a browser show it all the same, then as a stranger without scripts.
_POLICY = "default-src 'none'; sandbox"


def arrival() -> Arrival | None:
    """Return the file that came with this request; None where none was chosen.

    :raises RuleViolation: several came.
    """
    sent = arrivals()
    if len(sent) > 1:
        raise RuleViolation("Send one file at a time, or put them into a ZIP file.", field=FIELD)
    return sent[0] if sent else None


def arrivals() -> list[Arrival]:
    """Return the files that came with this request."""
    streams: list[tuple[object, str | None]] = [(sent.stream, sent.filename) for sent in request.files.getlist(FIELD)]
    return [Arrival(each, name) for each, name in streams if isinstance(each, Incoming) and (name or each.size)]


def attachment(opened: Opened) -> Response:
    """Answer with a file to save."""
    answer = send_file(
        opened.content,
        mimetype=opened.media_type,
        as_attachment=True,
        download_name=opened.name,
        conditional=False,
        etag=False,
    )
    answer.content_length = opened.size
    return _guarded(answer)


def archive(bundle: Bundle) -> Response:
    """Answer with a bundle, written as it is sent."""
    answer = Response(bundle.pieces, mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=bundle.name)
    return _guarded(answer)


def _guarded(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer
