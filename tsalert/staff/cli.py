"""Commands about officers."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from flask import current_app

from tsalert.commands import CommandGroup
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import access, accounts, queries, service
from tsalert.staff.access import Given
from tsalert.staff.accounts import HeldRole
from tsalert.staff.factors import service as factors
from tsalert.staff.factors.schemas import ResetSchema
from tsalert.staff.passwords import service as passwords
from tsalert.staff.rules import RoleName, Standing
from tsalert.staff.schemas import NewOfficerSchema
from tsalert.staff.sign_ins import queries as sign_ins
from tsalert.staff.sign_ins import service as ending

OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_STAFF}), Via.COMMAND)
_ROLE = click.Choice([role.value for role in RoleName])

group = CommandGroup("staff", help="Officers and their access.")
_reason = click.option("--reason", help="Why, in at least 10 characters, for the history of their access.")


def _password_from_stdin(*, required: bool) -> Callable[..., Any]:
    told = "Read the password from standard input."
    return click.option("--password-stdin", "from_stdin", is_flag=True, required=required, help=told)


@group.command("create")
@click.argument("email")
@click.option("--name", help="Full name; the part before the @ if left out.")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLE, help="May be repeated.")
@_password_from_stdin(required=False)
def create(email: str, name: str | None, roles: tuple[str, ...], *, from_stdin: bool) -> None:
    """Make an account for EMAIL, and print a link with which its officer sets a password."""
    told = {"email": email, "name": name or email.partition("@")[0], "roles": roles}
    new = NewOfficerSchema().load(told | {"password": _read_password() if from_stdin else None})
    officer_id = service.create_officer(**new, now=utc_now(), by=OPERATOR)
    if from_stdin:
        click.echo(f"{new['email']} can sign in.")
    else:
        click.echo(_link(officer_id))


@group.command("list")
def list_all() -> None:
    """Print every account of a person: address, roles, and whether it can sign in."""
    for account in accounts.list_accounts(db.session()):
        roles = ", ".join(_described(held) for held in account.roles) or "no role"
        click.echo(f"{account.email}\t{roles}\t{account.standing.value}")


@group.command("grant")
@click.argument("email")
@click.option("--role", required=True, type=_ROLE)
@click.option("--last-day", type=click.DateTime(["%Y-%m-%d"]), help="Until the end of this day; for good if left out.")
@_reason
def grant(email: str, role: str, last_day: datetime | None, reason: str | None) -> None:
    """Give EMAIL one more role, or another end to one that they hold."""
    given = Given(RoleName(role), last_day.date() if last_day else None)
    access.grant(email, given, reason=reason, now=utc_now(), by=OPERATOR)
    click.echo(f"{email} is {role} now.")


@group.command("revoke")
@click.argument("email")
@click.option("--role", required=True, type=_ROLE)
@_reason
def revoke(email: str, role: str, reason: str | None) -> None:
    """Take a role from EMAIL; the last active manager or administrator keeps theirs."""
    access.revoke(email, RoleName(role), reason=reason, now=utc_now(), by=OPERATOR)
    click.echo(f"{email} is not {role} any more.")


@group.command("suspend")
@click.argument("email")
@_reason
def suspend(email: str, reason: str | None) -> None:
    """Shut EMAIL out until further notice: sign-ins and tokens end, and their shifts become gaps of the rota."""
    access.suspend(email, reason=reason, now=utc_now(), by=OPERATOR)
    click.echo(f"{email} is shut out. Their shifts are gaps now: see flask --app wsgi rota gaps.")


@group.command("activate")
@click.argument("email")
@_reason
def activate(email: str, reason: str | None) -> None:
    """Let EMAIL sign in again, with the roles that have not run out, and say by which way."""
    access.activate(email, reason=reason, now=utc_now(), by=OPERATOR)
    account = accounts.get_account(db.session(), queries.get_officer(db.session(), email).id)
    click.echo(f"{email} can sign in{'' if account.standing is Standing.ACTIVE else _way_in(account.email)}.")


@group.command("unlink")
@click.argument("email")
@_reason
def unlink(email: str, reason: str | None) -> None:
    """Forget whom single sign-on means by EMAIL; their next sign-in by it links them anew."""
    access.unlink(email, reason=reason, now=utc_now(), by=OPERATOR)
    click.echo(f"{email} is not linked with single sign-on any more.")


@group.command("sign-ins")
@click.argument("email")
def list_sign_ins(email: str) -> None:
    """Print where EMAIL is signed in: since when, last seen, how, network and browser."""
    officer = queries.get_officer(db.session(), email)
    for each in sign_ins.sign_ins_of(db.session(), officer.id, now=utc_now()):
        times = f"{each.started_at.isoformat(timespec='seconds')}\t{each.last_seen_at.isoformat(timespec='seconds')}"
        click.echo(f"{each.id}\t{times}\t{each.way.value}\t{each.network or 'not known'}\t{each.browser}")


@group.command("sign-out")
@click.argument("email")
def sign_out(email: str) -> None:
    """End every sign-in of EMAIL; their tokens stay good."""
    officer = queries.get_officer(db.session(), email)
    ended = ending.end_all_of(officer.id, actor=OPERATOR, now=utc_now())
    click.echo(f"Sign-ins of {email} that were ended: {ended}.")


@group.command("set-password")
@click.argument("email")
@_password_from_stdin(required=True)
def set_password(email: str, **_: bool) -> None:
    """Give EMAIL another password, and end their sessions."""
    passwords.set_for(email, _read_password(), now=utc_now(), by=OPERATOR)
    click.echo(f"{email} signs in with the new password.")


@group.command("password-link")
@click.argument("email")
def password_link(email: str) -> None:
    """Print a link with which EMAIL sets a password, once and within 24 hours."""
    click.echo(_link(queries.get_officer(db.session(), email).id))


@group.command("reset-second-step")
@click.argument("email")
@click.option("--witness", required=True, help="Address of a second person who knows that it was lost.")
@click.option("--reason", required=True, help="How you know that it was lost.")
def reset_second_step(email: str, witness: str, reason: str) -> None:
    """Take a lost second step from EMAIL: app, passkeys, recovery codes; their sessions end."""
    officer, other = (queries.get_officer(db.session(), each).id for each in (email, witness))
    why = ResetSchema().load({"witness_id": other, "reason": reason})
    factors.reset(officer, why, actor=OPERATOR, now=utc_now())
    click.echo(f"{email} signs in with the password, and sets up another second step.")


@group.command("token")
@click.argument("email")
def token(email: str) -> None:
    """Print a bearer token for the API, good for 90 days. It cannot be shown again."""
    click.echo(service.issue_token(email, now=utc_now(), by=OPERATOR))


@group.command("revoke-tokens")
@click.argument("email")
def revoke_tokens(email: str) -> None:
    """End every bearer token of EMAIL."""
    ended = access.revoke_tokens(email, now=utc_now(), by=OPERATOR)
    click.echo(f"Tokens of {email} that were ended: {ended}.")


def _described(held: HeldRole) -> str:
    return f"{held.role.value} to {held.last_day}" if held.last_day else held.role.value


def _way_in(email: str) -> str:
    """Say how somebody comes in who has neither a password nor is linked with single sign-on."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    link, directory = f"flask --app wsgi staff password-link {email}", settings.single_sign_on
    if directory is None:
        return f" once they have a password: {link}"
    if directory.passwords_for and email not in directory.passwords_for:
        return f" with {directory.name}"
    return f" with {directory.name}, or once they have a password: {link}"


def _link(officer_id: int) -> str:
    return passwords.link_of(passwords.make_link(officer_id, actor=OPERATOR, now=utc_now()))


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\n")
