"""A neighbour that publishes, and two installations that run."""

from tests.exchange.conftest import linked, pair
from tests.linked.conftest import administrator, online, other

__all__ = ["administrator", "linked", "online", "other", "pair"]
