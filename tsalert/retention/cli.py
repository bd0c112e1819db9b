"""Commands about keeping no longer than needed."""

import json

import click

from tsalert.commands import CommandGroup
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.retention import erasing, runs
from tsalert.retention.vocabulary import RuleKind, RunState

group = CommandGroup("retention", help="Keeping records that name people no longer than needed.")
_WORKER = Actor(None, "command", frozenset({Permission.RUN_RETENTION}), Via.COMMAND)
_NUMBER = click.IntRange(min=1)


@group.command("due")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def due(*, as_json: bool) -> None:
    """List what is due by the approved rules, as a run that waits for two approvals. Nothing is erased."""
    run_id = runs.make_list(actor=_WORKER, now=utc_now())
    found = runs.tallied(db.session(), run_id)
    if as_json:
        told = [{"rule": each.rule, "state": each.state, "count": each.count} for each in found]
        click.echo(json.dumps({"run": run_id, "records": told}, indent=2))
        return
    if not found:
        click.echo(
            f"Nothing is due. Throw run {run_id}, which lists nothing, away on its page before the next is made."
        )
        return
    click.echo(f"Run {run_id}, waiting for two approvals.")
    for each in found:
        click.echo(f"{each.count:>8,}  {RuleKind.of(each.rule).label}: {each.state.label.lower()}")


@group.command("run")
@click.argument("number", type=_NUMBER)
def run(number: int) -> None:
    """Carry out run NUMBER, which two people approved; stopped at any point, it goes on when it is called again."""
    if runs.get_run(db.session(), number).state == RunState.LISTED:
        runs.start_run(number, actor=_WORKER, now=utc_now())

    def tell(left: int) -> None:
        click.echo(f"{counted(left, 'record')} left", err=True)

    erasing.carry_out(number, actor=_WORKER, now=utc_now, tell=tell)
    done = runs.get_run(db.session(), number)
    click.echo(f"Run {number} is done. Certificate {done.certificate_digest}.")
