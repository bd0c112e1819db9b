"""Commands about officers."""

import sys

import click

from tsalert.commands import CommandGroup
from tsalert.core.clock import utc_now
from tsalert.staff import service
from tsalert.staff.rules import RoleName
from tsalert.staff.schemas import NewOfficerSchema

group = CommandGroup("staff", help="Officers and their access.")


@group.command("create")
@click.argument("email")
@click.option("--name", help="Full name; the part before the @ if left out.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in RoleName]),
    help="May be repeated.",
)
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
def create(email: str, name: str | None, roles: tuple[str, ...], password_stdin: bool) -> None:  # noqa: ARG001, FBT001
    """Make an account for EMAIL."""
    password = sys.stdin.readline().rstrip("\n")
    told = {"email": email, "name": name or email.partition("@")[0], "roles": roles, "password": password}
    new = NewOfficerSchema().load(told)
    service.create_officer(**new, now=utc_now())
    click.echo(f"{new['email']} can sign in.")


@group.command("token")
@click.argument("email")
def token(email: str) -> None:
    """Print a bearer token for the API, good for 90 days. It cannot be shown again."""
    click.echo(service.issue_token(email, now=utc_now()))
