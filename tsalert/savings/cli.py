"""Commands about savings; reports and runs add theirs to the group."""

import json
from collections.abc import Iterator

import click

from tsalert.commands import CommandGroup
from tsalert.db import db
from tsalert.savings.figures import explaining
from tsalert.savings.figures.explaining import MOMENTS, Explanation
from tsalert.savings.figures.schemas import ExplanationSchema, FigureSchema
from tsalert.savings.figures.table import days_text
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import PROFILES, PUBLISHED, TOTAL
from tsalert.savings.valuing.recognition import Recognition

group = CommandGroup("savings", help="Savings: figures, what is behind them, and calculation runs.")


@group.command("explain")
@click.argument("period", nargs=-1, required=True)
@click.option("--row", default=TOTAL, help="A row of the table, such as call_blockers; the total, if left out.")
@click.option("--column", default=TOTAL, help="A column of the table, such as financial; the total, if left out.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default=PUBLISHED)
@click.option("--basis", type=click.Choice([each.value for each in Basis]), default=Basis.PUBLISHED.value)
@click.option(
    "--recognition", type=click.Choice([each.value for each in Recognition]), default=Recognition.WHOLE_TERM.value
)
@click.option("--after", help="Begin the list of records where the page before says that more follow.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with money in strings.")
def explain(period: tuple[str, ...], *, as_json: bool, **asked: str | None) -> None:
    """Say how a figure of PERIOD was worked out: formulas, rates with their sources and grades, and records."""
    given = {name: value for name, value in asked.items() if value is not None}
    wanted = FigureSchema().load({"period": " ".join(period), **given})
    found = explaining.explain(db.session(), wanted["figure"], after=wanted["after"])
    if as_json:
        click.echo(json.dumps(ExplanationSchema().dump(found), indent=2))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: Explanation) -> Iterator[str]:
    yield f"{found.title}, {found.figure.period.prose}: {found.cell.text}"
    yield f"Exactly {found.sum}"
    for line in found.lines:
        moment = f", {MOMENTS[line.moment]}" if MOMENTS[line.moment] else ""
        yield f"{line.row}, {line.contribution.value_class.label.lower()}{moment}: {line.contribution.formula}"
        yield f"  {_source(line)}"
    for gap in found.unvalued:
        days = days_text(gap.first_day, gap.last_day)
        yield f"No approved rate for {gap.units:,} of {gap.row}, {days}: only direct savings count."
    for record in found.records:
        version, made = record.version, "; ".join(part.formula for part in record.contributions)
        when = version.content.on_date.isoformat()
        yield f"{version.reference}\t{when}\t{version.content.type.label}\t{made or record.why_nothing}"
    if found.next:
        yield f"More records: --after {found.next}"


def _source(line: explaining.Line) -> str:
    rate, chosen = line.contribution.rate, line.rate_set
    if rate is None or chosen is None:
        return "Evidence of the records"
    price = f" ({line.price})" if line.price else ""
    return f"Rate of {chosen.slug}{price}; evidence grade {rate.evidence_grade}; {chosen.source}"
