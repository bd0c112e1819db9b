"""Commands about officers."""

import sys
from collections.abc import Callable
from typing import Any

import click

from tsalert.commands import CommandGroup
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import access, queries, service
from tsalert.staff.factors import service as factors
from tsalert.staff.factors.schemas import ResetSchema
from tsalert.staff.passwords import service as passwords
from tsalert.staff.rules import RoleName
from tsalert.staff.schemas import NewOfficerSchema

_OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_STAFF}), Via.COMMAND)
_ROLE = click.Choice([role.value for role in RoleName])

group = CommandGroup("staff", help="Officers and their access.")


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
    officer_id = service.create_officer(**new, now=utc_now(), by=_OPERATOR)
    if from_stdin:
        click.echo(f"{new['email']} can sign in.")
    else:
        click.echo(_link(officer_id))


@group.command("list")
def list_all() -> None:
    """Print every account: address, roles, and whether it can sign in."""
    for officer in queries.accounts(db.session()):
        roles = ", ".join(sorted(role.name for role in officer.roles)) or "no role"
        click.echo(f"{officer.email}\t{roles}\t{'active' if officer.active else 'inactive'}")


@group.command("grant")
@click.argument("email")
@click.option("--role", required=True, type=_ROLE)
def grant(email: str, role: str) -> None:
    """Give EMAIL one more role."""
    access.grant(email, RoleName(role), now=utc_now(), by=_OPERATOR)
    click.echo(f"{email} is {role} now.")


@group.command("revoke")
@click.argument("email")
@click.option("--role", required=True, type=_ROLE)
def revoke(email: str, role: str) -> None:
    """Take a role from EMAIL; the last active manager or administrator keeps theirs."""
    access.revoke(email, RoleName(role), now=utc_now(), by=_OPERATOR)
    click.echo(f"{email} is not {role} any more.")


@group.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Shut EMAIL out: sessions and tokens end, and their shifts become gaps of the rota."""
    access.deactivate(email, now=utc_now(), by=_OPERATOR)
    click.echo(f"{email} is shut out. Their shifts are gaps now: see flask --app wsgi rota gaps.")


@group.command("activate")
@click.argument("email")
def activate(email: str) -> None:
    """Let EMAIL sign in again, with the roles and the password they had."""
    access.activate(email, now=utc_now(), by=_OPERATOR)
    click.echo(f"{email} can sign in.")


@group.command("set-password")
@click.argument("email")
@_password_from_stdin(required=True)
def set_password(email: str, **_: bool) -> None:
    """Give EMAIL another password, and end their sessions."""
    access.set_password(email, _read_password(), now=utc_now(), by=_OPERATOR)
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
    factors.reset(officer, why, actor=_OPERATOR, now=utc_now())
    click.echo(f"{email} signs in with the password, and sets up another second step.")


@group.command("token")
@click.argument("email")
def token(email: str) -> None:
    """Print a bearer token for the API, good for 90 days. It cannot be shown again."""
    click.echo(service.issue_token(email, now=utc_now(), by=_OPERATOR))


@group.command("revoke-tokens")
@click.argument("email")
def revoke_tokens(email: str) -> None:
    """End every bearer token of EMAIL."""
    ended = access.revoke_tokens(email, now=utc_now(), by=_OPERATOR)
    click.echo(f"Tokens of {email} that were ended: {ended}.")


def _link(officer_id: int) -> str:
    return passwords.link_of(passwords.make_link(officer_id, actor=_OPERATOR, now=utc_now()))


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\n")
