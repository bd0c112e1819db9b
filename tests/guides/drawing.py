"""Pictures of the architecture, drawn from the code: which package imports which, and which tables there are.

``python -m tests.guides.drawing`` writes them.
"""

import sys
from collections import defaultdict
from collections.abc import Mapping

import grimp
from sqlalchemy import Table

from tests.guides.blocks import ROOT
from tsalert import app
from tsalert.db import Base

FOLDER = ROOT / "docs" / "generated"
_NOTE = "Drawn from the code by `make pictures`; a test holds it to the code."
Arrows = dict[str, set[str]]

assert app  # reading the program in is what makes its tables known


def drawn() -> dict[str, str]:
    """Return each picture by the name of its file."""
    return {"packages.md": _packages(), "tables.md": _tables()}


def write() -> None:
    """Write every picture into the documents."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in drawn().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def package_imports() -> Arrows:
    """Return which package of the program imports which others."""
    graph = grimp.build_graph("tsalert", cache_dir=None)
    packages = {module.removeprefix("tsalert."): module for module in graph.find_children("tsalert")}
    for module in packages.values():
        graph.squash_module(module)
    imports = {name: graph.find_modules_directly_imported_by(module) for name, module in packages.items()}
    return {
        name: {each.removeprefix("tsalert.") for each in found if each != "tsalert"} for name, found in imports.items()
    }


def shortest(arrows: Mapping[str, set[str]]) -> Arrows:
    """Leave out each arrow that a longer way along the others says too."""
    reached: Arrows = {}

    def all_from(name: str) -> set[str]:
        if name not in reached:
            reached[name] = set().union(*({each} | all_from(each) for each in arrows[name]))
        return reached[name]

    return {name: found - set().union(*(all_from(each) for each in found)) for name, found in arrows.items()}


def _packages() -> str:
    imports = package_imports()
    kept = shortest(imports)
    rows = [f"| `{name}` | {_named(found)} |" for name, found in sorted(imports.items()) if found]
    return "\n".join(
        [
            "# Who imports whom",
            "",
            f"{_NOTE} An arrow that a longer way says too is left out of the picture; the table",
            "has them all. What each package is for stands in [architecture](../architecture.md).",
            "",
            *_flowchart(kept),
            "",
            "| Package | Imports |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def _tables() -> str:
    homes = _homes()
    grouped: dict[str, list[Table]] = defaultdict(list)
    for name, table in sorted(Base.metadata.tables.items()):
        grouped[homes[name]].append(table)
    arrows: Arrows = {capability: set() for capability in grouped}
    for name, table in Base.metadata.tables.items():
        arrows[homes[name]] |= {homes[target] for target in _targets(table)} - {homes[name]}
    lines = [
        "# Tables by capability",
        "",
        f"{_NOTE} An arrow leads from a capability whose rows name rows of another to that other; everybody names",
        "officers (`staff`), so those arrows are left out.",
        "",
        *_flowchart({name: found - {"staff"} for name, found in arrows.items()}),
    ]
    for capability, tables in sorted(grouped.items()):
        lines += ["", f"## {capability}", "", "| Table | What a row is | Names rows of |", "|---|---|---|"]
        lines += [f"| `{table.name}` | {_meaning(table)} | {_named(_targets(table))} |" for table in tables]
    return "\n".join([*lines, ""])


def _flowchart(arrows: Mapping[str, set[str]]) -> list[str]:
    named = [f"  {name} --> {target}" for name, found in sorted(arrows.items()) for target in sorted(found)]
    return ["```mermaid", "flowchart TD", *named, "```"]


def _homes() -> dict[str, str]:
    """Return the capability of each table: that of the class whose rows it keeps, or of the module that names it."""
    named = [
        (table.name, module)
        for module, read in list(sys.modules.items())
        if module.startswith("tsalert.")
        for table in vars(read).values()
        if isinstance(table, Table)
    ]
    kept = [(name, row.__module__) for name, row in _rows().items()]
    return {name: module.split(".")[1] for name, module in [*named, *kept]}


def _rows() -> dict[str, type]:
    """Return the class of the rows of each table that has one; those that only tie two others together have none."""
    return {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}


def _targets(table: Table) -> set[str]:
    return {key.column.table.name for key in table.foreign_keys}


def _meaning(table: Table) -> str:
    row = _rows().get(table.name)
    told = (row.__doc__ or "").split("\n\n")[0] if row else "Which of them belong together."
    return " ".join(told.replace("``", "`").replace("|", "\\|").split())


def _named(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


if __name__ == "__main__":
    write()
