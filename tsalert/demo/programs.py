"""Other programs of the demonstration: one with an account, and one that would be told of what it chooses."""

from datetime import datetime, timedelta

from tsalert.core.actors import Via
from tsalert.db import db, transaction
from tsalert.staff import queries as staff
from tsalert.staff.tokens import service as tokens
from tsalert.staff.tokens.rules import Scope
from tsalert.staff.tokens.service import NewToken
from tsalert.webhooks.models import Webhook


def load_programs(email: str, now: datetime) -> None:
    """Let an administrator connect two programs; nothing is sent anywhere, since the second is told of nothing yet.

    :param email: the administrator's.
    """
    actor = staff.actor_of(staff.get_officer(db.session(), email), Via.COMMAND)
    then = now - timedelta(days=30)
    purpose = "Shows the live board on the wall of the control room. The night manager answers for it."
    account_id = tokens.make_account("Control room (invented)", purpose, actor=actor, now=then)
    tokens.make_for_program(account_id, NewToken("Wall", [Scope.RESPONSE_READ], 90), actor=actor, now=then)
    with transaction() as session:
        # Registering looks the machine up, and no machine has this name.
        session.add(
            Webhook(
                name="Control room (invented)",
                url="https://control-room.example/tsalert",
                kinds=[],
                salt="of the demonstration",
                made_at=then,
                made_by=actor.officer_id,
            )
        )
