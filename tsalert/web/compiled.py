"""Keeping pages compiled: all of them in memory, and beside the program from one start to the next."""

import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

_BESIDE_MODULES = Path(__file__).parent / "__pycache__" / "pages"


class CompiledPages(FileSystemBytecodeCache):
    """Files of compiled pages; one that cannot be written is compiled again another time."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a page for whoever serves, as Python keeps modules, unless the disk is full."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
            self._kept(bucket.key).chmod(0o644)

    def holds(self, name: str, source: Path) -> bool:
        """Tell whether a page was compiled after its source was last written."""
        kept = self._kept(self.get_cache_key(name, str(source)))
        return kept.exists() and kept.stat().st_mtime_ns >= source.stat().st_mtime_ns

    def _kept(self, key: str) -> Path:
        return Path(self.directory, self.pattern % key)


class PageEnvironment(FlaskEnvironment):
    """Draws pages whose templates have no globals of their own, as none of ours has."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what all templates share as it is: with anything laid over it each import of macros takes long."""
        return super().make_globals(d) if d else self.globals


def jinja_options(folder: Path = _BESIDE_MODULES) -> dict[str, Any]:
    """Return how Jinja keeps what it has compiled.

    In memory it would keep four hundred, so that the first would go as the last is compiled. A start takes pages from
    where Python keeps compiled modules, also where this user may not write there and another compiled them; a template
    that changed is compiled anew.
    """
    options: dict[str, Any] = {"cache_size": -1}
    with suppress(OSError):
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if os.access(folder, os.R_OK | os.X_OK):
        options["bytecode_cache"] = CompiledPages(str(folder), f"%s.{sys.implementation.cache_tag}.compiled")
    return options


def compile_changed(environment: Environment) -> None:
    """Compile every page that is not kept as it is, so that nobody waits for that.

    Those that are kept are read when they are first drawn, in a quarter of a millisecond each.
    """
    for name in environment.list_templates():
        if not _is_kept(environment, name):
            environment.get_template(name)


def _is_kept(environment: Environment, name: str) -> bool:
    pages, loader = environment.bytecode_cache, environment.loader
    if not isinstance(pages, CompiledPages) or loader is None:
        return False
    _, source, _ = loader.get_source(environment, name)
    return source is not None and pages.holds(name, Path(source))
