"""Commands about the demonstration."""

from typing import TextIO

import click

from tsalert.commands import CommandGroup
from tsalert.config import read_environment
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.demo import service
from tsalert.demo.published import read_published
from tsalert.installation.service import is_demo, is_whole_demo

group = CommandGroup("demo", help="A demonstration: invented people, published figures.")


@group.command("load")
@click.option("--once", is_flag=True, help="Pass quietly where the demonstration is loaded already.")
@click.option(
    "--figures",
    type=click.File(encoding="utf-8"),
    help="What another service published, as in demo/figures/bromley.json.",
)
def load(*, once: bool, figures: TextIO | None) -> None:
    """Fill an empty database with the demonstration; TSALERT_DEMO_PASSWORD is its officers' password."""
    published = read_published(figures.read()) if figures else None
    password = read_environment().get("TSALERT_DEMO_PASSWORD", "")
    if not password:
        raise RuleViolation("Set TSALERT_DEMO_PASSWORD: the password of the invented officers.")
    if not (once and is_demo()):
        service.load(password=password, now=utc_now(), tell=lambda text: click.echo(f"  {text}"), figures=published)
    elif not is_whole_demo():
        raise Conflict(
            "This demonstration was not loaded to its end, so its figures are wrong. "
            "Remove its database (rm var/tsalert.db*, if nothing else was set) and start again."
        )
    click.echo("\nSign in as one of these, all with the password " + password)
    for email, name, roles in service.OFFICERS:
        click.echo(f"  {email:30} {name}: {', '.join(role.replace('_', ' ') for role in roles)}")
