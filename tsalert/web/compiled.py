"""Keeping pages compiled: all of them in memory, and beside the program from one start to the next."""

import os
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

_BESIDE_MODULES = Path(__file__).parent / "__pycache__" / "pages"


class _CompiledPages(FileSystemBytecodeCache):
    """Files of compiled pages; one that cannot be written is compiled again another time."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a page, unless the disk is full."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


class PageEnvironment(Environment):
    """Draws pages whose templates have no globals of their own, as none of ours has."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what all templates share as it is: with anything laid over it each import of macros takes long."""
        return super().make_globals(d) if d else self.globals


def jinja_options(folder: Path = _BESIDE_MODULES) -> dict[str, Any]:
    """Return how Jinja keeps what it has compiled.

    In memory it would keep four hundred, so that the first would go as the last is compiled. A start takes pages from
    where Python keeps compiled modules, if this user may write there; a template that changed is compiled anew.
    """
    options: dict[str, Any] = {"cache_size": -1}
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            options["bytecode_cache"] = _CompiledPages(str(folder), "%s.compiled")
    return options
