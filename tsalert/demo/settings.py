"""Settings of a demonstration: fresh keys, kept in a file that only its owner reads.

Run as ``python -m tsalert.demo.settings FILE``; it needs no settings itself and never overwrites.
"""

import os
import sys
from pathlib import Path
from secrets import token_urlsafe

_TEMPLATE = """\
# Settings of the demonstration, made on first start. The keys are this machine's own; share them with nobody.
TSALERT_DATABASE_URL=sqlite:///var/tsalert.db
TSALERT_FILES=var/files
TSALERT_SECRET_KEY={secret_key}
TSALERT_ADDRESS_KEY={address_key}
TSALERT_PUBLIC_URL=http://127.0.0.1:8000
TSALERT_EMAIL=recorder
TSALERT_SMS=recorder
TSALERT_AUTHORITY_NAME=Bromley (demonstration)
TSALERT_AUTHORITY_CODE=E09000006
TSALERT_RAPID_RESPONSE_NUMBER=07700 900461
TSALERT_DEMO_PASSWORD={password}
"""


def write_settings(path: Path) -> None:
    """Write the file with new keys.

    :raises FileExistsError: there is one already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _TEMPLATE.format(secret_key=token_urlsafe(48), address_key=token_urlsafe(48), password=token_urlsafe(12))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    write_settings(Path(sys.argv[1]))
