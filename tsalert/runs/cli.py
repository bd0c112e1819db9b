"""Commands about calculation runs; they join the group ``savings``."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import click

from tsalert.commands import CommandGroup
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import in_london, utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.keysets import every
from tsalert.runs import files, queries, reading, service
from tsalert.runs.queries import Run
from tsalert.runs.reading import Comparison
from tsalert.runs.rules import RunState
from tsalert.runs.schemas import NewRunSchema, RunComparisonSchema, RunSchema, RunVerdictSchema
from tsalert.runs.service import Verdict
from tsalert.runs.tally import Place
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import PROFILES, PUBLISHED
from tsalert.savings.valuing.recognition import Recognition
from tsalert.savings.valuing.valuation import exact_pounds, shown_pounds
from tsalert.staff import queries as staff

group = CommandGroup("run", help="Figures as they stood at an instant: made, proved, listed, compared.")
_READER = Actor(None, "command", frozenset({Permission.READ_FIGURES}), Via.COMMAND)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, with money in strings.")
_NUMBER = click.IntRange(min=1)


def _how(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how figures are worked out."""
    command = click.option("--profile", type=click.Choice(list(PROFILES)), default=PUBLISHED)(command)
    command = click.option("--basis", type=click.Choice([each.value for each in Basis]), default="published")(command)
    kinds = [each.value for each in Recognition]
    return click.option("--recognition", type=click.Choice(kinds), default=Recognition.WHOLE_TERM.value)(command)


@group.command("make")
@click.argument("period", nargs=-1, required=True)
@click.option("--as", "by", required=True, metavar="EMAIL", help="The officer who makes it, who then cannot sign it.")
@click.option("--as-of", help="Read what stood then, like 2026-11-22T03:15:00Z; now, if left out.")
@click.option("--note", help="Why it is made.")
@_how
@_AS_JSON
def make(period: tuple[str, ...], *, by: str, as_json: bool, **asked: str | None) -> None:
    """Work out the figures of PERIOD and keep a draft: 2022/23 Q1, 2021/22, or 2021-04-01 to 2021-05-31."""
    given = {name: value for name, value in asked.items() if value is not None}
    new = NewRunSchema().load({"period": " ".join(period), **given})
    actor = staff.actor_of(staff.get_officer(db.session(), by), Via.COMMAND)
    _tell(queries.get_run(db.session(), service.make_run(**new, actor=actor, now=utc_now())), as_json=as_json)


@group.command("verify")
@click.argument("number", type=_NUMBER)
@_AS_JSON
def verify(number: int, *, as_json: bool) -> None:
    """Work run NUMBER out again and compare it bit for bit; exit 1 if anything differs."""
    verdict = service.verify_run(number, actor=_READER, now=utc_now())
    if as_json:
        click.echo(json.dumps(RunVerdictSchema().dump(verdict), indent=2))
    else:
        for line in _verdict(verdict):
            click.echo(line)
    raise SystemExit(0 if verdict.is_same else 1)


@group.command("list")
@click.option("--state", type=click.Choice([each.value for each in RunState]), help="Only those of one state.")
@_AS_JSON
def list_all(*, state: str | None, as_json: bool) -> None:
    """Print every run, the newest first: number, state, period, total, instant and digest of its results."""
    for run in _all(RunState(state) if state else None):
        if as_json:
            click.echo(json.dumps(RunSchema().dump(run)))
            continue
        parts = (run.id, run.state, run.question.period.label, run.question.basis, shown_pounds(run.total.exact))
        click.echo("\t".join([*map(str, parts), run.as_of.isoformat(), run.digest_of_results]))


@group.command("show")
@click.argument("number", type=_NUMBER)
@_AS_JSON
def show(number: int, *, as_json: bool) -> None:
    """Print run NUMBER: what it was asked, what it came to, and its digests."""
    _tell(queries.get_run(db.session(), number), as_json=as_json)


@group.command("lines")
@click.argument("number", type=_NUMBER)
def lines(number: int) -> None:
    """Print every line of run NUMBER as CSV, worked out again."""
    for text in files.csv_of_lines(queries.get_run(db.session(), number)):
        click.echo(text, nl=False)


@group.command("diff")
@click.argument("first", type=_NUMBER)
@click.argument("second", type=_NUMBER)
@_AS_JSON
def diff(first: int, second: int, *, as_json: bool) -> None:
    """Explain record by record why run SECOND comes to other totals than FIRST; exit 1 if it does."""
    found = reading.compare(db.session(), first, second, size=None)
    if as_json:
        click.echo(json.dumps(RunComparisonSchema().dump(found), indent=2))
    else:
        for line in _comparison(found):
            click.echo(line)
    raise SystemExit(1 if found.items or found.differences else 0)


def _all(state: RunState | None) -> Iterator[Run]:
    return every(lambda after: queries.list_runs(db.session(), state=state, after=after))


def _tell(run: Run, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(RunSchema().dump(run), indent=2))
        return
    click.echo(f"Run {run.id}, {run.state}: {run.question.text}")
    click.echo(f"As of {in_london(run.as_of):%-d %B %Y %H:%M:%S}, rates: {', '.join(run.rate_sets) or 'none'}")
    click.echo(f"Total {exact_pounds(run.total.exact)} → {shown_pounds(run.total.exact)}")
    click.echo(f"{counted(run.records, 'record')}  {run.digest_of_inputs}")
    click.echo(f"{counted(run.lines, 'line')}  {run.digest_of_results}")


def _verdict(verdict: Verdict) -> Iterator[str]:
    run = verdict.run
    if verdict.is_same:
        yield f"Run {run.id} comes out the same, bit for bit: {shown_pounds(run.total.exact)}."
        return
    yield f"Run {run.id} does not come out the same."
    yield f"Inputs {'the same' if verdict.has_same_inputs else 'differ'}: {verdict.outcome.digest_of_inputs}"
    yield f"Results {'the same' if verdict.has_same_results else 'differ'}: {verdict.outcome.digest_of_results}"
    for place, amount in verdict.differences.items():
        yield f"{_place(place)}: {exact_pounds(amount)}"


def _comparison(found: Comparison) -> Iterator[str]:
    for text in found.questions:
        yield f"Asked otherwise, {text}"
    for each in found.items:
        worth = found.worth(each)
        yield f"{each.reference}\t{each.kind}\t{exact_pounds(worth)}\t{'; '.join(each.causes)}".rstrip()
    total = found.moved
    counts = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    yield f"{counts}: {exact_pounds(found.first.total.exact)} → {exact_pounds(found.second.total.exact)}"
    yield f"The records explain {exact_pounds(total)} of the difference."


def _place(place: Place) -> str:
    return ", ".join(place)
