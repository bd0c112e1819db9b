"""Files of rules with every change to them side by side; mutmut makes the changes, and one is live at a time."""

from collections.abc import Mapping, Sequence
from difflib import unified_diff
from functools import cached_property
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from msgspec import Struct
from mutmut.mutation.file_mutation import MutatedFile, mutate_file_contents

from tests.mutation.selecting import ROOT, module_of

_PART = "__mutmut_"


class Changed(Struct, frozen=True, dict=True):
    """A file of rules, and all that may be changed in it."""

    rules: Path

    @cached_property
    def made(self) -> MutatedFile:
        """The source in which every change stands beside what it changes."""
        return mutate_file_contents(str(self.rules), (ROOT / self.rules).read_text(encoding="utf-8"))

    @property
    def names(self) -> list[str]:
        """The name of each change, under which it is made live."""
        return [f"{module_of(self.rules)}.{name}" for name in self.made.mutant_names]

    def shown(self, name: str) -> str:
        """Return what a change is, as a patch of its function."""
        changed = name.rpartition(".")[2]
        before, after = self._lines(f"{changed.partition(_PART)[0]}{_PART}orig"), self._lines(changed)
        return "\n".join(unified_diff(before, after, str(self.rules), changed, lineterm="", n=1))

    def _lines(self, function: str) -> list[str]:
        span = self.made.line_span_by_function_name[function]
        lines = self.made.code.splitlines()[span.start - 1 : span.end]
        return [line.replace(function, "") for line in lines]


def function_of(name: str) -> str:
    """Return the name under which a hit of the function is recorded that a change is in."""
    return name.partition(_PART)[0]


class Finder(MetaPathFinder):
    """Finds changed files of rules before Python finds the unchanged ones."""

    def __init__(self, files: Sequence[Changed]) -> None:
        self._files = {module_of(each.rules): each for each in files}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is read from, if it is one of ours."""
        if fullname not in self._files:
            return None
        file = str(ROOT / self._files[fullname].rules)
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file, self._files))


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, files: Mapping[str, Changed]) -> None:
        super().__init__(fullname, path)
        self._files = files

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._files[fullname].made.code, self.path, "exec", dont_inherit=True)
