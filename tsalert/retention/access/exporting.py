"""What leaves for whoever asked: a ZIP with a readable page and the same as JSON, nothing of which runs."""

import json
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import render_template

from tsalert.retention.access.requests import Gathered
from tsalert.retention.models import AccessRequest
from tsalert.web.filters import day

_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def write_zip(request: AccessRequest, found: Gathered, *, now: datetime) -> bytes:
    """Return the archive; names of files tell of nobody."""
    told = {
        "reference": request.reference,
        "received_on": request.received_on.isoformat(),
        "written_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "digest": found.digest,
        "held": found.content,
    }
    page = render_template("access/export.html", request_told=request, content=found.content, written=day(now))
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, text in (("held.html", page), ("held.json", json.dumps(told, indent=2, ensure_ascii=False))):
            archive.writestr(_member(f"{request.reference}/{name}"), text)
    return written.getvalue()


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, date_time=_FIRST_DAY_OF_ZIP)
    member.compress_type = ZIP_DEFLATED
    return member
