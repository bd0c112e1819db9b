"""An officer at a web process of their own, who logs calls as fast as the database lets them.

``python -m tests.standins.officers OFFICER CALLS`` logs that many.
"""

import sys

from tsalert.app import create_app
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import service
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName

# What every test knows would take longer to read in than all calls to log.
_OPENED = NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.IMMEDIATE)

if __name__ == "__main__":
    _officer = Actor(int(sys.argv[1]), "Dee", frozenset(Permission), Via.PAGE)
    _app = create_app()
    for _number in range(int(sys.argv[2])):
        _call = NewCall(
            disposition=Disposition.NEW_INCIDENT,
            happening="Men on the roof want £4,000 in cash",
            caller_name="Alex Example",
            phone="07700 900123",
            address=f"{_number} Example Road",
            is_trader_on_site=True,
            is_vulnerable=True,
            incident=_OPENED,
        )
        with _app.app_context():
            service.log_call(_call, actor=_officer, now=utc_now())
            db.session.remove()
