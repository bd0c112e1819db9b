"""An officer at a web process of their own, who logs calls as fast as the database lets them.

``python -m tests.standins.officers OFFICER CALLS`` logs that many.
"""

import sys

from tests.response.conftest import roof_call
from tests.whole import create_app
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import service

if __name__ == "__main__":
    _officer = Actor(int(sys.argv[1]), "Dee", frozenset(Permission), Via.PAGE)
    _app = create_app()
    for _number in range(int(sys.argv[2])):
        with _app.app_context():
            service.log_call(roof_call(address=f"{_number} Example Road"), actor=_officer, now=utc_now())
            db.session.remove()
