"""Commands about who joins the staff and who leaves it; they stand among those about officers."""

import click

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.cli import OPERATOR, group
from tsalert.staff.rules import RoleName
from tsalert.staffing import queries, service
from tsalert.staffing.schemas import InvitationSchema

_COMMAND = "Invited by command."


@group.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="Full name.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in RoleName]),
    help="May be repeated.",
)  # fmt: skip
@click.option("--reason", default=_COMMAND, help="Why, in at least 10 characters, for the history of their access.")
def invite(email: str, name: str, roles: tuple[str, ...], reason: str) -> None:
    """Make an account for EMAIL without a password, and write to them where to sign in."""
    new, why = InvitationSchema().load({"email": email, "name": name, "roles": list(roles), "reason": reason})
    service.invite(new, reason=why, now=utc_now(), by=OPERATOR)
    click.echo(f"{email} is invited.")


@group.command("end")
@click.argument("email")
@click.option("--reason", help="Why, in at least 10 characters, for the history of their access.")
def end(email: str, reason: str | None) -> None:
    """End the account of EMAIL, who leaves: sign-ins, tokens, password and calendar end."""
    service.end(email, reason=reason, now=utc_now(), by=OPERATOR)
    click.echo(f"The account of {email} has ended. What is left: flask --app wsgi staff to-hand-on.")


@group.command("to-hand-on")
def to_hand_on() -> None:
    """List what those hold who cannot sign in any more; exit 1 if there is anything."""
    found = queries.to_hand_on(db.session(), now=utc_now())
    for account, held in found:
        references = ", ".join(reference for _, reference in (*held.incidents, *held.cases)) or "no record"
        rota = f"{len(held.shifts)} shifts, {len(held.patterns)} patterns"
        click.echo(f"{account.email}\t{account.standing.value}\t{references}\t{rota}")
    raise SystemExit(1 if found else 0)
