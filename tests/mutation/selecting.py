"""Which files hold rules, and which tests speak of each."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def rules_files() -> list[Path]:
    """Return every file of rules, from the root of the tree."""
    return sorted(path.relative_to(ROOT) for path in (ROOT / "tsalert").rglob("rules.py"))


def module_of(rules: Path) -> str:
    """Return the name of the module that a file is."""
    return ".".join(rules.with_suffix("").parts)


def speaking_of(rules: Path) -> list[Path]:
    """Return the files of tests, in the folder of the capability, that import a file of rules."""
    files = (ROOT / "tests" / rules.parts[1]).rglob("test_*.py")
    return sorted(path.relative_to(ROOT) for path in files if module_of(rules) in _imported(path))


@cache
def _imported(path: Path) -> frozenset[str]:
    """Return the modules that a file imports, and whatever it imports from one as if it were a module too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return frozenset(found)
