"""Commands about evidence."""

from pathlib import Path

import click

from tsalert.commands import CommandGroup
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.evidence import verifying
from tsalert.evidence.verifying import Broken, Verdict

group = CommandGroup("evidence", help="Files of cases, and bundles of them.")


@group.command("verify")
@click.option("--bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A bundle to check.")
@click.option("--store", is_flag=True, help="Check every file of every case on the disk.")
def verify(bundle: Path | None, *, store: bool) -> None:
    """Compare evidence with the hashes it was stored with; exit 1 and name each file that is not what it was.

    A bundle is compared with its manifest, and that with the trail of this service. Nothing is unpacked.
    """
    if (bundle is None) is not store:
        raise click.UsageError("Say what to check: --bundle FILE, or --store.")
    try:
        verdict = verifying.verify_bundle(db.session(), bundle) if bundle else _verify_store()
    except Broken as fault:
        raise click.ClickException(str(fault)) from fault
    _tell(verdict)
    raise SystemExit(1 if verdict.faults else 0)


def _verify_store() -> Verdict:
    def tell(checked: int) -> None:
        if checked % 100 == 0:
            click.echo(f"{checked:,} files compared", err=True)

    return verifying.verify_store(db.session(), tell)


def _tell(verdict: Verdict) -> None:
    for fault in verdict.faults:
        click.echo(f"{fault.name}: {fault.problem}", err=True)
    for gone in verdict.removed:
        click.echo(f"{gone.name}: {gone.problem}", err=True)
    for stray in verdict.strays:
        click.echo(f"{stray}: no record knows this file; it was left alone", err=True)
    click.echo(f"{counted(verdict.checked, 'file')} compared, {len(verdict.faults):,} not what they were.")
