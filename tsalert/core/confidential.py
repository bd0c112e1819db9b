"""Values that hold secrets and do not tell them. Pure."""

from typing import ClassVar

from msgspec import Struct
from msgspec.structs import asdict


class Confidential(Struct, frozen=True):
    """What holds the fields named in ``SECRET``, which are left out wherever the whole of it is written down."""

    SECRET: ClassVar[frozenset[str]]

    def __repr__(self) -> str:
        told = (f"{name}={value!r}" for name, value in asdict(self).items() if name not in self.SECRET)
        return f"{type(self).__name__}({', '.join(told)})"
